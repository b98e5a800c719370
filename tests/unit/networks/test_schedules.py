"""Schedules against their formulas."""

from typing import get_args

import pytest

from reprocast.networks.schedules import SCHEDULES
from reprocast.params.train import Train


def test_the_schedules_are_those_of_params() -> None:
    assert set(SCHEDULES) == set(get_args(Train.model_fields["schedule"].annotation))


@pytest.mark.parametrize(("step", "share"), [(0, 1.0), (25, 0.8535533906), (50, 0.5), (100, 0.0), (101, 0.0)])
def test_cosine_at_steps_of_a_hundred(step: int, share: float) -> None:
    assert SCHEDULES["cosine"](step, 100) == pytest.approx(share)


def test_constant() -> None:
    assert {SCHEDULES["constant"](step, 10) for step in range(12)} == {1.0}
