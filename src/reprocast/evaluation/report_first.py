"""The report's first screen: which model, how sure, at what cost, and one figure."""

from collections.abc import Mapping
from dataclasses import dataclass
from math import floor, log10

from reprocast.evaluation import report_numbers as write
from reprocast.evaluation.cost_figures import Gain
from reprocast.evaluation.figures import FIGURES
from reprocast.evaluation.report_figures import Picture, scores
from reprocast.evaluation.report_inputs import Inputs
from reprocast.evaluation.report_tables import Styles

ROWS = 9
"""Most models in the figure of the first screen."""
FAR = 100_000
"""More origins than this are not counted out."""


@dataclass(frozen=True)
class Answer:
    """What a reader asks first, the answer in a few words, and what it rests on."""

    question: str
    short: str
    reason: str


def answers(inputs: Inputs) -> tuple[Answer, ...]:
    """The three that a decision needs."""
    return _which(inputs), _how_sure(inputs), _at_what_cost(inputs)


def decisive(inputs: Inputs) -> Mapping[str, str]:
    """The test of the chosen network against the best baseline; empty where there is none."""
    pair = (inputs.verdict["chosen"], inputs.verdict["best_baseline"])
    return next((row for row in inputs.significance if (row["a"], row["b"]) == pair), {})


def _which(inputs: Inputs) -> Answer:
    network, baseline = inputs.verdict["chosen"], inputs.verdict["best_baseline"]
    short, reason = {
        "beats": (network, f"It beats {baseline}, the best simple method."),
        "worse": (
            baseline,
            f"A simple method: {network}, the best network on validation, is worse than {baseline}.",
        ),
        "tied": (
            f"{network} or {baseline}",
            f"The test cannot tell the best network from the best simple method; {_cheaper(inputs)} is the "
            "cheaper one.",
        ),
    }.get(
        decisive(inputs).get("result", ""),
        (network, f"Best on validation; too few origins to test it against {baseline}."),
    )
    return Answer("Which model?", short, reason)


def _cheaper(inputs: Inputs) -> str:
    rows = {row["model"]: row for row in inputs.leaderboard}
    both = (inputs.verdict["best_baseline"], inputs.verdict["chosen"])
    return str(min(both, key=lambda name: (int(rows[name]["multiply_adds"]), int(rows[name]["parameters"]))))


def _how_sure(inputs: Inputs) -> Answer:
    test, baseline = decisive(inputs), inputs.verdict["best_baseline"]
    words = {"beats": "Better", "worse": "Worse", "tied": "Not told apart"}
    result = words.get(test.get("result", ""), "Untested")
    p_value = test.get("holm_p") or test.get("p_value")
    sign = "" if write.probability(p_value).startswith("<") else "= "
    short = f"{result}, p {sign}{write.probability(p_value)}" if p_value else result
    unit = "series" if inputs.verdict.get("unit") == "series" else "test origins"
    origins = f" on {write.count(test['origins'])} {unit}" if test.get("origins") else ""
    return Answer("How sure?", short, f"{_skill(inputs, baseline)}{origins}.{_more(test)}{_set(inputs)}")


def _skill(inputs: Inputs, baseline: str) -> str:
    """`Error 1.1 % below har's (95 % interval −0.2 to +2.3)`, as skill."""
    gain = next((one for one in gains(inputs, baseline) if one.model == inputs.verdict["chosen"]), None)
    if gain is None:
        row = next(row for row in inputs.leaderboard if row["model"] == inputs.verdict["chosen"])
        return f"Skill against {baseline} {write.percent(row['skill_best_baseline'])}"
    said = f"Skill against {baseline} {write.percent(gain.value)}"
    if gain.low is None or gain.high is None:
        return said
    level = write.THIN.join((f"{100 * (1 - inputs.params.compare.alpha):g}", "%"))
    return f"{said} ({level} interval {write.percent(gain.low)} to {write.percent(gain.high)})"


