"""The verdict: one paragraph that says which differences are real, and no more than the numbers do."""

from collections.abc import Mapping
from dataclasses import dataclass
from math import floor, log10

from reprocast.evaluation.leaderboard import skill
from reprocast.evaluation.selection import Differences
from reprocast.evaluation.significance import Comparison

CELLS = {"rnn": "RNN", "lstm": "LSTM", "gru": "GRU"}
FAR = 100_000
"""More origins than this are not counted out."""


@dataclass(frozen=True)
class Outcome:
    """What the verdict is about."""

    chosen: str
    """The network with the best validation score."""
    networks: tuple[str, ...]
    best: str
    """The baseline with the best validation score."""
    naive: str | None
    """The naive baseline, if there is one."""
    score: str
    alpha: float
    errors: Mapping[str, float]
    """Test error by model, in the score's terms."""
    tests: Differences
    folds: int = 1
    """Folds of the backtest, each with models of its own."""


def verdict(outcome: Outcome) -> str:
    """The paragraph."""
    sentences = [_selection(outcome), _against_baselines(outcome), _none_beats(outcome), _networks(outcome)]
    return " ".join(sentence for sentence in sentences if sentence)


def result(test: Comparison, p_value: float | None, alpha: float) -> str:
    """`beats`, `worse`, `tied` (no evidence of a difference) or `untested` (too few origins)."""
    if p_value is None:
        return "untested"
    if p_value >= alpha:
        return "tied"
    return "beats" if test.difference < 0 else "worse"


def p_text(p_value: float) -> str:
    """A p-value as it is read: two digits from 0.1, three below, and `p < 0.001` at the end."""
    if p_value < 0.001:
        return "p < 0.001"
    return f"p = {p_value:.2f}" if p_value >= 0.0995 else f"p = {p_value:.3f}"


def _selection(outcome: Outcome) -> str:
    """`The GRU has the best validation MAE of the 3 networks, har that of the 5 baselines.`"""
    network = f"The {_shown(outcome.chosen)}" if outcome.chosen in CELLS else outcome.chosen
    best, baselines = _baseline(outcome.best, outcome), len(outcome.errors) - len(outcome.networks)
    only_baseline = f"{best} is the only baseline"
    if len(outcome.networks) == 1:
        rest = f"{best} has the best validation {outcome.score.upper()} of the {baselines} baselines"
        return f"{network} is the only network; {rest if baselines > 1 else only_baseline}."
    first = (
        f"{network} has the best validation {outcome.score.upper()} of the {len(outcome.networks)} networks"
    )
    return (
        f"{first}, {best} that of the {baselines} baselines."
        if baselines > 1
        else f"{first}; {only_baseline}."
    )


def _against_baselines(outcome: Outcome) -> str:
    tests = outcome.tests
    each = [test for test in (tests.against_naive, tests.against_best) if test]
    found = {result(test, test.p_value, outcome.alpha) for test in each}
    joint = ", but " if found == {"beats", "worse"} else " and "
    clauses = joint.join(_clause(test, outcome) for test in each)
    refits = f" in {outcome.folds} folds, refitted for each," if outcome.folds > 1 else ""
    return f"On {_count(tests.against_best.origins, 'test origin')}{refits} it {clauses}."


def _clause(test: Comparison, outcome: Outcome) -> str:
    """`beats the naive forecast by 19.6 % (p < 0.001)`, and the like."""
    other = _baseline(test.b, outcome)
    if test.p_value is None:
        return f"cannot be tested against {other} (too few origins)"
    found = result(test, test.p_value, outcome.alpha)
    if found == "tied":
        return f"cannot be told from {other} ({p_text(test.p_value)}{_more(test)})"
    gain = skill(outcome.errors[test.a], outcome.errors[test.b])
    by = f" by {abs(100 * gain):.1f} %" if gain is not None else ""
    return f"{'beats' if found == 'beats' else 'is worse than'} {other}{by} ({p_text(test.p_value)})"


def _baseline(name: str, outcome: Outcome) -> str:
    return "the naive forecast" if name == outcome.naive else _shown(name)


def _more(test: Comparison) -> str:
    """How many more origins a difference of this size would take, to two digits."""
    if test.difference == 0:
        return ""
    more = FAR + 1 if test.origins_needed is None else test.origins_needed - test.origins
    if more <= 0:
        return ""
    if more > FAR:
        return f"; more than {FAR:,} more origins would be needed"
    unit = 10 ** max(0, floor(log10(more)) - 1)
    about = round(more / unit) * unit
    return f"; about {_count(about, 'more origin')} would be needed"


def _none_beats(outcome: Outcome) -> str:
    best = outcome.errors[outcome.best]
    if any(outcome.errors[name] < best for name in outcome.networks):
        return ""
    other, score = _baseline(outcome.best, outcome), outcome.score.upper()
    return f"No network beats {other}: none has a smaller test {score}."


def _networks(outcome: Outcome) -> str:
    pairs = list(zip(outcome.tests.pairs, outcome.tests.adjusted, strict=True))
    tested = [(pair, p) for pair, p in pairs if p is not None]
    if not tested:
        return ""
    real = [(pair, p) for pair, p in tested if p < outcome.alpha]
    if not real:
        names = [_shown(name) for name in sorted(outcome.networks)]
        smallest = min(p for _, p in tested)
        return f"{_listed(names)} cannot be told apart ({_p_of_pairs(smallest, len(tested))})."
    said = [_better(pair, p, len(tested)) for pair, p in real]
    rest = len(tested) - len(real)
    ending = {0: "", 1: "; the other pair cannot be told apart"}.get(
        rest, "; the other pairs cannot be told apart"
    )
    return f"Among the networks {_listed(said)}{ending}."


def _better(pair: Comparison, p_value: float, tested: int) -> str:
    better, worse = (pair.a, pair.b) if pair.difference < 0 else (pair.b, pair.a)
    text = p_text(p_value) + (", Holm-adjusted" if tested > 1 else "")
    return f"{_shown(better)} beats {_shown(worse)} ({text})"


def _p_of_pairs(smallest: float, tested: int) -> str:
    return f"smallest Holm-adjusted {p_text(smallest)}" if tested > 1 else p_text(smallest)


def _shown(name: str) -> str:
    return CELLS.get(name, name)


def _listed(parts: list[str]) -> str:
    return parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])} and {parts[-1]}"


def _count(n: int, noun: str) -> str:
    return f"{n:,} {noun}{'' if n == 1 else 's'}"
