"""Forecast tables by fold: each fold by its own model, whatever the order of series."""

from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import pytest

from reprocast.data.starts import Starts
from reprocast.data.windows import Batch, Channels, Floats, Fold, Windows
from reprocast.evaluation.folds import pooled, tabulate_fold, untested
from reprocast.tasks.forecast import score

L, H, ROWS = 4, 2, 60
SPANS = ({"validation": (20, 30), "test": (30, 40)}, {"validation": (28, 40), "test": (40, 50)})
"""Rows that each fold may forecast."""


def make_windows(ids: tuple[str, ...] = ("a", "b")) -> Windows:
    """Two series whose values depend on their name only."""
    values = [np.random.default_rng(ord(name)).normal(size=(ROWS, 1)).cumsum(axis=0) for name in ids]
    folds = {}
    for number, spans in enumerate(SPANS):
        one = {split: np.arange(begin - L, end - L - H + 1) for split, (begin, end) in spans.items()}
        starts = {split: Starts.of(np.concatenate([rows, ROWS + rows])) for split, rows in one.items()}
        scaler = np.array([[ord(name) / 100 + number] for name in ids])
        folds[number] = Fold(
            loc=scaler, scale=scaler, starts=starts,
            bounds={split: (np.int64(begin), np.int64(end - 1)) for split, (begin, end) in spans.items()},
            score_loc=scaler, score_scale=scaler,
        )  # fmt: skip
    channels = Channels(("y",))
    return Windows(
        np.concatenate(values), np.tile(np.arange(ROWS), 2), ids, np.array([0, ROWS, 2 * ROWS]), channels,
        channels, L, H, 1, "step", folds,
    )  # fmt: skip


class Model:
    """The mean of what was seen, and a step for the fold it was fitted on."""

    def __init__(self, fold: int) -> None:
        self.step = float(fold)
        self.description: Any = type("Said", (), {"name": "m", "kind": "baseline", "seeds": (), "block": {}})

    def forecast(self, batch: Batch) -> Floats:
        mean = batch.past.mean(axis=1, keepdims=True) + self.step
        return mean.repeat(H, axis=1)[None]


def tables(windows: Windows) -> dict[int, Any]:
    return {fold: tabulate_fold(Model(fold), windows, fold, score) for fold in (0, 1)}  # type: ignore[arg-type]


def test_each_fold_is_forecast_by_its_own_model_in_its_own_scale() -> None:
    windows = make_windows()
    for fold, found in tables(windows).items():
        for _, row in found.tables["test"].iterrows():
            n, cutoff = windows.ids.index(row["unique_id"]), row["cutoff"]
            seen = windows.values[n * ROWS + cutoff - L + 1 : n * ROWS + cutoff + 1, 0]
            expected = seen.mean() + fold * windows.folds[fold].scale[n, 0]
            np.testing.assert_allclose(row["mean"], expected)


def test_no_window_that_was_tested_before_selects() -> None:
    windows = make_windows()
    for fold, expected in ((0, range(20, 29)), (1, (28,))):
        starts = np.asarray(windows.folds[fold].starts["validation"])
        first = windows.ds[starts[untested(windows, fold, starts)] + L]
        targets = sorted({int(t) for t in first})
        assert targets == (list(expected) if fold == 0 else [28])
    whole = pooled(tables(windows))
    assert len(whole["validation"]) == 2 * (9 + 1)
    assert len(whole["test"]) == 2 * 2 * 9
    assert not whole["test"].duplicated(["unique_id", "cutoff"]).any()


def test_scores_do_not_depend_on_the_order_of_series() -> None:
    found, turned = (pooled(tables(make_windows(ids))) for ids in (("a", "b"), ("b", "a")))
    for split, table in found.items():
        left, right = (
            one.sort_values(["unique_id", "fold", "cutoff"], ignore_index=True)
            for one in (table, turned[split])
        )
        pd.testing.assert_frame_equal(left, right, check_exact=True)
        assert score.scores(table)["series"] == score.scores(turned[split])["series"]
        expected = score.scores(table)["overall"]["mae"]
        assert score.scores(turned[split])["overall"]["mae"] == pytest.approx(expected, rel=1e-12)
        losses = [score.losses(one, "mae") for one in (table, turned[split])]
        assert losses[0].index.is_monotonic_increasing
        pd.testing.assert_series_equal(*losses, rtol=1e-12)


def test_a_window_selects_only_if_all_its_targets_are_untested() -> None:
    """One that ends on the first tested step does not."""
    windows = make_windows()
    moved = replace(windows.folds[0], bounds={"test": (np.int64(29), np.int64(29))})
    changed = replace(windows, folds={0: moved, 1: windows.folds[1]})
    starts = np.asarray([28 - L, 29 - L, 30 - L])
    assert untested(changed, 1, starts).tolist() == [False, False, True]
    assert untested(changed, 0, starts).all()
