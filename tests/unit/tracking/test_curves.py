"""A model's own curves."""

import pytest

from reprocast.tracking.curves import Curves


def test_they_are_means_as_far_as_all_seeds_went() -> None:
    curves = Curves()
    for epoch, loss in enumerate((3.0, 2.0, 1.0), start=1):
        curves.add((0, 1), epoch, {"validation_loss": loss, "train_loss": loss})
    for epoch, loss in enumerate((5.0, 1.0), start=1):
        curves.add((0, 2), epoch, {"validation_loss": loss})
    assert list(curves.means()) == [(1, {"validation_loss": 4.0}), (2, {"validation_loss": 1.5})]


def test_without_seeds_there_are_none() -> None:
    assert list(Curves().means()) == []


def test_every_fold_counts() -> None:
    curves = Curves()
    for fold in (0, 1):
        curves.add((fold, 1), 1, {"train_loss": float(fold)})
    assert list(curves.means()) == [(1, {"train_loss": pytest.approx(0.5)})]