def _more(test: Mapping[str, str]) -> str:
    """How many origins it would take, to two digits, where the test says nothing yet."""
    needed = write.number(test.get("origins_needed"))
    if test.get("result") != "tied" or needed is None:
        return ""
    more = needed - float(test["origins"])
    if more <= 0:
        return ""
    if more > FAR:
        return f" More than {write.count(FAR)} more would be needed to tell."
    unit = 10 ** max(0, floor(log10(more)) - 1)
    return f" About {write.count(round(more / unit) * unit)} more would be needed to tell."


def _set(inputs: Inputs) -> str:
    rows = inputs.tables["confidence_set"]
    kept = [row for row in rows if row["included"].lower() in ("1", "true", "yes")]
    return f" {len(kept)} of {len(rows)} models may be the best one (confidence set)." if kept else ""


def _at_what_cost(inputs: Inputs) -> Answer:
    rows = {row["model"]: row for row in inputs.leaderboard}
    network, baseline = inputs.verdict["chosen"], inputs.verdict["best_baseline"]
    first, second = (network, baseline) if decisive(inputs).get("result") != "worse" else (baseline, network)
    sizes = {name: write.counted(int(rows[name]["parameters"]), "parameter") for name in (first, second)}
    tied = decisive(inputs).get("result") == "tied"
    short = (
        " or ".join(dict.fromkeys(sizes.values())).replace(" parameters or", " or") if tied else sizes[first]
    )
    known = (first, second) if tied else (first,)
    reason = "\n".join(
        f"{name}: {'' if name in known else sizes[name] + ', '}{_cost(inputs, rows[name])}."
        for name in (first, second)
    )
    return Answer("At what cost?", short, reason)


def _cost(inputs: Inputs, row: Mapping[str, str]) -> str:
    """`77,440 multiply–adds a forecast (2.1 ms, 491 MB), trained in 20 s`."""
    measured = inputs.forecasting(row["model"])
    spent = [
        write.milliseconds(measured.get("milliseconds_one")),
        write.megabytes(measured.get("peak_bytes")),
    ]
    known = ", ".join(text for text in spent if text != write.NONE)
    seconds = inputs.training_seconds(row["model"])
    parts = [
        write.counted(int(row["multiply_adds"]), "multiply–add")
        + " a forecast"
        + (f" ({known})" if known else ""),
        *([f"trained in {write.seconds(seconds)}"] if seconds is not None else []),
    ]
    return ", ".join(parts)


def gains(inputs: Inputs, against: str) -> list[Gain]:
    """Each model's skill against another one with its interval, in the leaderboard's order."""
    rows = {row["model"]: row for row in inputs.tables["skill"] if row["against"] == against}
    found = [rows[name] for name in inputs.names if name in rows and name != against]
    return [
        Gain(row["model"], float(row["skill"]), write.number(row["low"]), write.number(row["high"]))
        for row in found
        if write.number(row["skill"]) is not None
    ]


def figure(inputs: Inputs, styles: Styles) -> Picture:
    """Skill against the best baseline, with intervals; the scores themselves where there are none."""
    baseline = inputs.verdict["best_baseline"]
    found = gains(inputs, baseline)
    if not found:
        return scores(inputs, styles, name="first")
    kept = found[:ROWS] + [one for one in found[ROWS:] if one.model == inputs.verdict["chosen"]]
    svg = FIGURES["skill"]("first", kept, styles, baseline, inputs.networks)
    rest = f" The best {len(kept)} of {len(found)} are shown." if len(kept) < len(found) else ""
    level = f"{100 * (1 - inputs.params.compare.alpha):g}{write.THIN}%"
    return Picture(
        svg,
        f"How much less error than {baseline}, the best simple method on validation, each model has. Bars "
        f"are {level} intervals: one that crosses zero cannot be told from {baseline}.{rest}",
    )
