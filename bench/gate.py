"""How often the gate promotes within a year, simulated: `python bench/gate.py [draws]`.

Under the null every challenger is as good as the champion by construction; with power they are better by a
known share of the error. A round looks at the last 496 cutoffs, and challengers of neighbouring rounds have
most of their errors in common. `tests/unit/registry/test_year.py` holds the null. With 1,000 years a share of
5 % has a standard error of 0.7 points. The daily rows take a quarter of the draws.
"""

import sys
from pathlib import Path

import numpy as np
from scipy.signal import lfilter
from scipy.special import stdtr

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))
from gate_year import Year, share_promoted
from unit.evaluation.nulls import null_losses

from reprocast.evaluation.sample import lags_for
from reprocast.evaluation.significance import long_run_variance
from reprocast.registry.cosine_test import p_below_zero

SCHEDULES = {"daily": 1, "weekly": 5, "monthly": 21, "quarterly": 62, "yearly": 250}
LEVELS = (0.05, 0.0125, 0.0042, 0.001, 0.0002)


def promotions(draws: int) -> None:
    skills = (0.0, 0.01, 0.02, 0.05, 0.1)
    print(
        f"Years with a promotion, {draws} of them: 5 % a round; the gate under the null, then by true skill"
    )
    for name, every in SCHEDULES.items():
        years = max(20, draws // 4) if every == 1 else draws
        for alike in (0.0, 0.9, 1.0):
            shares = [share_promoted(Year(every, alike=alike), years, naive=True)]
            shares += [share_promoted(Year(every, alike=alike, skill=skill), years) for skill in skills]
            print(
                f"  {name:9} alike {alike:.1f}:  " + "  ".join(f"{share:6.1%}" for share in shares),
                flush=True,
            )


def diebold_mariano(differences: np.ndarray, horizon: int) -> float:
    """One-sided, with the Harvey-Leybourne-Newbold correction, as the verdict has it."""
    n, lags = len(differences), lags_for(len(differences), horizon)
    variance, _ = long_run_variance(differences, lags)
    shrink = (n + 1 - 2 * (lags + 1) + (lags + 1) * lags / n) / n
    return float(stdtr(n - 1, differences.mean() / np.sqrt(variance / n / shrink)))


def levels(draws: int) -> None:
    print(f"False alarms as multiples of the level, {draws} draws: Diebold-Mariano | cosines")
    print("  " + " " * 28 + "  ".join(f"{one:7.2%}" for one in LEVELS))
    rng = np.random.default_rng(20261122)
    for n, horizon, persistence in ((496, 5, 0.0), (496, 5, 0.6), (496, 24, 0.0), (120, 5, 0.0)):
        found = np.array([_p_values(rng, n, horizon, persistence) for _ in range(draws)])
        for name, column in zip(("Diebold-Mariano", "cosines"), found.T, strict=True):
            shares = "  ".join(f"{(column <= one).mean() / one:7.2f}" for one in LEVELS)
            print(f"  {n:4}, h {horizon:2}, {persistence:.1f} {name:16}{shares}", flush=True)


def _p_values(rng: np.random.Generator, n: int, horizon: int, persistence: float) -> tuple[float, float]:
    if persistence:
        moved = lfilter([1], [1, -persistence], rng.normal(size=n + horizon + 50))[50:]
        path = np.cumsum(moved)
        differences = (path[horizon:] - path[:-horizon])[:n] / horizon
    else:
        losses = null_losses(rng, 1, n, horizon)[0]
        differences = losses[0] - losses[1]
    return diebold_mariano(differences, horizon), p_below_zero(differences, horizon) or 1.0


if __name__ == "__main__":
    draws = int(sys.argv[1]) if len(sys.argv) > 1 else 400
    promotions(draws)
    levels(draws * 100)
