"""Missing values: each policy against a loop that follows its words, and none of them looks ahead."""

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from property.linear import fit
from property.panels import Problem, day

from reprocast.data.filling import fill, forward_filled, interpolated
from reprocast.data.windows import Channels, Windows, gather
from reprocast.errors import DataError
from reprocast.panel import Panel
from reprocast.params.columns import Columns
from reprocast.params.window import Split, Window
from reprocast.tasks.forecast.predict import forecast_panel

POLICIES = ("leave_out", "forward_fill", "interpolate", "mask")
COLUMNS = Columns(
    target=("load", "diff(rain)"),
    past=("rain",),
    future=("plan", "log(plan)", "month"),
    static=("size", "kind"),
)
COLUMN_NAMES = ("load", "rain", "plan")
modest = settings(deadline=None, max_examples=60)


@st.composite
def gappy(draw: st.DrawFn) -> tuple[np.ndarray, np.ndarray, int]:
    """Values (R, 2) with runs of NaN, training rows (R,) and a limit."""
    rows = draw(st.integers(1, 30))
    lacks = np.array([draw(st.lists(st.booleans(), min_size=rows, max_size=rows)) for _ in range(2)]).T
    values = np.where(lacks, np.nan, np.arange(2.0 * rows).reshape(rows, 2) ** 2)
    begin, end = sorted(draw(st.integers(0, rows)) for _ in range(2))
    training = (np.arange(rows) >= begin) & (np.arange(rows) < end)
    return values, training, draw(st.integers(1, 5))


def forward_by_loop(values: np.ndarray, steps: int | None) -> np.ndarray:
    filled = values.copy()
    for c in range(values.shape[1]):
        last, age = np.nan, 0
        for t in range(len(values)):
            if np.isnan(values[t, c]):
                age += 1
                if steps is None or age <= steps:
                    filled[t, c] = last
            else:
                last, age = values[t, c], 0
    return filled


def interpolated_by_loop(values: np.ndarray, training: np.ndarray, steps: int) -> np.ndarray:
    filled = values.copy()
    for c in range(values.shape[1]):
        known = [t for t in range(len(values)) if not np.isnan(values[t, c])]
        for a, b in pairwise(known):
            if training[a] and training[b] and b - a - 1 <= steps:
                for t in range(a + 1, b):
                    filled[t, c] = values[a, c] + (t - a) / (b - a) * (values[b, c] - values[a, c])
    return filled


@modest
@given(gappy(), st.booleans())
def test_filling_forward_is_what_a_loop_does(
    problem: tuple[np.ndarray, np.ndarray, int], without_end: bool
) -> None:
    values, _, steps = problem
    limit = None if without_end else steps
    found = forward_filled(values, values, limit)
    assert np.array_equal(found, forward_by_loop(values, limit), equal_nan=True)


@modest
@given(gappy())
def test_interpolation_is_what_a_loop_does(problem: tuple[np.ndarray, np.ndarray, int]) -> None:
    values, training, steps = problem
    found = interpolated(values, training, steps)
    assert np.allclose(found, interpolated_by_loop(values, training, steps), equal_nan=True, rtol=1e-14)


@modest
@given(st.lists(gappy(), min_size=1, max_size=3), st.sampled_from(POLICIES))
def test_each_policy_is_what_its_words_say(
    problems: list[tuple[np.ndarray, np.ndarray, int]], policy: str
) -> None:
    """Two channels: a target, and what is known ahead."""
    steps, channels = problems[0][2], Channels(("y",), (), ("f",))
    offsets = np.concatenate([[0], np.cumsum([len(values) for values, _, _ in problems])])
    values, training = (np.concatenate([one[part] for one in problems]) for part in (0, 1))
    found = fill(values, channels, offsets, policy, steps, training)
    expected = values.copy()
    for begin, end in pairwise(offsets):
        rows = slice(begin, end)
        if policy != "leave_out":
            expected[rows] = forward_by_loop(values[rows], None if policy == "mask" else steps)
        if policy == "interpolate":
            line = interpolated_by_loop(values[rows], training[rows], steps)[:, 0]
            expected[rows, 0] = np.where(np.isnan(line), expected[rows, 0], line)
    assert np.allclose(found.values, expected, equal_nan=True, rtol=1e-14)
    lacks = np.isnan(expected)
    assert found.seen.tolist() == [not any(row) for row in lacks]
    answered = np.ones(len(values), bool) if policy == "mask" else ~np.isnan(values[:, 0])
    assert found.ahead.tolist() == (answered & ~lacks[:, 1]).tolist()
    if policy == "interpolate":
        assert found.cutoffs is not None
        assert found.cutoffs.tolist() == (~(np.isnan(values[:, 0]) & training)).tolist()
    else:
        assert found.cutoffs is None


