"""The report's tables of results: leaderboard, all scores, significance, models, times."""

from collections.abc import Mapping
from typing import Any

from reprocast.evaluation import report_numbers as write
from reprocast.evaluation.figure_style import Style
from reprocast.evaluation.report_inputs import Inputs
from reprocast.evaluation.report_table import Column, Table, table
from reprocast.evaluation.settings import in_words

Styles = Mapping[str, Style]
LABELS = {
    "mae": "MAE",
    "mae_seed_sd": "±\u00a0seeds",
    "rmse_seed_sd": "±\u00a0seeds",
    "rmse": "RMSE",
    "mase": "MASE",
    "r2": "R²",
    "smape": "sMAPE",
    "wape": "WAPE",
    "rmsse": "RMSSE",
    "owa": "OWA",
    "crps": "CRPS",
    "crps_quantiles": "CRPS from quantiles",
    "p_value": "p",
    "holm_p": "p, Holm",
    "a": "model",
    "b": "against",
    "error": "std. error",
}
SHARES = ("directional_accuracy", "smape", "wape")
COSTS = ("parameters", "multiply_adds", "optimiser_steps")


def label(key: str) -> str:
    """A column's heading in words."""
    if key in LABELS:
        return LABELS[key]
    if key.endswith("_units"):
        return f"{label(key.removesuffix('_units'))}, units"
    if key.startswith("skill_"):
        return f"skill vs {skill_of(key)}"
    if key.startswith("validation_"):
        return f"validation {label(key.removeprefix('validation_'))}"
    return key.replace("_", " ")


def skill_of(key: str) -> str:
    """What a column's skill is measured against, in words."""
    return key.removeprefix("skill_").removeprefix("vs_").replace("_", " ")


def first_skill(inputs: Inputs) -> str | None:
    """The first skill that has values: against the naive forecast where there is one."""
    keys = [key for key in _keys(inputs) if key.startswith("skill_")]
    return next((key for key in keys if any(row[key] for row in inputs.leaderboard)), None)


def leaderboard(inputs: Inputs, styles: Styles) -> Table:
    """What most readers want: error, its spread, what is gained, and what it costs."""
    skill = first_skill(inputs)
    columns = [
        Column("model", "model", numeric=False),
        Column(inputs.params.compare.score, label(inputs.params.compare.score), write.score),
        Column(f"{inputs.params.compare.score}_seed_sd", label("mae_seed_sd"), _spread),
        *([Column(skill, label(skill), write.percent)] if skill else []),
        Column("parameters", "parameters", write.count),
        Column("seconds", "training", write.seconds),
    ]
    rows = [{**row, "seconds": inputs.training_seconds(row["model"])} for row in inputs.leaderboard]
    folds = f", over {len(inputs.fold_numbers)} folds" if len(inputs.fold_numbers) > 1 else ""
    caption = f"Test scores of {inputs.target}{folds}, best first: {inputs.score_label}, less is better"
    return table(caption, columns, rows, marks=styles, best=chosen(inputs))


def all_scores(inputs: Inputs, styles: Styles) -> Table:
    """Every score that compare wrote."""
    keys = [key for key in _keys(inputs) if key not in (*COSTS, "model", "kind", "fingerprint")]
    columns = [
        Column("model", "model", numeric=False),
        *(Column(key, label(key), _score(key)) for key in keys),
    ]
    return table("On the test windows; MAE and RMSE are scaled", columns, inputs.leaderboard, marks=styles)


def chosen(inputs: Inputs) -> frozenset[str]:
    """The network that validation chose."""
    return frozenset({inputs.verdict["chosen"]})


def significance(inputs: Inputs) -> Table:
    """The tests behind the verdict, as compare wrote them."""
    keys = list(inputs.significance[0]) if inputs.significance else []
    counted = "series" if inputs.across_series else "origins"
    labels = {key: label(key).replace("origins", counted) for key in keys}
    columns = [Column(key, labels[key], _figure(key), numeric=_numeric(inputs, key)) for key in keys]
    where = "across the series" if inputs.across_series else "on the test cutoffs"
    return table(f"Tests of equal accuracy {where}", columns, inputs.significance)


def models(inputs: Inputs, styles: Styles) -> Table:
    """What each model is."""
    columns = [Column("model", "model", numeric=False), Column("settings", "settings", numeric=False)]
    rows = [{"model": name, "settings": in_words(inputs.models[name]["block"])} for name in inputs.names]
    return table("Models and their settings", columns, rows, marks=styles)


def times(inputs: Inputs) -> Table:
    """Measured wall-clock time of each stage."""
    columns = [Column("stage", "stage", numeric=False), Column("seconds", "time", write.seconds)]
    rows = [{"stage": stage, "seconds": said["seconds"]} for stage, said in inputs.measured.items()]
    return table("Measured times", columns, rows)


def _keys(inputs: Inputs) -> list[str]:
    return list(inputs.leaderboard[0]) if inputs.leaderboard else []


def _score(key: str) -> Any:
    if key in SHARES:
        return lambda value: write.percent(value, sign=False)
    if key.startswith("skill_"):
        return write.percent
    if key.endswith("_seed_sd"):
        return _spread
    return write.significant if key.endswith("_units") else write.score


def _spread(value: Any) -> str:
    return write.score(value, 4)


def _figure(key: str) -> Any:
    if key in ("p", "p_value") or key.endswith("_p"):
        return write.probability
    return _written


def _written(value: str) -> str:
    """A figure with three digits, a whole number in full, a word as it is."""
    if value.lstrip("-").isdigit():
        return write.count(value)
    return write.significant(value, 3) if _is_number(value) else value


def _numeric(inputs: Inputs, key: str) -> bool:
    return all(_is_number(row[key]) for row in inputs.significance if row[key])


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True
