"""Splits, scalers and batches against loops that follow the definitions word by word."""

from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from property.panels import Problem, problems

from reprocast.data.in_sample import in_sample_errors
from reprocast.data.scaling import scaled, unscaled
from reprocast.data.windows import Windows, gather, history_of, unit_scaler
from reprocast.errors import DataError

modest = settings(deadline=None, max_examples=60)
scalings = st.fixed_dictionaries(
    {
        "scaling": st.sampled_from(["standard", "robust", "minmax", "window", "none"]),
        "scaling_over": st.sampled_from(["series", "panel"]),
    }
)
DAY = np.timedelta64(1, "D")


def windows_of(problem: Problem) -> Windows:
    try:
        return problem.cut()
    except DataError:  # missing values may leave a split without windows
        assume(False)
        raise


def possible_starts(windows: Windows) -> Iterator[int]:
    """Every window of rows within one series."""
    steps = windows.look_back + windows.horizon
    for begin, end in pairwise(windows.offsets):
        yield from range(begin, end - steps + 1)


def due_days(problem: Problem) -> dict[str, list[np.datetime64]]:
    """The days each split may forecast, counted back from the end of all days one at a time."""
    every = [problem.panel.ds[rows] for _, rows in problem.panel.rows()]
    days = sorted({day for ds in every for day in np.arange(ds[0], ds[-1] + DAY, DAY)})
    spans: dict[str, list[np.datetime64]] = {}
    if isinstance(problem.split.test, int):
        lengths = {"test": problem.split.test, "validation": problem.split.validation}
        for name, length in lengths.items():
            spans[name] = [days.pop() for _ in range(length)]
            for _ in range(min(problem.window.embargo, len(days))):
                days.pop()
        return spans | {"train": days}
    for name in ("test", "validation"):
        first = np.datetime64(getattr(problem.split, name), "us")
        spans[name] = [moment for moment in days if moment >= first]
        days = [moment for moment in days if moment < first]
        days = days[: len(days) - problem.window.embargo] if problem.window.embargo else days
    return spans | {"train": days}


@modest
@given(problems())
def test_a_window_is_in_the_one_split_that_holds_its_target_span(problem: Problem) -> None:
    windows = windows_of(problem)
    fold, spans, L = windows.folds[0], due_days(problem), problem.window.look_back
    expected: dict[str, list[int]] = {name: [] for name in spans}
    left_out = {name: np.zeros(len(windows.ids), int) for name in spans}
    K = len(windows.channels.target)
    for start in possible_starts(windows):
        rows = range(start, start + L + problem.window.horizon)
        series = sum(start >= offset for offset in windows.offsets) - 1
        for name, days in spans.items():
            if all(windows.ds[row] in days for row in rows[L:]):
                seen, ahead = windows.values[rows[:L]], windows.values[rows[L:], :K]
                if np.isnan(seen).any() or np.isnan(ahead).any():
                    left_out[name][series] += 1
                else:
                    expected[name].append(start)
    for name in spans:
        assert fold.starts[name][:].tolist() == expected[name]
        assert fold.left_out[name].tolist() == left_out[name].tolist()


@modest
@given(problems())
def test_target_spans_of_two_splits_keep_the_embargo(problem: Problem) -> None:
    windows = windows_of(problem)
    days = sorted(set(windows.ds))
    L, H = windows.look_back, windows.horizon
    forecast = {
        split: {
            int(np.searchsorted(days, windows.ds[row])) for s in starts for row in range(s + L, s + L + H)
        }
        for split, starts in windows.folds[0].starts.items()
    }
    for earlier, later in (("train", "validation"), ("validation", "test")):
        assert min(forecast[later]) - max(forecast[earlier]) > problem.window.embargo