def columns(rng: np.random.Generator, rows: int, missing: float) -> dict[str, np.ndarray]:
    made = {"load": rng.normal(5, 20, rows), "rain": rng.normal(size=rows), "plan": rng.uniform(1, 2, rows)}
    for name in ("load", "rain"):
        made[name] = np.where(rng.random(rows) < missing, np.nan, made[name])
    return made


@st.composite
def problems(draw: st.DrawFn) -> Problem:
    """Series with gaps in time, missing values and a tail of rows in which only the plan is known."""
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    look_back, horizon, tail = draw(st.integers(1, 4)), draw(st.integers(1, 3)), draw(st.integers(0, 4))
    missing, times = draw(st.sampled_from([0.05, 0.2])), []
    for n in range(2):
        days = np.array([day(d) for d in range(4 * n, 70)])
        keep = rng.random(len(days)) >= missing / 2
        keep[[0, -1]] = True
        times.append(days[keep])
    rows = sum(map(len, times))
    made = columns(rng, rows, missing)
    ds = np.concatenate(times)
    for name in ("load", "rain"):
        made[name][ds > day(69 - tail)] = np.nan
    made["load"][np.isin(ds, ds[ds <= day(69 - tail)].max())] = 5.0
    offsets = np.cumsum([0, *map(len, times)])
    static = {"size": np.array([3.0, 5.0]), "kind": np.array(["north", "south"], object)}
    policy = draw(st.sampled_from(POLICIES))
    window = Window(look_back=look_back, horizon=horizon, missing=policy, fill_steps=draw(st.integers(1, 3)))
    panel = Panel(("a", "b"), offsets, ds, made, static)
    return Problem(panel, window, Split(test=12, validation=12), 3, COLUMNS)


def scramble(problem: Problem, after: np.datetime64, seed: int) -> Panel:
    """Other values after the instant, others missing; what is known ahead stays for the steps forecast."""
    rng = np.random.default_rng(seed)
    panel, horizon = problem.panel, np.timedelta64(problem.window.horizon, "D")
    wild = columns(rng, len(panel), 0.2)
    end = panel.ds[~np.isnan(panel.columns["load"])].max()  # where the splits are counted from
    wild["load"][panel.ds == end] = 7.0
    moved = {"plan": np.where(panel.ds > after + horizon, wild["plan"], panel.columns["plan"])}
    for name in ("load", "rain"):
        moved[name] = np.where((panel.ds > after) & (panel.ds <= end), 100 * wild[name], panel.columns[name])
    keep = (panel.ds <= after + horizon) | (panel.ds == end) | (rng.random(len(panel)) > 0.1)
    return panel.with_columns(moved).take(keep)


def examples(windows: Windows, after: np.datetime64) -> dict[tuple[str, object], list[np.ndarray]]:
    """What each window with a cutoff up to the instant sees, by series and time of the cutoff."""
    fold, L = windows.folds[0], windows.look_back
    starts = np.concatenate([np.asarray(starts) for starts in fold.starts.values()])
    starts = starts[windows.ds[starts + L - 1] <= after]
    batch = gather(windows, replace(fold, loc=0 * fold.loc, scale=0 * fold.scale + 1), starts)
    return {
        (windows.ids[n], windows.ds[start + L - 1]): [past, future, static]
        for n, start, past, future, static in zip(
            batch.series, starts, batch.past, batch.future, batch.static, strict=True
        )
    }


