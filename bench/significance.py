"""How often the verdict's procedures are right at 5 % and 95 %, simulated: `python bench/significance.py`.

Models are equally good by construction, or better by a known share: their errors h steps ahead are those of
random walks with common shocks, and a cutoff's loss averages h steps, so that neighbours share h − 1.
tests/unit/evaluation/test_size.py holds the first table at 496 cutoffs. With 2,000 draws a share of 5 % has a
standard error of 0.5 points. It takes about ten minutes (intervals and sets take a fifth of the draws).
"""

import sys
from collections.abc import Iterator
from pathlib import Path
from unittest.mock import patch

import numpy as np
import pandas as pd
from scipy import stats
from scipy.signal import lfilter

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))
from unit.evaluation.nulls import null_losses

from reprocast.evaluation import sample
from reprocast.evaluation.bootstrap import Draws
from reprocast.evaluation.conditional import predictive_ability
from reprocast.evaluation.confidence_set import confidence_set, members
from reprocast.evaluation.sample import Sample
from reprocast.evaluation.significance import compare_losses
from reprocast.evaluation.skill_intervals import skills

LENGTHS = ((60, 5), (120, 5), (240, 24), (496, 5), (496, 24), (2000, 24))
RESAMPLES = Draws(replications=500, seed=1)


def samples(draws: int, n: int, horizon: int, models: int, factors: tuple[float, ...]) -> Iterator[Sample]:
    """Panels of losses, the errors of each model multiplied by its factor."""
    rng = np.random.default_rng(20261122)
    for _ in range(draws):
        losses = null_losses(rng, 1, n, horizon, models)[0] * np.array(factors)[:, None]
        table = pd.DataFrame(losses.T, columns=[f"m{k}" for k in range(models)])
        yield Sample(table, table, "origin", horizon)


def sizes(draws: int) -> None:
    print(f"False alarms at 5 %, {draws} draws: t-test, Diebold-Mariano, Giacomini-White")
    for n, horizon in LENGTHS:
        alarms = np.zeros(3)
        for one in samples(draws, n, horizon, 2, (1, 1)):
            p_values = (
                stats.ttest_rel(one.losses["m0"], one.losses["m1"]).pvalue,
                compare_losses("m0", "m1", one, 0.05).p_value,
                predictive_ability("m0", "m1", one).p_value,
            )
            alarms += [p is not None and p < 0.05 for p in p_values]
        shares = "  ".join(f"{share:6.1%}" for share in alarms / draws)
        print(f"  {n:5} cutoffs, h = {horizon:2}:  {shares}", flush=True)


def persistent(draws: int) -> None:
    print(
        f"Diebold-Mariano with an autoregression of 0.6 under the mean of 5 steps, 500 cutoffs, {draws} draws"
    )
    for lags in (4, sample.lags_for(500, 5)):
        rng, alarms = np.random.default_rng(20261122), 0
        for _ in range(draws):
            steps = lfilter([1], [1, -0.6], rng.normal(size=604))[100:]
            table = pd.DataFrame({"a": np.convolve(steps, np.full(5, 0.2), "valid"), "b": 0.0})
            with patch.object(sample, "lags_for", return_value=lags):
                test = compare_losses("a", "b", Sample(table, table, "origin", 5), 0.05)
            alarms += test.p_value is not None and test.p_value < 0.05
        print(f"  {lags} lags {alarms / draws:.1%}", flush=True)


def coverage(draws: int) -> None:
    print(f"95 % intervals that hold the true skill, and 95 % sets that hold the best model, {draws} draws")
    true = 1 - 1 / 1.05
    for n, horizon in LENGTHS[:-1]:
        inside = held = size = 0
        for one in samples(draws, n, horizon, 5, (1, 1.02, 1.05, 1.1, 1.3)):
            found = next(s for s in skills(one, ["m2"], "mae", 0.05, RESAMPLES) if s.model == "m0")
            inside += found.low is not None and found.low <= true <= (found.high or 0)
            kept = members(confidence_set(one, 0.05, RESAMPLES), 0.05)
            held, size = held + ("m0" in kept), size + len(kept)
        print(
            f"  {n:5} cutoffs, h = {horizon:2}:  intervals {inside / draws:5.1%}   sets {held / draws:6.1%}, "
            f"{size / draws:.1f} of 5 models in them",
            flush=True,
        )


def main(draws: int) -> None:
    sizes(draws)
    persistent(draws)
    coverage(max(draws // 5, 1))


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 2000)
