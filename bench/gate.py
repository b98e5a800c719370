"""How often the gate promotes within a year, simulated: `python bench/gate.py [draws]`.

Under the null every challenger is as good as the champion by construction; with power they are better by a
known share of the error. A round looks at the last 496 cutoffs, and challengers of neighbouring rounds have
most of their errors in common. The round that makes the first champion is counted. `test_year.py` holds the
null through the gate itself. The null has 1,500 years or more (a share of 5 % has a standard error of 0.6
points), the other columns 200 or more (1.5 points).
"""

import sys
from pathlib import Path

import numpy as np
from scipy.signal import lfilter
from scipy.special import stdtr

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))
from gate_year import YEAR
from unit.evaluation.nulls import null_losses, path_losses
from unit.registry.entries import entry, evidence

from reprocast.evaluation.sample import lags_for
from reprocast.evaluation.significance import long_run_variance
from reprocast.registry.cosine_test import p_below_zero
from reprocast.registry.ledger_entry import Entry
from reprocast.registry.spending import fresh, level

SCHEDULES = {"daily": 1, "weekly": 5, "monthly": 21, "quarterly": 62, "yearly": 250}
LEVELS = (0.05, 0.0125, 0.0042, 0.001, 0.0002)
TEST, HORIZON = 496, 5


def spent(every: int) -> list[float]:
    """alpha_t of each round of a first year; they do not depend on the losses."""
    told: list[Entry] = []
    for end in range(TEST, TEST + YEAR + 1, every):
        cutoffs = np.arange(end - TEST, end)
        alpha = level(0.05, YEAR, cutoffs, told)
        said = evidence(p_value=0.5, alpha=alpha, last_cutoff=end - 1, fresh=fresh(cutoffs, told))
        told.append(entry(sequence=len(told) + 1, evidence=said))
    return [one.evidence.alpha for one in told]


def p_values(rng: np.random.Generator, every: int, rounds: int, alike: float, skill: float) -> np.ndarray:
    """Of each round of a year (rounds,)."""
    steps = TEST + YEAR + HORIZON
    common, champion, own = rng.normal(size=(3, steps))
    theirs = path_losses(0.7 * common + np.sqrt(0.51) * champion, HORIZON)
    found = np.empty(rounds)
    for k in range(rounds):
        rows = slice(k * every, k * every + TEST)
        shocks = 0.7 * common[rows.start : rows.stop + HORIZON]
        shocks = shocks + np.sqrt(0.51) * own[rows.start : rows.stop + HORIZON]
        found[k] = p_below_zero((1 - skill) * path_losses(shocks, HORIZON) - theirs[rows], HORIZON) or 0.0
        own = alike * own + np.sqrt(1 - alike**2) * rng.normal(size=steps)
    return found


def promotions(draws: int) -> None:
    skills = (0.0, 0.02, 0.05, 0.1)
    print("First years with a promotion: rounds at 5 % under the null | the gate, by skill 0, 2, 5, 10 %")
    for name, every in reversed(SCHEDULES.items()):
        alphas = np.array(spent(every))
        years = max(draws, 20 * draws // len(alphas))
        for alike in (0.0, 0.9):
            rng = np.random.default_rng([20261122, every])
            shares = []
            for skill in skills:
                many = years if skill else max(1500, years)
                found = [p_values(rng, every, len(alphas), alike, skill) for _ in range(many)]
                if skill == 0:
                    shares.append(np.mean([(year <= 0.05).any() for year in found]))
                shares.append(np.mean([(year <= alphas).any() for year in found]))
            print(
                f"  {name:9} alike {alike:.1f}:  " + "  ".join(f"{share:6.1%}" for share in shares),
                flush=True,
            )


def after_a_promotion(draws: int) -> None:
    """The year after one: with all cutoffs of the test; with a refitted champion, with new ones only."""
    skills = (0.0, 0.02, 0.05, 0.1)
    print("Years after a promotion in which another follows, by skill 0, 2, 5, 10 %:")
    for name in ("weekly", "monthly", "quarterly"):
        every = SCHEDULES[name]
        for refitted in (False, True):
            rng, years = np.random.default_rng([20261122, every]), draws
            shares = [
                np.mean([_promotes(rng, every, skill, refitted=refitted) for _ in range(years)])
                for skill in skills
            ]
            said = "  ".join(f"{share:6.1%}" for share in shares)
            print(f"  {name:9} {'refitted' if refitted else 'scored':8}: {said}", flush=True)


def _promotes(rng: np.random.Generator, every: int, skill: float, *, refitted: bool) -> bool:
    """Whether a challenger of the year is promoted; each is drawn anew, of equal skill."""
    common, champion, own = rng.normal(size=(3, TEST + YEAR + HORIZON))
    theirs = path_losses(0.7 * common + np.sqrt(0.51) * champion, HORIZON)
    told = [entry(sequence=1, evidence=evidence(p_value=0.01, last_cutoff=TEST - 1))]
    for end in range(TEST + every, TEST + YEAR + 1, every):
        cutoffs = np.arange(TEST if refitted else end - TEST, end)
        shocks = (0.7 * common + np.sqrt(0.51) * own)[cutoffs[0] : end + HORIZON]
        p_value = p_below_zero((1 - skill) * path_losses(shocks, HORIZON) - theirs[cutoffs], HORIZON)
        own = rng.normal(size=own.size)
        if p_value is None:
            continue
        alpha = level(0.05, YEAR, cutoffs, told)
        if p_value <= alpha:
            return True
        said = evidence(p_value=0.5, alpha=alpha, last_cutoff=end - 1)
        told.append(entry(sequence=len(told) + 1, evidence=said))
    return False


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
    after_a_promotion(draws)
    levels(draws * 100)
