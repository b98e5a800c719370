"""False alarms of the Diebold-Mariano test at 5 % when two models are equally good, by number of lags.

Two models' errors are drawn alike, with no persistence and with an autoregression of 0.6 under them; a
cutoff's loss averages 5 steps, 500 cutoffs follow one another: `python bench/significance.py [DRAWS]`.
"""

import sys
from unittest.mock import patch

import numpy as np
import pandas as pd
from scipy.signal import lfilter

from reprocast.evaluation import significance

CUTOFFS, HORIZON, ALPHA = 500, 5, 0.05


def false_alarms(persistence: float, lags: int, draws: int) -> float:
    rng, found = np.random.default_rng(20261122), 0
    cutoffs = pd.RangeIndex(CUTOFFS)
    for _ in range(draws):
        steps = lfilter([1], [1, -persistence], rng.normal(size=CUTOFFS + HORIZON + 99))[100:]
        losses = np.convolve(steps, np.full(HORIZON, 1 / HORIZON), "valid")[:CUTOFFS]
        with patch.object(significance, "lags_for", return_value=lags):
            test = significance.compare_losses(
                "a", "b", pd.Series(losses, cutoffs), pd.Series(0.0, cutoffs), HORIZON, ALPHA
            )
        found += test.p_value is not None and test.p_value < ALPHA
    return found / draws


def main(draws: int) -> None:
    print(f"{draws} draws, {CUTOFFS} cutoffs, horizon {HORIZON}: false alarms at {ALPHA:.0%}")
    ours = significance.lags_for(CUTOFFS, HORIZON)
    for name, persistence in (("overlap only", 0.0), ("autoregression 0.6", 0.6)):
        old = false_alarms(persistence, HORIZON - 1, draws)
        new = false_alarms(persistence, ours, draws)
        print(f"{name:20} {HORIZON - 1} lags {old:6.1%}    {ours} lags (ours) {new:6.1%}")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 2000)