@modest
@given(problems())
def test_scalers_see_training_steps_only(problem: Problem) -> None:
    windows = windows_of(problem)
    fold, days = windows.folds[0], set(due_days(problem)["train"])
    for n in range(len(windows.ids)):
        rows = [r for r in range(windows.offsets[n], windows.offsets[n + 1]) if windows.ds[r] in days]
        for c in range(len(windows.channels.names)):
            seen = [x for r in rows if not np.isnan(x := windows.values[r, c])]
            mean = sum(seen) / len(seen)
            deviation = (sum((x - mean) ** 2 for x in seen) / len(seen)) ** 0.5
            constant = max(seen) - min(seen) <= 1e-12 * max(map(abs, seen))
            assert fold.loc[n, c] == pytest.approx(mean, rel=1e-9, abs=1e-12)
            assert fold.scale[n, c] == pytest.approx(1.0 if constant else deviation, rel=1e-7)


@modest
@given(problems())
def test_the_unit_of_mase_is_the_seasonal_difference_of_all_steps_up_to_the_cutoff(problem: Problem) -> None:
    windows = windows_of(problem)
    starts = windows.folds[0].starts["test"][:]
    units = in_sample_errors(history_of(windows, starts), windows.season)
    for b, start in enumerate(starts.tolist()):
        begin = max(row for row in windows.offsets if row <= start)
        for k in range(len(windows.channels.target)):
            y = [windows.values[row, k] for row in range(begin, start + windows.look_back)]
            steps = [abs(y[i] - y[i - windows.season]) for i in range(windows.season, len(y))]
            seen = [step for step in steps if not np.isnan(step)]
            expected = sum(seen) / len(seen) if seen and sum(seen) > 0 else np.nan
            assert units[b, k] == pytest.approx(expected, rel=1e-9, nan_ok=True)


@modest
@given(problems(), scalings)
def test_a_batch_is_what_a_loop_over_its_windows_gives(problem: Problem, scaling: dict[str, str]) -> None:
    problem = replace(problem, window=problem.window.model_copy(update=scaling))
    windows = windows_of(problem)
    fold, L, H = windows.folds[0], windows.look_back, windows.horizon
    index, K = {name: c for c, name in enumerate(windows.channels.names)}, len(windows.channels.target)
    own = range(K + len(windows.channels.past))
    starts = np.concatenate([fold.starts["test"][:], fold.starts["train"][::-1]])
    batch = gather(windows, fold, starts)
    for b, start in enumerate(starts):
        series = max(n for n in range(len(windows.ids)) if windows.offsets[n] <= start)
        loc, scale = fold.loc[series].copy(), fold.scale[series].copy()
        for c in own if windows.scaling == "window" else ():
            seen = windows.values[start : start + L, c]
            loc[c], constant = np.mean(seen), np.ptp(seen) <= 1e-12 * np.abs(seen).max()
            scale[c] = scale[c] if constant else np.std(seen)
        rows = (windows.values[start : start + L + H] - loc) / scale
        assert batch.series[b] == series
        future = rows[L:, [index[name] for name in windows.channels.future]]
        close = 1e-6 if windows.scaling == "window" else 0.0
        assert np.allclose(batch.past[b], rows[:L], close, close)
        assert np.allclose(batch.target[b], rows[L:, :K], close, close)
        assert np.array_equal(batch.future[b], future)
        back = unscaled(batch.target[b], batch.loc[b], batch.scale[b])
        assert np.allclose(back, windows.values[start + L : start + L + H, :K], rtol=1e-12, atol=1e-12)
    for found, one in zip(unit_scaler(windows, fold, starts), (batch.loc, batch.scale), strict=True):
        assert np.array_equal(found, one)


@modest
@given(problems())
def test_unscaling_brings_the_values_back(problem: Problem) -> None:
    windows = windows_of(problem)
    fold = windows.folds[0]
    rows = np.repeat(np.arange(len(windows.ids)), np.diff(windows.offsets))
    loc, scale = fold.loc[rows], fold.scale[rows]
    back = unscaled(scaled(windows.values, loc, scale), loc, scale)
    size = np.abs(windows.values) + np.abs(loc)
    assert np.all(
        np.isnan(windows.values) | (np.abs(back - windows.values) <= 4 * np.finfo(float).eps * size)
    )
