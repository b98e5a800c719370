"""What holds for every baseline there is, and will hold for the next one."""

import json
from dataclasses import replace

import numpy as np
import pytest

from reprocast.baselines.saved import fit_baseline, load_baseline, save_baseline
from reprocast.baselines.table import BASELINES
from reprocast.data.transforms import calendar_channels
from reprocast.data.windows import Channels, gather
from reprocast.params.baselines import Baseline

NEEDED = {"moving_average": {"steps": 3}, "garch": {"returns": "x"}}
KINDS = pytest.mark.parametrize("kind", BASELINES)


@pytest.fixture
def windows(make_windows, with_validation):
    """With a feature of the calendar, and with validation windows."""
    plain = with_validation(make_windows(seed=5))
    made = calendar_channels("day_of_week", plain.ds)
    ahead, fold = tuple(made), plain.folds[0]
    numbers = (
        np.column_stack([part, np.zeros((2, 2)) + unit]) for part, unit in ((fold.loc, 0), (fold.scale, 1))
    )
    return replace(
        plain,
        values=np.column_stack([plain.values + 60, *made.values()]),  # positive, which naive2 asks for
        channels=replace(plain.channels, future=ahead),
        features=Channels(plain.features.target, plain.features.past, ("day_of_week",)),
        folds={0: replace(fold, **dict(zip(("loc", "scale"), numbers, strict=True)))},
    )


def fit(kind, windows, **chosen):
    return fit_baseline("b", Baseline(kind=kind, **NEEDED.get(kind, {}), **chosen), windows, 0, "w", "f")


def forecast(model, windows, split="test"):
    return model.forecast(gather(windows, windows.folds[0], windows.folds[0].starts[split]))


@KINDS
def test_saved_and_loaded_it_forecasts_the_same(kind, windows, tmp_path):
    """Finite numbers, from JSON alone; a second fit writes the same bytes."""
    texts = []
    for _ in range(2):
        save_baseline(model := fit(kind, windows), tmp_path)
        assert [path.name for path in tmp_path.iterdir()] == ["model.json"]
        texts.append((tmp_path / "model.json").read_bytes())
    assert texts[0] == texts[1]
    found = forecast(model, windows)
    assert found.shape == (1, 20, 3, 1)
    assert np.isfinite(found).all()
    np.testing.assert_array_equal(forecast(load_baseline(tmp_path), windows), found)


@KINDS
def test_nothing_after_training_moves_what_is_fitted(kind, windows):
    """But what validation chooses, which is declared here."""
    fold, first = windows.folds[0], fit(kind, windows).description
    chosen = {
        key: first.fitted[key] for key, own in first.block.items() if own is None and key in first.fitted
    }
    values, rng = windows.values.copy(), np.random.default_rng(9)
    for begin, end in zip(windows.offsets, windows.offsets[1:], strict=False):
        reach = max(s for s in fold.starts["train"] if s < end) + windows.look_back + windows.horizon
        assert begin < reach < end
        values[reach:end, :2] = rng.normal(size=(end - reach, 2))
    assert fit(kind, replace(windows, values=values), **chosen).description.fitted == first.fitted


@KINDS
def test_neither_the_order_of_series_nor_their_company_in_a_batch_moves_a_forecast(kind, windows, turned):
    """The second series first: the same numbers, but for rounding where all series are fitted together."""
    fold, model = windows.folds[0], fit(kind, windows)
    one, two = forecast(model, windows)[0], forecast(fit(kind, turned(windows)), turned(windows))[0]
    np.testing.assert_allclose(np.r_[two[10:], two[:10]], one, rtol=1e-5, atol=1e-6)
    batch = gather(windows, fold, np.asarray(fold.starts["test"])[7:8])
    np.testing.assert_allclose(model.forecast(batch)[0, 0], one[7], rtol=1e-12)


@KINDS
def test_what_is_fitted_is_rounded(kind, windows):
    """What an optimiser or a solver leaves behind twelve digits is noise."""
    numbers = list(floats(fit(kind, windows).description.fitted))
    assert numbers == [float(f"{number:.12g}") for number in numbers]


def floats(value):
    if isinstance(value, dict | list | tuple):
        for part in value.values() if isinstance(value, dict) else value:
            yield from floats(part)
    elif isinstance(value, float):
        yield value


@KINDS
def test_a_constant_series_has_a_forecast(kind, windows):
    still = replace(windows, values=np.ones_like(windows.values))
    assert np.isfinite(forecast(fit(kind, still), still)).all()


@KINDS
def test_answers_that_were_not_observed_do_not_stop_it(kind, windows):
    """window.missing mask: filled in what is seen, NaN in what is to be forecast."""
    observed, fold = np.ones(len(windows.values)), windows.folds[0]
    observed[[12, 40, 55]] = 0
    masked = replace(
        windows,
        values=np.insert(windows.values, 2, observed, axis=1),
        channels=replace(windows.channels, observed=("observed(y0)",)),
        folds={0: replace(fold, loc=np.insert(fold.loc, 2, 0, 1), scale=np.insert(fold.scale, 2, 1, 1))},
    )
    assert np.isfinite(forecast(fit(kind, masked), masked)).all()


@KINDS
def test_its_cost_is_said_in_whole_numbers(kind, windows):
    model = fit(kind, windows)
    assert model.description.cost.optimiser_steps == 0
    assert json.dumps(model.description.cost.model_dump())
    fitted = [value for value in model.description.fitted.values() if value]
    assert bool(model.description.cost.parameters) == bool(fitted)
