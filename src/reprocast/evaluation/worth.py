"""What each architecture's cell is worth: what textbooks assert, measured, as rows of CSV files."""

from collections.abc import Mapping
from statistics import fmean
from typing import Any

from reprocast.evaluation.selection import Scores, overall

Diagnostics = Mapping[str, Any]
"""A network's results/diagnostics/NAME.json."""
Rows = list[tuple[Any, ...]]

MEASURED = ("memory", "span", "kept", "growth", "saturated", "dead", "clipped")
WORTH = ("model", "parameters", "multiply_adds", *MEASURED, "adding", "mae", "rmse")
GRADIENTS = ("model", "seed", "lag", "gradient", "cell_gradient", "jacobian")
WARNINGS = ("model", "warning")


def worth_rows(
    models: Mapping[str, Scores], found: Mapping[str, Diagnostics], adding: Mapping[str, Mapping[str, Any]]
) -> Rows:
    """`WORTH`: costs, what was diagnosed (the mean of the seeds), the adding problem, and the test scores."""
    rows: Rows = []
    for name, said in sorted(found.items()):
        cost, scores = models[name]["cost"], overall(models[name], "test")
        measured = [_mean([seed[key] for seed in said["seeds"].values()]) for key in MEASURED]
        costs, left = (cost["parameters"], cost["multiply_adds"]), adding[name]["unexplained"]
        rows.append((name, *costs, *measured, left, scores["mae"], scores["rmse"]))
    return rows


def _mean(values: list[float | None]) -> float | None:
    """None where a seed has no such figure: a cell without gates, a growth beyond numbers."""
    present = [value for value in values if value is not None]
    return fmean(present) if len(present) == len(values) else None


def gradient_rows(found: Mapping[str, Diagnostics]) -> Rows:
    """`GRADIENTS`: of each network's top layer forwards, by steps of the window back from the last state.

    ‖∂loss/∂h‖ and, of an LSTM, ‖∂loss/∂c‖ as shares of their largest, and ‖∂h_L/∂h‖.
    """
    rows: Rows = []
    for name, said in sorted(found.items()):
        for seed, one in sorted(said["seeds"].items(), key=lambda item: int(item[0])):
            top = next(layer for layer in reversed(one["layers"]) if layer["direction"] == "forwards")
            of_h = _shares(top["gradient"])
            of_c = _shares(top["cell_gradient"]) or [None] * len(of_h)
            lines = zip(of_h, of_c, top["jacobian"], strict=True)
            rows += [(name, int(seed), n * top["stride"], *line) for n, line in enumerate(lines)]
    return rows


def _shares(norms: list[float | None]) -> list[float | None]:
    """Of the largest; none where a norm is no number, or all are 0."""
    most = max((norm for norm in norms if norm), default=None)
    return [None if most is None or norm is None else norm / most for norm in norms]


def warning_rows(found: Mapping[str, Diagnostics]) -> Rows:
    """`WARNINGS`: what training warned of."""
    return [(name, line) for name, said in sorted(found.items()) for line in said["warnings"]]
