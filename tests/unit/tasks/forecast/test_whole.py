"""All windows of a panel: those of every split and of the gaps between them, and nothing scaled by a part."""

from itertools import pairwise

import numpy as np
import pytest

from reprocast.panel import Panel
from reprocast.params.columns import Columns
from reprocast.params.window import Split, Window
from reprocast.tasks.forecast.cut import cut
from reprocast.tasks.forecast.whole import last_time, whole

ROWS = 90
COLUMNS = Columns(target=("x",))
SPLIT = Split(test=20, validation=15)


def panel(*, gap: bool = False) -> Panel:
    rng = np.random.default_rng(1)
    days = np.arange("2021-01-01", "2021-04-01", dtype="datetime64[D]").astype("datetime64[us]")
    values = rng.normal(size=2 * ROWS).cumsum()
    if gap:
        values[[75, 76, ROWS + 30]] = np.nan
    return Panel(("a", "b"), np.array([0, ROWS, 2 * ROWS]), np.tile(days, 2), {"x": values})


def both(data: Panel, window: Window, split: Split = SPLIT) -> tuple[object, object]:
    scored = cut(data, COLUMNS, window, split, 7, "D")
    return scored, whole(data, COLUMNS, window, split, scored, scored.ids)


@pytest.mark.parametrize("missing", ["leave_out", "forward_fill", "mask", "interpolate"])
def test_every_window_that_may_be_learned_from_is_there(missing: str) -> None:
    window = Window(look_back=6, horizon=3, embargo=4, missing=missing, fill_steps=1)
    scored, found = both(panel(gap=True), window)
    fold, splits = found.folds[0], scored.folds[0].starts
    learned = set(np.asarray(fold.starts["train"]).tolist())
    for name in ("train", "validation", "test"):
        assert set(np.asarray(splits[name]).tolist()) <= learned or missing == "interpolate"
    inside = [range(begin, end - 9 + 1) for begin, end in pairwise(found.offsets.tolist())]
    possible = {start for starts in inside for start in starts}
    assert learned <= possible
    lost = possible - learned
    x = np.isnan(panel(gap=True).columns["x"])
    assert all(x[start : start + 9].any() for start in lost)  # nothing is left out but for what is missing
    if missing == "mask":
        assert not lost


def test_the_numbers_are_those_of_all_steps_and_the_end_is_the_last_one() -> None:
    data = panel()
    scored, found = both(data, Window(look_back=6, horizon=3, embargo=4))
    x = data.columns["x"].reshape(2, ROWS)
    assert np.allclose(found.folds[0].loc[:, 0], x.mean(axis=1))
    assert np.allclose(found.folds[0].scale[:, 0], x.std(axis=1))
    assert not np.allclose(found.folds[0].loc, scored.folds[0].loc)
    assert last_time(found) == data.ds[-1]
    assert np.array_equal(found.values, scored.values)


def test_a_span_of_so_many_steps_slides_to_the_end() -> None:
    data = panel()
    _, found = both(data, Window(look_back=6, horizon=3), Split(test=20, validation=15, training_steps=30))
    first = np.asarray(found.folds[0].starts["train"]).min()
    assert first + 6 == ROWS - 30  # the first step that is forecast


def test_series_that_the_scored_model_does_not_know_stay_unknown() -> None:
    data = panel()
    scored = cut(data, COLUMNS, Window(look_back=6, horizon=3), SPLIT, 7, "D")
    found = whole(data, COLUMNS, Window(look_back=6, horizon=3), SPLIT, scored, ("b",))
    assert found.ids == ("b",)
    assert np.array_equal(found.values[:, 0], data.columns["x"][ROWS:])
