"""What a proposal's pull request says: the round's summary, and figures of its results."""

import csv
from collections.abc import Callable, Mapping
from typing import Any

from reprocast.evaluation.mermaid import lines

SHOWN = 3
"""Models in a figure."""
LEADERBOARD = "results/leaderboard.csv"
HORIZON = "results/comparison/horizon.csv"
CURVES = "results/comparison/curves.csv"
LONGEST = 200
"""Characters of a title."""
END = "Merging promotes; closing leaves all as it is. The whole report is among the artifacts of the run."

Rows = list[dict[str, str]]


def title(status: Mapping[str, Any]) -> str:
    """One line, from run_status.json."""
    what = {"first": "a first champion", "promote": "a new champion", "keep": "the champion stays"}
    said = what.get(str(status["action"]), "the challenger is refused")
    return f"Retrained up to {status['as_of']}: {said}"[:LONGEST]


def body(summary: str, read: Callable[[str], str | None]) -> str:
    """Markdown.

    Args:
        summary: run_summary.md.
        read: gives the text of an output of the proposal, None where there is none.
    """
    best = [row["model"] for row in _rows(read(LEADERBOARD))[:SHOWN]]
    figures = (horizon(_rows(read(HORIZON)), best), curves(_rows(read(CURVES))))
    return "\n\n".join(part for part in (summary.rstrip(), *figures, END) if part) + "\n"


def horizon(rows: Rows, models: list[str]) -> str:
    """Error by step of the horizon, of some models."""
    found = {name: [row for row in rows if row["model"] == name] for name in models}
    found = {name: own for name, own in found.items() if own}
    if not found:
        return ""
    steps = [row["step"] for row in next(iter(found.values()))]
    errors = {name: [float(row["mae"]) for row in own] for name, own in found.items()}
    return lines("Error by step of the horizon, test", steps, errors, "step", "scaled MAE")


def curves(rows: Rows) -> str:
    """Validation loss by epoch, of each network's first seed on its last fold."""
    last = max((int(row["fold"]) for row in rows), default=0)
    seeds: dict[str, str] = {}
    losses: dict[str, list[float]] = {}
    for row in rows:
        if int(row["fold"]) == last and seeds.setdefault(row["model"], row["seed"]) == row["seed"]:
            losses.setdefault(row["model"], []).append(float(row["validation_loss"]))
    epochs = range(1, max(map(len, losses.values()), default=0) + 1)
    return lines("Learning curves", epochs, losses, "epoch", "validation loss") if losses else ""


def _rows(text: str | None) -> Rows:
    return list(csv.DictReader(text.splitlines())) if text else []