@settings(deadline=None, max_examples=100)
@given(problems(), st.integers(20, 69), st.integers(0, 2**32 - 1))
def test_no_policy_and_no_role_looks_ahead(problem: Problem, instant: int, seed: int) -> None:
    after = day(instant)
    scrambled = scramble(problem, after, seed)
    try:
        true, false = problem.cut(), problem.cut(scrambled)
    except DataError:  # so much is missing that a split has no window
        assume(False)
    assert true.channels.static == ("size", "kind=north", "kind=south")
    one, other = examples(true, after), examples(false, after)
    for key in one.keys() & other.keys():
        for seen, again in zip(one[key], other[key], strict=True):
            assert np.isfinite(seen).all()
            assert np.array_equal(seen, again), f"{problem.window.missing}: {key} moved"
    if true.ids != false.ids:
        return  # a series that has lost its last window is skipped: its rows and scaler are not there
    if problem.window.missing != "interpolate":
        rows, others = true.ds <= after, false.ds <= after
        same = slice(0, true.channels.future_index.start)
        assert np.array_equal(true.values[rows, same], false.values[others, same], equal_nan=True)
    if true.folds[0].bounds["train"][1] <= after:
        for name in ("loc", "scale"):
            found = [getattr(windows.folds[0], name) for windows in (true, false)]
            assert np.array_equal(*found, equal_nan=True), f"scaler ({name}) moved"


@settings(deadline=None, max_examples=40)
@given(problems(), st.integers(0, 2**32 - 1))
def test_a_forecast_from_a_panel_is_that_of_the_window_with_its_cutoff(problem: Problem, seed: int) -> None:
    """Of the windows of the test span, in which every policy fills from behind."""
    try:
        windows = problem.cut()
    except DataError:
        assume(False)
    assume(not np.isnan(fit_targets(windows)).any())
    model = fit(windows)
    anything = model.description.model_copy(update={"shown": None})  # so few values are soon left behind
    fold, L, K = windows.folds[0], windows.look_back, len(windows.channels.target)
    starts = [start for start in fold.starts["test"][:] if is_plain(problem.panel, windows, start + L - 1)]
    assume(starts)
    start = starts[seed % len(starts)]
    batch = gather(windows, fold, np.array([start]))
    mean = model.forecast(batch)[0, 0] * batch.scale[0] + batch.loc[0]  # -> (H, K)
    cutoff, series = windows.ds[start + L - 1], windows.ids[int(batch.series[0])]
    found = forecast_panel(
        replace(model, description=anything), up_to(problem.panel, series, cutoff, windows.horizon)
    )
    assert set(found["cutoff"]) == {cutoff}
    assert found["mean"].to_numpy() == pytest.approx(mean.T.ravel(), rel=1e-9, abs=1e-9)
    assert len(found) == K * windows.horizon


def is_plain(panel: Panel, windows: Windows, row: int) -> bool:
    """Whether something was observed at the row, and the plan for each step after it."""
    n = int(np.searchsorted(windows.offsets, row, side="right")) - 1
    own = panel.series_of_rows() == n
    load, rain, plan = (
        dict(zip(panel.ds[own], panel.columns[name][own], strict=True)) for name in COLUMN_NAMES
    )
    now, ahead = windows.ds[row], windows.ds[row + 1 : row + 1 + windows.horizon]
    some = not (np.isnan(load.get(now, np.nan)) and np.isnan(rain.get(now, np.nan)))
    return some and all(time in plan for time in ahead)


def fit_targets(windows: Windows) -> np.ndarray:
    """Targets that the linear model would learn from; it cannot do without."""
    fold = windows.folds[0]
    return gather(windows, fold, np.asarray(fold.starts["train"])).target


def up_to(panel: Panel, series: str, cutoff: np.datetime64, horizon: int) -> Panel:
    """One series up to the cutoff, with a row there, and its plan for the steps after it."""
    frame = panel.to_frame()
    frame = frame[(frame["unique_id"] == series) & (frame["ds"] <= cutoff + np.timedelta64(horizon, "D"))]
    ahead = (frame["ds"] > cutoff).to_numpy()
    n = panel.ids.index(series)
    made = {
        name: np.where(ahead & (name != "plan"), np.nan, frame[name].to_numpy(float))
        for name in panel.columns
    }
    static = {name: values[n : n + 1] for name, values in panel.static.items()}
    return Panel((series,), np.array([0, len(frame)]), frame["ds"].to_numpy("datetime64[us]"), made, static)
