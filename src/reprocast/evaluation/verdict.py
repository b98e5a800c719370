"""The verdict: one paragraph that says which differences are real, and no more than the numbers do."""

from math import inf

from reprocast.evaluation import verdict_words as say
from reprocast.evaluation.outcome import Outcome
from reprocast.evaluation.significance import Comparison

NAMES, PAIRS = 6, 3
"""More names, or pairs of networks, than these are counted instead of listed."""


def verdict(said: Outcome) -> str:
    """The paragraph, the most important sentence first."""
    sentences = [_first(said), _naive(said), _set(said), _networks(said), _costs(said), _selection(said)]
    return " ".join(sentence for sentence in sentences if sentence)


def result(test: Comparison, p_value: float | None, alpha: float) -> str:
    """`beats`, `worse`, `tied` (no evidence of a difference) or `untested` (too few origins)."""
    if p_value is None:
        return "untested"
    if p_value >= alpha:
        return "tied"
    return "beats" if test.difference < 0 else "worse"


def _first(said: Outcome) -> str:
    """Whether the network that validation chose is better than the baseline that it chose."""
    test = said.tests.against_best
    found = result(test, test.p_value, said.alpha)
    network, other = say.subject(said.chosen), f"{say.baseline(said.best, said)}, the best baseline,"
    if len(said.errors) - len(said.networks) == 1:
        other = f"{say.baseline(said.best, said)}, the only baseline,"
    if found == "untested":
        folds = f"{_folds(said)}," if _folds(said) else ""
        are = "is" if test.origins == 1 else "are"
        few = f"{say.counted(test.origins, _unit(said))}{folds} {are} too few"
        told = f"to tell {network} from {other.removesuffix(',')}"
        return f"Untested: {few} {told} (at least {said.least:,}); {_by(test, said)}."
    opening = {"beats": "A network leads: ", "tied": "No winner: ", "worse": _no_network(said)}[found]
    if found == "tied" and _none_smaller(said):
        opening = _no_network(said)
    if found == "beats" and said.confidence_set and said.chosen not in said.confidence_set:
        opening = ""
    verb = {"beats": "beats", "tied": "cannot be told from", "worse": "is worse than"}[found]
    sentence = f"{opening}{network} {verb} {other} {_where(said)}; {_by(test, said)}{_more(test, said)}."
    return say.opened(sentence)


def _no_network(said: Outcome) -> str:
    return "No network beats the baseline: " if _none_smaller(said) else "The baseline is not beaten: "


def _none_smaller(said: Outcome) -> bool:
    return all(said.errors[name] >= said.errors[said.best] for name in said.networks)


def _unit(said: Outcome) -> str:
    return "series" if said.unit == "series" else "test origin"


def _where(said: Outcome) -> str:
    """`on 496 test origins in 3 folds, refitted for each`, or `across 414 series`."""
    count = say.counted(said.tests.against_best.origins, _unit(said))
    return f"across {count}" if said.unit == "series" else f"on {count}{_folds(said)}"


def _folds(said: Outcome) -> str:
    fitted = "refitted for each" if said.refit else "fitted once"
    return f" in {said.folds} folds, {fitted}" if said.folds > 1 and said.unit != "series" else ""


def _by(test: Comparison, said: Outcome) -> str:
    """`its MAE is 5.2 % lower (95 % interval 3.1 to 7.0 %, p = 0.002)`"""
    skill = said.skill(test.a, test.b)
    value = skill.skill if skill else None
    bounds = ""
    if skill and skill.low is not None and skill.high is not None:
        bounds = f"{say.level(said.alpha)} interval {say.interval(skill.skill, skill.low, skill.high)}"
    facts = [fact for fact in (bounds, "" if test.p_value is None else say.p_text(test.p_value)) if fact]
    shown = f"its {said.score.upper()} is {say.change(value)}" if value is not None else "it was compared"
    return shown + (f" ({', '.join(facts)})" if facts else "")


