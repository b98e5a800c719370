"""What the report says of costs: what does not vary, what was measured here, and accuracy against both."""

from collections.abc import Mapping
from typing import Any

from reprocast.evaluation import report_numbers as write
from reprocast.evaluation.cost_figures import Costed, frontier
from reprocast.evaluation.figures import FIGURES
from reprocast.evaluation.report_figures import Picture
from reprocast.evaluation.report_inputs import Inputs
from reprocast.evaluation.report_table import Column, Table, table
from reprocast.evaluation.report_tables import Styles, chosen

COSTS = {"multiply_adds": "multiply–adds a forecast", "parameters": "parameters"}
"""What a figure is drawn of, in words."""


def paretos(inputs: Inputs, styles: Styles) -> tuple[Picture, ...]:
    """Error against each cost."""
    return tuple(_pareto(inputs, styles, cost) for cost in COSTS)


def _pareto(inputs: Inputs, styles: Styles, cost: str) -> Picture:
    points = _points(inputs, cost)
    svg = FIGURES["pareto"](f"pareto-{cost}", points, styles, COSTS[cost], inputs.score_label)
    names = ", ".join(point.model for point in frontier(points))
    return Picture(svg, f"Lower left is better. No model is both cheaper and better than these: {names}.")


def _points(inputs: Inputs, cost: str) -> list[Costed]:
    score = inputs.params.compare.score
    return [
        Costed(row["model"], float(row[cost]), float(row[score]), _said(inputs, row))
        for row in inputs.leaderboard
    ]


def _said(inputs: Inputs, row: Mapping[str, str]) -> str:
    error = f"{inputs.score_label} {write.score(row[inputs.params.compare.score])}"
    costs = ", ".join(f"{write.count(row[cost])} {words}" for cost, words in COSTS.items())
    return f"{row['model']}\n{error}\n{costs}"


def costs(inputs: Inputs, styles: Styles) -> Table:
    """A row a model: its error, its sizes, and the time and memory it took where it was evaluated."""
    batch = max((inputs.forecasting(name).get("batch", 0) for name in inputs.names), default=0)
    columns = [
        Column("model", "model", numeric=False),
        Column(inputs.params.compare.score, inputs.score_label, write.score),
        Column("parameters", "parameters", write.count),
        Column("multiply_adds", "multiply–adds", write.count),
        Column("optimiser_steps", "optimiser steps", write.count),
        Column("frontier", "frontier", numeric=False),
        Column("seconds", "training", write.seconds),
        Column("milliseconds_one", "one forecast", write.milliseconds),
        Column("milliseconds_batch", f"each of {write.count(batch)}", write.milliseconds),
        Column("peak_bytes", "peak memory", write.megabytes),
    ]
    rows = [_row(inputs, row) for row in inputs.leaderboard]
    return table("Costs by model, best score first", columns, rows, marks=styles, best=chosen(inputs))


def _row(inputs: Inputs, row: Mapping[str, str]) -> dict[str, Any]:
    points = (frontier(_points(inputs, cost)) for cost in COSTS)
    best = any(point.model == row["model"] for kept in points for point in kept)
    measured = {**inputs.forecasting(row["model"]), "seconds": inputs.training_seconds(row["model"])}
    return {**row, "frontier": "yes" if best else "", **measured}
