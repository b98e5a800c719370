"""The tests of a run as rows of tables, and what verdict.json says."""

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from reprocast.deterministic import figure
from reprocast.evaluation.conditional import predictive_ability
from reprocast.evaluation.outcome import Outcome
from reprocast.evaluation.sample import Sample
from reprocast.evaluation.significance import Comparison, holm
from reprocast.evaluation.verdict import result, verdict

TESTS = (
    "question", "a", "b", "difference", "error", "statistic", "p_value", "holm_p", "result", "origins",
    "origins_needed", "lags", "kernel",
)  # fmt: skip
PREDICTIVE_ABILITY = ("question", "a", "b", "statistic", "p_value", "origins", "holm_p")
BEST, NAIVE, PAIR = "chosen network, best baseline", "chosen network, naive", "pair of networks"


def questions(said: Outcome) -> list[tuple[str, Comparison]]:
    """Every question with its test of equal accuracy: those asked in advance, then the pairs."""
    first = [(BEST, said.tests.against_best)]
    naive = [(NAIVE, said.tests.against_naive)] if said.tests.against_naive else []
    return [*first, *naive, *((PAIR, pair) for pair in said.tests.pairs)]


def significance_rows(said: Outcome) -> list[dict[str, Any]]:
    """`TESTS`: what each asks, its adjusted p-value where it is one of several, and its result."""
    asked = questions(said)
    adjusted = [None] * (len(asked) - len(said.tests.adjusted)) + list(said.tests.adjusted)
    rows = []
    for (question, test), holm_p in zip(asked, adjusted, strict=True):
        found = result(test, test.p_value if holm_p is None else holm_p, said.alpha)
        rows.append({"question": question, **asdict(test), "holm_p": holm_p, "result": found})
    return rows


def conditional_rows(said: Outcome, sample: Sample) -> list[tuple[Any, ...]]:
    """`PREDICTIVE_ABILITY` of the same questions; none across series, which have no before."""
    if sample.unit == "series":
        return []
    asked = [(question, predictive_ability(test.a, test.b, sample)) for question, test in questions(said)]
    adjusted = iter(holm([found.p_value for question, found in asked if question == PAIR]))
    return [
        (question, one.a, one.b, one.statistic, one.p_value, one.origins,
         next(adjusted) if question == PAIR else None)
        for question, one in asked
    ]  # fmt: skip


def confidence_rows(said: Outcome) -> list[tuple[Any, ...]]:
    """model, p_value, included: the largest p-value first."""
    found = sorted((said.p_values or {}).items(), key=lambda one: (-one[1], one[0]))
    return [(name, p_value, str(p_value > said.alpha).lower()) for name, p_value in found]


def verdict_json(said: Outcome) -> dict[str, Any]:
    """What programs read of the verdict."""
    return {
        "schema_version": 1,
        "text": verdict(said),
        "chosen": said.chosen,
        "best_baseline": said.best,
        "naive": said.naive,
        "score": said.score,
        "alpha": said.alpha,
        "folds": said.folds,
        "unit": said.unit,
        "tests": [{key: _rounded(value) for key, value in test.items()} for test in significance_rows(said)],
        "skill": [
            {"against": against, "model": one.against, "value": figure(one.skill), "low": figure(one.low),
             "high": figure(one.high)}
            for against, one in _own_skills(said)
        ],
        "confidence_set": list(said.confidence_set),
        "costs": said.costs or {},
    }  # fmt: skip


def _own_skills(said: Outcome) -> Sequence[tuple[str, Any]]:
    """Of the chosen network, against the best baseline and the naive one."""
    places = (("best baseline", said.best), ("naive", said.naive))
    found = ((against, said.skill(said.chosen, name)) for against, name in places if name)
    return [(against, one) for against, one in found if one]


def _rounded(value: Any) -> Any:
    return figure(value) if isinstance(value, float) else value
