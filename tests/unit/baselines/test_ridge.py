from dataclasses import replace

import numpy as np
import pytest

from reprocast.baselines.ridge import ALPHAS
from reprocast.baselines.saved import fit_baseline
from reprocast.data.starts import Starts
from reprocast.data.windows import Channels, gather
from reprocast.params.baselines import Baseline


def fit(windows, alpha=None):
    return fit_baseline("ridge", Baseline(kind="ridge", alpha=alpha), windows, 0, "w", "f")


def by_hand(x, y, alpha):
    """Least squares with √alpha · w = 0 as further equations, the constant (first) left out of them."""
    extra = np.sqrt(alpha) * np.eye(x.shape[1] + 1)[1:]
    full = np.vstack([np.column_stack([np.ones(len(x)), x]), extra])
    return np.linalg.lstsq(full, np.concatenate([y, np.zeros(len(extra))]), rcond=None)[0]


@pytest.mark.parametrize("alpha", [0.5, 300.0])
def test_forecasts_equal_least_squares_with_further_equations(make_windows, alpha):
    windows = make_windows(targets=2, look_back=8, horizon=2)
    fold, model = windows.folds[0], fit(windows, alpha)
    train, test = gather(windows, fold, fold.starts["train"]), gather(windows, fold, fold.starts["test"])
    for k in range(2):
        for step in range(2):
            w = by_hand(train.past[:, :, k], train.target[:, step, k], alpha)
            expected = w[0] + test.past[:, :, k] @ w[1:]
            np.testing.assert_allclose(model.forecast(test)[0, :, step, k], expected, rtol=1e-6)
    assert model.description.fitted["alpha"] == alpha
    assert model.description.cost.parameters == np.asarray(model.description.fitted["coefficients"]).size


def test_validation_chooses_the_penalty(make_windows, with_validation):
    windows = with_validation(make_windows(look_back=8))
    batch = gather(windows, windows.folds[0], windows.folds[0].starts["validation"])
    errors = {
        alpha: np.square(fit(windows, alpha).forecast(batch)[0] - batch.target).mean() for alpha in ALPHAS
    }
    assert fit(windows).description.fitted["alpha"] == min(errors, key=errors.get)
    assert len({round(error, 9) for error in errors.values()}) == len(ALPHAS)


def test_answers_that_were_not_observed_do_not_teach(make_windows):
    """A window with one has no weight, whatever stands in its place."""
    windows = make_windows(look_back=8, horizon=2)
    observed = np.ones((len(windows.values), 1))
    observed[30] = 0
    channels = Channels(("y0",), ("x",), observed=("observed(y0)",))
    fold = windows.folds[0]
    ones = np.column_stack([fold.loc, [0, 0]]), np.column_stack([fold.scale, [1, 1]])
    masked = replace(
        windows, channels=channels, folds={0: replace(fold, loc=ones[0], scale=ones[1])},
        values=np.column_stack([windows.values, observed]),
    )  # fmt: skip
    every = np.asarray(fold.starts["train"])
    kept = every[~((every + 8 <= 30) & (every + 10 > 30))]
    assert len(kept) == len(every) - 2
    without = replace(windows, folds={0: replace(fold, starts={**fold.starts, "train": Starts.of(kept)})})
    found, expected = (fit(each, 1.0).description.fitted["coefficients"] for each in (masked, without))
    np.testing.assert_allclose(found, expected, rtol=1e-6)
