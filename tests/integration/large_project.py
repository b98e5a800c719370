"""The finished project as a large one: 400 series, two targets, four folds, fifteen models."""

import dataclasses
from typing import Any

import numpy as np

from reprocast.evaluation.report_inputs import Inputs
from reprocast.params.baselines import Baseline

SERIES = tuple(f"store-{n:03d}-a-rather-long-name" for n in range(400))
TARGETS = ("log_volatility", "close")
FOLDS = 4
MORE = ("ewma", "theta", "auto_ets", "auto_arima", "garch", "lightgbm", "feed_forward")


def large(inputs: Inputs) -> Inputs:
    """The same models and seven more, over many series."""
    found = dataclasses.replace(_with_more_models(inputs), series=[], forecasts=[])
    rng = np.random.default_rng(5)
    size = {name: 0.4 + rng.gamma(4, 0.05) for name in SERIES}
    errors = [
        {"model": row["model"], "series": name, "mae": f"{size[name] * rng.normal(1, 0.05):.5f}", "rmse": ""}
        for row in found.leaderboard
        for name in SERIES
    ]
    forecasts = [
        {**row, "series": name, "target": target}
        for name in SERIES[::20]
        for target in TARGETS
        for row in inputs.forecasts
        if row["series"] == "IBM"
    ]
    columns = found.params.columns.model_copy(update={"target": list(TARGETS)})
    return dataclasses.replace(
        _with_folds(found),
        params=found.params.model_copy(update={"columns": columns}),
        series=errors,
        forecasts=forecasts,
        raw={**found.raw, "series": {name: _brought(n) for n, name in enumerate(SERIES)}},
    )


def _brought(n: int) -> dict[str, Any]:
    return {"rows": 4000 - n, "first": "2000-03-01", "last": "2013-03-01"}


def _with_more_models(inputs: Inputs) -> Inputs:
    names = dict(zip(MORE, np.linspace(0.575, 0.9, len(MORE)), strict=True))
    like = next(row for row in inputs.leaderboard if row["model"] == "har")
    rows = [
        {**like, "model": name, "mae": f"{mae:.5f}", "multiply_adds": str(10 ** (n + 1))}
        for n, (name, mae) in enumerate(names.items())
    ]
    skill = [
        {
            "model": name,
            "against": "har",
            "skill": f"{1 - mae / 0.5741:.5f}",
            "low": f"{0.98 - mae / 0.5741:.5f}",
        }
        | {"high": f"{1.03 - mae / 0.5741:.5f}"}
        for name, mae in names.items()
    ]
    baselines = {**inputs.params.baselines, **dict.fromkeys(MORE, Baseline(kind="har"))}
    steps = [{**row, "model": name} for name in MORE for row in inputs.horizon if row["model"] == "har"]
    return dataclasses.replace(
        inputs,
        params=inputs.params.model_copy(update={"baselines": baselines}),
        leaderboard=sorted([*inputs.leaderboard, *rows], key=lambda row: float(row["mae"])),
        horizon=[*inputs.horizon, *steps],
        scores={**inputs.scores, **dict.fromkeys(MORE, inputs.scores["har"])},
        models={**inputs.models, **dict.fromkeys(MORE, inputs.models["har"])},
        tables={**inputs.tables, "skill": [*inputs.tables["skill"], *skill]},
    )


def _with_folds(inputs: Inputs) -> Inputs:
    deployed = inputs.windows["folds"]["0"]
    spans = {"train": ("2000-06-01", "2004-02-20"), "validation": ("2004-03-01", "2006-02-20")}
    folds = {
        str(n): {
            split: {**deployed[split], "first": first, "last": last, "windows": dict.fromkeys(SERIES, 40 + n)}
            for split, (first, last) in (
                spans | {"test": (f"20{6 + n:02d}-03-08", f"20{7 + n:02d}-03-01")}
            ).items()
        }
        for n in range(FOLDS)
    }
    rows = [
        {"model": row["model"], "fold": str(n), "origins": "100", "mae": row["mae"], "rmse": ""}
        for row in inputs.leaderboard
        for n in range(FOLDS)
    ]
    scores = {
        name: {
            **said,
            "folds": {str(n): said["folds"]["0"] for n in range(FOLDS)},
            "pooled": said["folds"]["0"],
        }
        for name, said in inputs.scores.items()
    }
    return dataclasses.replace(
        inputs,
        params=inputs.params.model_copy(
            update={"split": inputs.params.split.model_copy(update={"folds": FOLDS})}
        ),
        windows={**inputs.windows, "folds": folds, "ids": list(SERIES)},
        folds=rows,
        curves=[{**row, "fold": str(n)} for n in range(FOLDS) for row in inputs.curves],
        scores=scores,
    )
