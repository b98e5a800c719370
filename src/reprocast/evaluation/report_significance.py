"""The report's tables and diagram of how sure it is: skill, confidence set, foresight, variance, ranks."""

from collections.abc import Mapping
from typing import Any

from reprocast.evaluation import report_numbers as write
from reprocast.evaluation.figure_style import Style
from reprocast.evaluation.figures import FIGURES
from reprocast.evaluation.ranks import groups
from reprocast.evaluation.report_figures import Picture
from reprocast.evaluation.report_inputs import Inputs
from reprocast.evaluation.report_table import Column, Table, table

Styles = Mapping[str, Style]


def level(inputs: Inputs) -> str:
    """`95 %`"""
    return f"{100 * (1 - inputs.params.compare.alpha):g}{write.THIN}%"


def skill(inputs: Inputs, styles: Styles) -> Table:
    """Each model's skill with its interval, a column a baseline, best model first."""
    against = sorted({row["against"] for row in inputs.tables["skill"]})
    found = {(row["model"], row["against"]): row for row in inputs.tables["skill"]}
    rows = [
        {"model": name} | {other: found.get((name, other)) for other in against}
        for name in inputs.names
        if any((name, other) in found for other in against)
    ]
    columns = [Column("model", "model", numeric=False)]
    columns += [Column(other, f"against {other}", _with_interval) for other in against]
    caption = f"Skill on the test, 1 − error ÷ error of the baseline, with its {level(inputs)} interval"
    return table(caption, columns, rows, marks=styles)


def _with_interval(row: Mapping[str, str]) -> str:
    ends = f" ({write.percent(row['low'])} to {write.percent(row['high'])})" if row["low"] else ""
    return write.percent(row["skill"]) + ends


def confidence(inputs: Inputs, styles: Styles) -> Table:
    """Models by the p-value at which the confidence set lets them go."""
    columns = [
        Column("model", "model", numeric=False),
        Column("p_value", "p", write.probability),
        Column("included", f"{level(inputs)} confidence set", _membership, numeric=False),
    ]
    rows = inputs.tables["confidence_set"]
    kept = frozenset(row["model"] for row in rows if row["included"].lower() == "true")
    return table("Model confidence set: who may be the best", columns, rows, marks=styles, best=kept)


def _membership(included: str) -> str:
    return "may be the best" if included.lower() == "true" else "ruled out"


def conditional(inputs: Inputs) -> Table:
    """Whether the difference could be foreseen."""
    columns = [
        Column("question", "question", numeric=False),
        Column("a", "model", numeric=False),
        Column("b", "against", numeric=False),
        Column("statistic", "χ²", lambda value: write.significant(value, 3)),
        Column("p_value", "p", write.probability),
        Column("holm_p", "p, Holm", write.probability),
        Column("origins", "origins", write.count),
    ]
    caption = "Equal conditional ability (Giacomini–White), given the last difference known at each cutoff"
    return table(caption, columns, inputs.tables["predictive_ability"])


def variance(inputs: Inputs, styles: Styles) -> Table:
    """What another seed, or other data, would have moved: deviations, and the seed's share."""
    rows = [_deviations(row) for row in inputs.tables["variance"]]
    columns = [
        Column("model", "network", numeric=False),
        Column("seed_variance", "± another seed", _deviation),
        Column("data_variance", "± other test data", _deviation),
        Column("total", "± both", _deviation),
        Column("share", "share of the seed", lambda value: write.percent(value, sign=False)),
    ]
    caption = (
        f"Deviations of the test {inputs.params.compare.score.upper()} of a network that is trained once"
    )
    return table(caption, columns, rows, marks=styles)


def _deviations(row: Mapping[str, str]) -> dict[str, Any]:
    seed, total = (write.number(row[key]) for key in ("seed_variance", "total"))
    return {**row, "share": seed / total if seed is not None and total else None}


def _deviation(value: str) -> str:
    return write.score(float(value) ** 0.5, 4)


def ranks(inputs: Inputs, styles: Styles) -> Picture | None:
    """The critical-difference diagram; None where too few series are ranked."""
    rows = inputs.tables["ranks"]
    if not rows:
        return None
    mean = {row["model"]: float(row["mean_rank"]) for row in rows}
    critical = float(rows[0]["critical_difference"])
    svg = FIGURES["ranks"]("ranks", mean, critical, groups(mean, critical), styles)
    count, p_value = write.count(rows[0]["series"]), write.probability(rows[0]["p_value"])
    return Picture(
        svg,
        f"Ranks of the models on {count} series; a bar joins those that do not differ (Nemenyi). "
        f"That all rank alike has p {'' if '<' in p_value else '= '}{p_value} (Friedman).",
    )
