"""Everything after an instant is scrambled, and nothing that was computed up to it moves.

The same check is then run on code with a leak planted in it, and must find it.
"""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import Phase, assume, given, settings
from hypothesis import strategies as st
from property.linear import Linear, fit
from property.panels import Problem, prices, problems

from reprocast.data import folds, transforms
from reprocast.data.scaling import fit_scaler
from reprocast.data.windows import Batch, Fold, Ints, Windows, gather
from reprocast.errors import DataError
from reprocast.panel import Panel
from reprocast.tasks.forecast.predict import forecast_panel

INSTANTS = st.floats(0, 1, exclude_max=True)


def scramble(panel: Panel, after: np.datetime64, seed: int) -> Panel:
    """The panel with other values in all rows after the instant, some of them missing."""
    rng = np.random.default_rng(seed)
    later = panel.ds > after
    columns = {}
    for name, garbage in prices(rng, len(panel)).items():
        wild = garbage * 10 ** rng.integers(0, 4, len(panel))
        if name == "load":
            wild = np.where(rng.random(len(panel)) < 0.02, np.nan, wild)
        columns[name] = np.where(later, wild, panel.columns[name])
    return panel.with_columns(columns)


def check(problem: Problem, instant: float, seed: int) -> None:
    """Cuts, fits and forecasts with the true and with the scrambled future, and compares."""
    grid = np.unique(problem.panel.ds)
    after = grid[int(instant * len(grid))]
    scrambled = scramble(problem.panel, after, seed)
    try:
        true, false = problem.cut(), problem.cut(scrambled)
    except DataError:  # missing values may leave a split without windows
        assume(False)
    same_channels(true, false, after)
    same_windows(true, false, after)
    if true.folds[0].bounds["train"][1] <= after:
        same_scaler(true, false)
        same_batches(true, false, after)
        same_forecasts(problem.panel, scrambled, fit(true), fit(false), after)


def same(one: np.ndarray, other: np.ndarray, what: str) -> None:
    assert np.array_equal(one, other, equal_nan=True), f"{what} moved"


def same_channels(true: Windows, false: Windows, after: np.datetime64) -> None:
    rows = true.ds <= after
    same(true.values[rows], false.values[rows], "channels")
    same(true.values[:, true.channels.future_index], false.values[:, true.channels.future_index], "calendar")


def same_windows(true: Windows, false: Windows, after: np.datetime64) -> None:
    """Windows that end by the instant are the same windows, and they see the same values."""
    for split, starts in true.folds[0].starts.items():
        steps = true.look_back + true.horizon
        ended = [s for s in starts if true.ds[s + steps - 1] <= after]
        others = [s for s in false.folds[0].starts[split] if false.ds[s + steps - 1] <= after]
        assert ended == others, f"windows of {split} moved"
        for start in ended:
            rows = slice(start, start + steps)
            same(true.values[rows], false.values[rows], f"values seen in {split}")


def same_scaler(true: Windows, false: Windows) -> None:
    for name in ("loc", "scale", "season_error"):
        same(getattr(true.folds[0], name), getattr(false.folds[0], name), f"scaler ({name})")


def known(windows: Windows, after: np.datetime64) -> Ints:
    """Starts of all complete windows of any split whose cutoff is not after the instant."""
    starts = np.concatenate(list(windows.folds[0].starts.values()))
    return starts[windows.ds[starts + windows.look_back - 1] <= after]


def same_batches(true: Windows, false: Windows, after: np.datetime64) -> None:
    starts = np.intersect1d(known(true, after), known(false, after))
    one, other = gather(true, true.folds[0], starts), gather(false, false.folds[0], starts)
    same(one.past, other.past, "what a batch sees")
    same(one.future, other.future, "what a batch knows ahead")
    model, again = fit(true), fit(false)
    same(model.forecast(one), again.forecast(other), "forecasts of windows")


def same_forecasts(
    panel: Panel, scrambled: Panel, model: Linear, again: Linear, after: np.datetime64
) -> None:
    """Forecasts made at the instant from what was there by then; series without all of that left out."""
    if not all(np.sum(panel.ds[rows] <= after) > model.description.look_back for _, rows in panel.rows()):
        return
    seen = panel.ds <= after
    try:
        one = forecast_panel(model, panel.take(seen))
    except DataError:  # a missing value within the look-back
        return
    other = forecast_panel(again, scrambled.take(seen))
    same(one["mean"].to_numpy(), other["mean"].to_numpy(), "forecasts")


@settings(deadline=None, max_examples=100)
@given(problems(), INSTANTS, st.integers(0, 2**32 - 1))
def test_nothing_up_to_an_instant_depends_on_what_comes_after(
    problem: Problem, instant: float, seed: int
) -> None:
    check(problem, instant, seed)


def centred_average(values: np.ndarray) -> np.ndarray:
    return np.convolve(values, np.ones(3) / 3, mode="same")


def filled_from_behind(values: np.ndarray) -> np.ndarray:
    return np.diff(values, append=np.nan)


def share_of_the_largest(values: np.ndarray) -> np.ndarray:
    return values / np.nanmax(np.abs(values))


@pytest.mark.parametrize("derive", [centred_average, filled_from_behind, share_of_the_largest])
def test_a_feature_that_looks_ahead_is_caught(
    derive: Callable[[np.ndarray], np.ndarray], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(transforms.FEATURES, "diff", transforms.Feature((), derive))
    with pytest.raises(AssertionError, match="channels moved"):
        search_for_a_leak()


def test_a_scaler_that_looks_ahead_is_caught(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        folds, "fit_scaler", lambda values, offsets, rows, way: fit_scaler(values, offsets, rows | True, way)
    )
    with pytest.raises(AssertionError, match=r"scaler .* moved"):
        search_for_a_leak()


def test_windows_chosen_by_what_comes_after_are_caught(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(folds, "without_gaps", only_if_the_end_is_whole)
    with pytest.raises(AssertionError, match=r"windows of .* moved"):
        search_for_a_leak()


def only_if_the_end_is_whole(starts: Ints, complete: np.ndarray, steps: int) -> np.ndarray:
    """Keeps every second window when a value is missing within the last rows."""
    missing = np.concatenate([[0], np.cumsum(~complete)])
    whole = missing[starts + steps] == missing[starts]
    return whole & ((np.arange(len(starts)) % 2 == 0) | complete[-9:].all())


def test_a_batch_that_sees_a_step_too_many_is_caught(monkeypatch: pytest.MonkeyPatch) -> None:
    def one_step_on(windows: Windows, fold: Fold, starts: Ints) -> Batch:
        batch = gather_as_it_is(windows, fold, starts)
        ahead = batch.past.copy()
        ahead[:, :-1], ahead[:, -1, : batch.target.shape[2]] = batch.past[:, 1:], batch.target[:, 0]
        return replace(batch, past=ahead)

    gather_as_it_is = gather
    monkeypatch.setitem(globals(), "gather", one_step_on)
    with pytest.raises(AssertionError, match="what a batch sees moved"):
        search_for_a_leak()


def search_for_a_leak() -> None:
    """Runs the check over the same kind of examples, without making the one that fails small."""

    @settings(
        deadline=None,
        max_examples=100,
        phases=[Phase.generate],
        database=None,
        derandomize=True,
        report_multiple_bugs=False,
    )
    @given(problems(), INSTANTS, st.integers(0, 2**32 - 1))
    def search(problem: Problem, instant: float, seed: int) -> None:
        check(problem, instant, seed)

    search()
