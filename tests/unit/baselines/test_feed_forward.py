from dataclasses import replace

import numpy as np
import pytest
from sklearn.neural_network import MLPRegressor

from reprocast.baselines import feed_forward
from reprocast.baselines.feed_forward import ALPHAS, PASSES
from reprocast.baselines.saved import fit_baseline
from reprocast.data.windows import gather
from reprocast.errors import DataError
from reprocast.params.baselines import Baseline


@pytest.fixture
def windows(make_windows, with_validation):
    return with_validation(make_windows(targets=2, look_back=8))


def fit(windows, **block):
    return fit_baseline("f", Baseline(kind="feed_forward", **block), windows, 0, "w", "f")


def examples(windows, split):
    """All channels of a window in a row, targets less their mean; and the answers less it, by hand."""
    batch = gather(windows, windows.folds[0], windows.folds[0].starts[split])
    mean = batch.past[:, :, :2].mean(axis=1)
    rows = [
        [*np.column_stack([p[:, :2] - m, p[:, 2]]).ravel()] for p, m in zip(batch.past, mean, strict=True)
    ]
    return np.array(rows), batch.target - mean[:, None], mean


def test_forecasts_are_those_of_scikit_learn(windows):
    """One pass over 40 windows in one batch: the order in which they stand does not matter."""
    model = fit(windows, alpha=0.5, epochs=1, hidden=5)
    (x, y, _), (seen, _, mean) = examples(windows, "train"), examples(windows, "test")
    centre, spread = x.mean(axis=0), x.std(axis=0)
    found = model.forecast(gather(windows, windows.folds[0], windows.folds[0].starts["test"]))[0]
    for k in range(2):
        unit = y[:, :, k].std()
        other = MLPRegressor(
            hidden_layer_sizes=(5,), alpha=0.5, batch_size=40, random_state=0, shuffle=False
        ).partial_fit((x - centre) / spread, y[:, :, k] / unit)
        expected = other.predict((seen - centre) / spread) * unit + mean[:, None, k]
        np.testing.assert_allclose(found[:, :, k], expected, rtol=1e-6)


def test_validation_chooses_penalty_and_passes(windows):
    """The best of all pairs, if each is fitted by itself."""
    batch = gather(windows, windows.folds[0], windows.folds[0].starts["validation"])
    fitted = fit(windows, hidden=4).description.fitted
    chosen = (fitted["alpha"], fitted["epochs"])
    assert 1 < chosen[1] <= PASSES

    def error(alpha, epochs):
        model = fit(windows, hidden=4, alpha=alpha, epochs=epochs)
        return np.square(model.forecast(batch)[0] - batch.target).mean()

    assert error(*chosen) <= min(error(chosen[0], chosen[1] + n) for n in (-1, 1) if chosen[1] + n <= PASSES)
    each = {alpha: error(alpha, None) for alpha in ALPHAS}
    assert chosen[0] == min(each, key=each.get)


def test_examples_stand_in_the_same_order_whatever_that_of_the_panel(windows, turned, monkeypatch):
    """Several batches a pass: another order would make other weights."""
    monkeypatch.setattr(feed_forward, "BATCH", 8)
    one, other = (fit(some, alpha=1.0, epochs=3).description.fitted for some in (windows, turned(windows)))
    assert one == other


def test_a_relation_that_is_not_linear_is_learned(make_windows, with_validation):
    """The next value is the magnitude of the covariate's newest one; a linear map cannot say so."""
    windows = with_validation(make_windows(look_back=4, horizon=1))
    rng = np.random.default_rng(0)
    x = rng.normal(size=len(windows.values))
    y = np.r_[0, np.abs(x[:-1])]
    windows = replace(windows, values=np.column_stack([y, x]))
    batch = gather(windows, windows.folds[0], windows.folds[0].starts["train"])
    found = fit(windows, alpha=0.01, epochs=400).forecast(batch)[0, :, 0, 0]
    assert np.corrcoef(found, batch.target[:, 0, 0])[0, 1] > 0.9


def test_no_window_with_all_answers_is_said(windows):
    values = np.insert(windows.values, 3, 0.0, axis=1)
    fold = windows.folds[0]
    masked = replace(
        windows,
        values=np.insert(values, 3, 0.0, axis=1),
        channels=replace(windows.channels, observed=("observed(y0)", "observed(y1)")),
        folds={
            0: replace(
                fold, loc=np.insert(fold.loc, 3, [[0], [0]], 1), scale=np.insert(fold.scale, 3, [[1], [1]], 1)
            )
        },
    )
    with pytest.raises(DataError, match="feed_forward: no training window has all its answers"):
        fit(masked)