def _more(test: Comparison, said: Outcome) -> str:
    """How many more origins would be needed, where a tie is no more than a lack of data."""
    if result(test, test.p_value, said.alpha) != "tied" or test.difference == 0:
        return ""
    needed = say.more_needed(test.origins, test.origins_needed, said.unit)
    return f", and {needed}" if needed else ""


def _naive(said: Outcome) -> str:
    test = said.tests.against_naive
    if test is None or test.p_value is None:
        return ""
    verb = {"beats": "beats", "tied": "cannot be told from", "worse": "is worse than"}
    found = verb[result(test, test.p_value, said.alpha)]
    return say.opened(f"{_it(said)} {found} the naive forecast; {_by(test, said)}{_more(test, said)}.")


def _it(said: Outcome) -> str:
    return say.subject(said.chosen)


def _set(said: Outcome) -> str:
    """What cannot be told apart: the model confidence set, and the cheapest model in it."""
    names, every, sure = said.confidence_set, len(said.errors), say.level(said.alpha)
    if not names:
        return ""
    if len(names) == 1:
        return f"The {sure} confidence set of the best models holds {say.subject(names[0])} alone."
    held = say.listed([say.shown(name) for name in names]) if len(names) <= NAMES else f"{len(names)} models"
    out = every - len(names)
    rest = f"the other {out} {'are' if out > 1 else 'is'} ruled out" if out else "none is ruled out"
    cheapest = min(names, key=lambda name: (_work(said, name), name))
    cheap = f"; {say.shown(cheapest)} is the cheapest of them" if said.costs else ""
    return f"Not distinguishable as the best are {held} ({sure} confidence set; {rest}){cheap}."


def _work(said: Outcome, name: str) -> tuple[float, float]:
    cost = (said.costs or {}).get(name, {})
    work, size = (cost.get(key) for key in ("multiply_adds", "parameters"))
    return inf if work is None else work, inf if size is None else size


def _networks(said: Outcome) -> str:
    """Real differences between networks, where there are any."""
    pairs = list(zip(said.tests.pairs, said.tests.adjusted, strict=True))
    tested = [(pair, p) for pair, p in pairs if p is not None]
    real = [(pair, p) for pair, p in tested if p < said.alpha]
    if not real:
        return ""
    if len(real) > PAIRS:
        return f"{len(real)} of the {len(tested)} pairs of networks differ (Holm-adjusted)."
    return f"Pair by pair, {say.listed([_better(pair, p, len(tested)) for pair, p in real])}."


def _better(pair: Comparison, p_value: float, tested: int) -> str:
    better, worse = (pair.a, pair.b) if pair.difference < 0 else (pair.b, pair.a)
    text = say.p_text(p_value) + (", Holm-adjusted" if tested > 1 else "")
    return f"{say.shown(better)} beats {say.shown(worse)} ({text})"


def _costs(said: Outcome) -> str:
    """`The GRU has 5,185 parameters and takes 228,992 multiply–adds a forecast, har 20 and 48.`"""
    if not said.costs:
        return ""
    (own, other) = (said.costs[name] for name in (said.chosen, said.best))
    keys = ("parameters", "multiply_adds")
    if any(cost.get(key) is None for cost in (own, other) for key in keys):
        return ""
    sentence = (
        f"{_it(said)} has {say.counted(own['parameters'], 'parameter')} and takes "
        f"{say.counted(own['multiply_adds'], 'multiply–add')} a forecast, {say.baseline(said.best, said)} "
        f"{other['parameters']:,} and {other['multiply_adds']:,}."
    )
    return say.opened(sentence)


def _selection(said: Outcome) -> str:
    """What was chosen before the test was read."""
    networks, baselines = len(said.networks), len(said.errors) - len(said.networks)
    by = f"on validation {said.score.upper()}, before the test was read"
    if networks > 1 and baselines > 1:
        return f"Both were chosen from {networks} networks and {baselines} baselines {by}."
    if networks > 1:
        return say.opened(f"{_it(said)} was chosen from {networks} networks {by}.")
    if baselines > 1:
        return say.opened(f"{say.baseline(said.best, said)} was chosen from {baselines} baselines {by}.")
    return ""
