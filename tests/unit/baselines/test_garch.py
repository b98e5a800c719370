from dataclasses import replace

import numpy as np
import pytest
from arch import arch_model

from reprocast.baselines.garch import fit_series
from reprocast.baselines.saved import fit_baseline
from reprocast.data.starts import Starts
from reprocast.data.windows import Channels, Windows, gather
from reprocast.errors import ParamsError
from reprocast.params.baselines import Baseline

BASELINE = Baseline(kind="garch", returns="r")


def simulated(length=600, seed=0):
    """Returns r of a GARCH(1,1), and the target log σ plus noise."""
    rng, variance, rows = np.random.default_rng(seed), 4e-4, []
    for shock in rng.normal(size=length):
        rows.append((0.5 * np.log(variance) + 0.05 * rng.normal(), 0.001 + np.sqrt(variance) * shock))
        variance = 2e-5 + 0.15 * variance * shock**2 + 0.8 * variance
    return np.asarray(rows)


@pytest.fixture
def windows(make_windows):
    """Two series of 600, the last 100 windows for the test."""
    plain = make_windows(look_back=30)
    starts = (
        [np.arange(first, first + 500) for first in (0, 600)],
        [np.arange(first, 568 + first) for first in (500, 1100)],
    )
    train, test = (Starts.of(np.concatenate(some)) for some in (starts[0], [s[:60] for s in starts[1]]))
    fold = replace(plain.folds[0], starts={"train": train, "validation": Starts.of([]), "test": test})
    return replace(
        plain,
        values=np.concatenate([simulated(seed=0), simulated(seed=1)]),
        ds=np.resize(plain.ds[:1], 1200),
        offsets=np.array([0, 600, 1200]),
        channels=Channels(("y0",), ("r",)),
        features=Channels(("y0",), ("r",)),
        folds={0: fold},
    )


def fit(windows, baseline=BASELINE):
    return fit_baseline("g", baseline, windows, 0, "w", "f")


def spread_by_hand(returns, own, horizon):
    """log σ ahead, a return at a time, and then an expectation at a time."""
    mean, omega, alpha, beta, variance = own
    for value in returns:
        variance = omega + alpha * (value - mean) ** 2 + beta * variance
    total = omega / (1 - alpha - beta)
    return [0.5 * np.log(total + (alpha + beta) ** step * (variance - total)) for step in range(horizon)]


def test_forecasts_equal_a_slow_loop(windows):
    """The recursion, the closed form of the steps ahead, and least squares, window by window."""
    fold, model, L, H = windows.folds[0], fit(windows), 30, 3
    own = model.description.fitted["variance"]
    test = np.asarray(fold.starts["test"])
    found = model.forecast(batch := gather(windows, fold, test))[0]
    found = found[:, :, 0] * batch.scale + batch.loc
    for series in (0, 1):
        train = [s for s in np.asarray(fold.starts["train"]) if (s >= 600) == series]
        x = np.array([spread_by_hand(windows.values[s : s + L, 1], own[series], H) for s in train])
        y = np.array([windows.values[s + L : s + L + H, 0] for s in train])
        for b in range(0, 60, 7):
            start = test[60 * series + b]
            ahead = spread_by_hand(windows.values[start : start + L, 1], own[series], H)
            for h in range(H):
                slope, level = np.polyfit(x[:, h], y[:, h], 1)
                np.testing.assert_allclose(found[60 * series + b, h], level + slope * ahead[h], rtol=1e-6)


def test_parameters_are_those_of_the_likelihoods_maximum():
    """In the units of the returns, as `arch` finds them in percent."""
    returns = simulated(2000, seed=3)[:, 1]
    mean, omega, alpha, beta, variance = fit_series(returns)
    expected = arch_model(100 * returns, rescale=False).fit(disp="off").params
    np.testing.assert_allclose([100 * mean, 1e4 * omega, alpha, beta], expected, rtol=0.02)
    assert variance == pytest.approx(returns.var())
    assert (alpha, beta) == pytest.approx((0.15, 0.8), abs=0.06)


def test_a_volatility_that_follows_the_returns_is_forecast_well(windows):
    fold, model = windows.folds[0], fit(windows)
    batch = gather(windows, fold, fold.starts["test"])
    error = np.abs(model.forecast(batch)[0] - batch.target)[:, 0].mean()
    naive = np.abs(batch.past[:, -1, :1] - batch.target[:, 0]).mean()
    assert error < naive
    assert all(0.8 < line[0][1] < 1.2 for (line,) in model.description.fitted["lines"])


def test_returns_that_are_a_target_will_do_whatever_the_scaling(windows):
    own = replace(windows, channels=Channels(("y0", "r")), features=Channels(("y0", "r")), scaling="window")
    fixed = fit(windows).description.fitted
    found = fit(own).description.fitted
    assert found["variance"] == fixed["variance"]
    np.testing.assert_allclose(
        [one[0] for one in found["lines"]], [one[0] for one in fixed["lines"]], rtol=1e-6
    )


@pytest.mark.parametrize(
    ("changes", "line"),
    [
        ({"channels": Channels(("y0",), ("x",))}, r"baselines\.g\.returns: r is neither .* there are y0, x"),
        ({"scaling": "window"}, r"baselines\.g: needs r in its units, and window\.scaling is window"),
    ],
)
def test_returns_that_cannot_be_read_are_refused(windows: Windows, changes, line):
    with pytest.raises(ParamsError, match=line):
        fit(replace(windows, **changes))
