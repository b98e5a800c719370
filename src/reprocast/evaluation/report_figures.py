"""The report's figures, drawn from the outputs of the pipeline."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from reprocast.evaluation.figure_style import Style
from reprocast.evaluation.figures import FIGURES, Band, Mark, Stretch
from reprocast.evaluation.report_inputs import Inputs, Rows
from reprocast.evaluation.report_numbers import count, number
from reprocast.evaluation.report_protocol import split_rows
from reprocast.evaluation.selection import together

Styles = Mapping[str, Style]
ACTUAL = "actual"
"""Stands for a model's name in forecasts.csv where the row says what happened."""


@dataclass(frozen=True)
class Picture:
    """An SVG element and the line under it."""

    svg: str
    caption: str


def time_of(text: str | int) -> Any:
    """A time as figures place it: an integer step, or a timestamp."""
    if isinstance(text, int) or text.lstrip("-").isdigit():
        return int(text)
    return np.datetime64(text, "us")


def scores(inputs: Inputs, styles: Styles, name: str = "scores") -> Picture:
    """Each model's score with its seeds."""
    key = inputs.params.compare.score
    marks = [Mark(row["model"], float(row[key]), _seeds(inputs, row["model"])) for row in inputs.leaderboard]
    svg = FIGURES["scores"](name, marks, styles, inputs.score_label)
    return Picture(
        svg, "Filled: the model as deployed, the mean forecast of its seeds. Rings: the seeds one by one."
    )


def _seeds(inputs: Inputs, model: str) -> tuple[float, ...]:
    said = together(inputs.scores[model], "test").get("seed", {})
    found = [number(one.get(inputs.params.compare.score)) for _, one in sorted(said.items())]
    return tuple(value for value in found if value is not None)


def curves(inputs: Inputs, styles: Styles) -> list[Picture]:
    """Learning curves, a figure a network, a pair of lines a fold and seed."""
    pictures = []
    for model in inputs.networks:
        rows = [row for row in inputs.curves if row["model"] == model]
        lines = []
        for fold, seed in dict.fromkeys((row["fold"], row["seed"]) for row in rows):
            own = [row for row in rows if (row["fold"], row["seed"]) == (fold, seed)]
            name = f"fold {fold} seed {seed}" if len(inputs.fold_numbers) > 1 else f"seed {seed}"
            lines.append(
                (name, _points(own, "epoch", "train_loss"), _points(own, "epoch", "validation_loss"))
            )
        if lines:
            svg = FIGURES["curves"](f"curves-{model}", model, lines, styles)
            pictures.append(Picture(svg, model))
    return pictures


def forecasts(inputs: Inputs, styles: Styles, names: Collection[str]) -> list[Picture]:
    """Forecast against actual, a figure each of these series and each target."""
    by_series: dict[str, list[Mapping[str, str]]] = {}
    for row in inputs.forecasts:
        if row["series"] not in names:
            continue
        several = len(inputs.params.columns.target) > 1
        name = f"{row['series']}, {row['target']}" if several else row["series"]
        by_series.setdefault(name, []).append(row)
    return [_forecast(n, name, rows, styles) for n, (name, rows) in enumerate(by_series.items())]


def _forecast(n: int, series: str, rows: Rows, styles: Styles) -> Picture:
    actual = _points([row for row in rows if row["model"] == ACTUAL], "ds", "value")
    names = [name for name in styles if any(row["model"] == name for row in rows)]
    bands = [_band(name, [row for row in rows if row["model"] == name]) for name in names]
    unit = rows[0]["target"].replace("_", " ")
    svg = FIGURES["forecast"](f"forecast-{n}", series, actual, bands, styles, unit)
    return Picture(svg, series)


def _band(name: str, rows: Rows) -> Band:
    """The paths of a model one after the other, with a gap where another cutoff begins."""
    times: list[Any] = []
    lines: dict[str, list[float]] = {"value": [], "low": [], "high": []}
    for n, row in enumerate(rows):
        if n and row["cutoff"] != rows[n - 1]["cutoff"]:
            times.append(time_of(row["ds"]))
            _append(lines, dict.fromkeys(lines, "nan"))
        times.append(time_of(row["ds"]))
        _append(lines, row)
    values, low, high = (tuple(line) for line in lines.values())
    seeds = len(low) == len(high) == len(values)
    return Band(name, tuple(times), values, low if seeds else (), high if seeds else ())


def _append(lines: dict[str, list[float]], row: Mapping[str, str]) -> None:
    """A baseline has no seeds, hence neither low nor high."""
    for key, line in lines.items():
        if row[key]:
            line.append(float(row[key]))


def horizon(inputs: Inputs, styles: Styles) -> Picture:
    """Error by step ahead."""
    lines = _lines(inputs.horizon, "step", styles)
    svg = FIGURES["horizon"]("horizon", lines, styles, "scaled MAE")
    return Picture(svg, "Error by step ahead, mean over series and cutoffs.")


def by_series(inputs: Inputs, styles: Styles) -> Picture:
    """Error by series."""
    lines = _lines(inputs.series, "series", styles)
    svg = FIGURES["series"]("series", lines, styles, "scaled MAE")
    return Picture(svg, "Error by series, mean over steps and cutoffs.")


def _lines(rows: Rows, place: str, styles: Styles) -> dict[str, list[tuple[Any, float]]]:
    return {
        name: _points([row for row in rows if row["model"] == name], place, "mae")
        for name in styles
        if any(row["model"] == name for row in rows)
    }


def timeline(inputs: Inputs) -> Picture:
    """The splits in time."""
    several = len(inputs.fold_numbers) > 1
    stretches = [
        Stretch(
            row["split"],
            time_of(row["first"]),
            time_of(row["last"]),
            f"{count(row['windows'])} windows",
            f"fold {row['fold']}" if several else row["split"],
        )
        for row in split_rows(inputs)
    ]
    return Picture(FIGURES["timeline"]("timeline", stretches), "When the targets of each split lie.")


def _points(rows: Rows, place: str, value: str) -> list[tuple[Any, float]]:
    """Places as integers or times where they are such, else as text; rows without a value are left out."""
    kept = [row for row in rows if row[value]]
    placed = str if place == "series" else time_of
    return [(placed(row[place]), float(row[value])) for row in kept]
