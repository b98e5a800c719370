"""Everything after an instant is scrambled, and nothing that was computed up to it moves.

The functions are those of `reprocast audit`, here on random panels with gaps, holes and series of different
length, random splits, folds, scalers and ways to treat missing values; test_planted_leaks.py shows that they
find what they should.
"""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from property.linear import fit
from property.panels import Problem, problems

from reprocast.audit.cutting import compare
from reprocast.audit.leak import same
from reprocast.audit.pair import Pair
from reprocast.audit.scrambles import cut_again
from reprocast.audit.scrambling import KINDS, Kind, Scramble, as_it_was
from reprocast.baselines.saved import fit_baseline
from reprocast.data.windows import Windows, gather
from reprocast.errors import DataError, ParamsError
from reprocast.params.baselines import Baseline
from reprocast.tasks.forecast.predict import forecast_panel

INSTANTS = st.floats(0, 1, exclude_max=True)
WAYS = st.sampled_from(
    [
        {},
        {"scaling": "robust", "scaling_over": "panel"},
        {"scaling": "minmax", "missing": "forward_fill", "fill_steps": 2},
        {"scaling": "window", "missing": "mask"},
        {"missing": "interpolate"},
    ]
)


@settings(deadline=None, max_examples=150)
@given(problems(), WAYS, INSTANTS, st.sampled_from(KINDS), st.integers(0, 2**32 - 1))
def test_nothing_up_to_an_instant_depends_on_what_comes_after(
    problem: Problem, ways: dict[str, object], instant: float, kind: Kind, seed: int
) -> None:
    problem = with_ways(problem, ways)
    true = windows_of(problem)
    pair = pair_of(problem, true, anywhere(problem, true, instant), kind, seed)
    assert compare(pair, np.random.default_rng(0))["values"] > 0


@settings(deadline=None, max_examples=60)
@given(problems(), INSTANTS, st.integers(0, 2**32 - 1))
def test_no_forecast_up_to_an_instant_depends_on_what_comes_after(
    problem: Problem, instant: float, seed: int
) -> None:
    """Of a model that uses every input, fitted anew: training, windows and serving in one."""
    true = windows_of(problem)
    pair = pair_of(problem, true, past_training(problem, true, instant), "values", seed)
    one, other = fit(pair.true), fit(pair.false)
    same(one.weights, other.weights, lambda index: f"weights {index}", pair.cause)
    fold = pair.true.folds[0]
    starts = np.concatenate([np.asarray(some) for some in fold.starts.values()])
    starts = starts[pair.true.ds[starts + pair.true.look_back - 1] <= pair.after]
    batches = [gather(cut, cut.folds[0], starts) for cut in (pair.true, pair.false)]
    forecasts = [model.forecast(batch) for model, batch in zip((one, other), batches, strict=True)]
    same(*forecasts, lambda index: f"forecast {index}", pair.cause)
    panel = as_it_was(problem.panel, pair.after, ())
    try:
        served = [forecast_panel(model, panel)["mean"].to_numpy() for model in (one, other)]
    except DataError:  # something is missing at this instant, or a series is too short
        return
    same(*served, lambda index: f"served forecast {index}", pair.cause)


KINDS = {
    "moving_average": {"steps": 1},
    "ridge": {"alpha": 1.0},
    "climatology": {},
    "ewma": {"smoothing": 0.3},
    "naive2": {},
    "auto_ets": {"season": 1},
    "auto_theta": {"season": 1},
    "auto_arima": {"season": 1},
    "garch": {"returns": "log_return"},
    "feed_forward": {"hidden": 2, "alpha": 1.0, "epochs": 2},
    "lightgbm": {"trees": 3},
}
"""What validation would choose is declared: it may move with validation."""


@pytest.mark.parametrize("kind", sorted(KINDS))
@settings(deadline=None, max_examples=8)
@given(problem=problems(least=4), instant=INSTANTS, seed=st.integers(0, 2**32 - 1))
def test_no_baseline_depends_on_what_comes_after(
    kind: str, problem: Problem, instant: float, seed: int
) -> None:
    """Neither what it learns nor what it forecasts up to an instant after training."""
    true = windows_of(problem)
    pair = pair_of(problem, true, past_training(problem, true, instant), "values", seed)
    entry = Baseline.model_validate({"kind": kind, **KINDS[kind]})
    starts = np.concatenate([np.asarray(some) for some in pair.true.folds[0].starts.values()])
    starts = starts[pair.true.ds[starts + pair.true.look_back - 1] <= pair.after]
    try:
        models = [fit_baseline(kind, entry, cut, 0, "", "") for cut in (pair.true, pair.false)]
        batches = [gather(cut, cut.folds[0], starts) for cut in (pair.true, pair.false)]
        forecasts = [model.forecast(batch) for model, batch in zip(models, batches, strict=True)]
    except (ParamsError, DataError):  # a series too short for it, or a season in what is not positive
        assume(False)
        raise
    assert models[0].description.fitted == models[1].description.fitted
    same(*forecasts, lambda index: f"{kind}: forecast {index}", pair.cause)


def with_ways(problem: Problem, ways: dict[str, object]) -> Problem:
    return replace(problem, window=problem.window.model_copy(update=ways))


def windows_of(problem: Problem) -> Windows:
    """The true windows; examples that are refused as they are do not count."""
    try:
        return problem.cut()
    except DataError:  # missing values may leave a split without windows
        assume(False)
        raise


def anywhere(problem: Problem, true: Windows, instant: float) -> Any:
    """The time at a fraction of the panel's; filling from both sides must lie before it."""
    grid = np.unique(problem.panel.ds)
    after = grid[int(instant * (len(grid) - 1))]
    return max(after, training_end(true)) if true.missing == "interpolate" else after


def past_training(problem: Problem, true: Windows, instant: float) -> Any:
    """The time at a fraction of those from the end of training on."""
    later = np.unique(problem.panel.ds[problem.panel.ds >= training_end(true)])[:-1]
    return later[int(instant * len(later))]


def training_end(true: Windows) -> Any:
    return true.folds[0].bounds["train"][1]


def pair_of(problem: Problem, true: Windows, after: Any, kind: Kind, seed: int) -> Pair:
    """The windows with the true and with another future; examples refused as they are do not count."""
    scramble = Scramble(after, kind, seed)
    false = cut_again(problem.cut, problem.panel, scramble, true)
    assume(false is not None)
    assert false is not None
    return Pair(true, false, after, str(scramble), True)
