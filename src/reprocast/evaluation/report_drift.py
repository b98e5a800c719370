"""The report's section on drift: what the latest look has found, by channel, and the champion's errors."""

from dataclasses import dataclass
from typing import Any

from reprocast.evaluation import report_numbers as write
from reprocast.evaluation.drift.report import Channel, DriftReport, Performance
from reprocast.evaluation.report_table import Column, Table, table

LINES = 50
"""Channels that are listed; the others are counted."""


@dataclass(frozen=True)
class DriftSection:
    """What is shown."""

    said: tuple[str, ...]
    """In sentences."""
    channels: Table
    errors: Table


def drift_section(found: DriftReport | None) -> DriftSection | None:
    """None where nobody has looked at this panel."""
    if found is None:
        return None
    look = found.latest
    inputs, performance = (look.inputs, look.performance) if look else ((), None)
    return DriftSection(tuple(found.lines()), _channels(inputs), _errors(performance))


def _channels(inputs: tuple[Channel, ...]) -> Table:
    columns = [
        Column("name", "channel", numeric=False),
        Column("psi", "PSI", write.score),
        Column("ks", "KS", write.score),
        Column("spread", "KS of the spread", write.score),
        Column("season", "season's pattern", write.score),
        Column("moved", "median", write.score),
        Column("width", "spread", write.score),
        Column("outcome", "outcome", numeric=False),
    ]
    ranked = sorted(inputs, key=lambda one: (not one.beyond, -one.size["ks"], one.series, one.channel))
    caption = "Channels beside the same phase of the season before the champion's as-of date"
    if len(ranked) > LINES:
        caption += f", the first {LINES} of {write.count(len(ranked))}"
    return table(caption, columns, [_row(one) for one in ranked[:LINES]])


def _row(one: Channel) -> dict[str, Any]:
    outcome = f"drifted ({', '.join(one.beyond)})" if one.beyond else "as before"
    return {
        "name": f"{one.channel} of {one.series}",
        **one.size,
        "moved": one.moved,
        "width": one.width,
        "outcome": outcome,
    }


def _errors(found: Performance | None) -> Table:
    columns = [
        Column("name", "errors", numeric=False),
        Column("loss", "scaled MAE", write.score),
        Column("cutoffs", "cutoffs", write.count),
    ]
    rows = [] if found is None else [
        {"name": "backtest", "loss": found.backtest, "cutoffs": found.cutoffs},
        {"name": "latest", "loss": found.latest, "cutoffs": found.steps},
    ]  # fmt: skip
    p = "" if found is None else f" (p {write.probability(found.p_value)}, one-sided)"
    return table(f"The champion's errors beside its own backtest{p}", columns, rows)
