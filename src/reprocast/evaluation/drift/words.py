"""Drift in words and figures: which channels, in which way, how far; and by how much errors have grown."""

from collections import Counter
from collections.abc import Sequence

from reprocast.evaluation.drift.measures import MEASURES
from reprocast.evaluation.drift.report import Channel, Look, Performance
from reprocast.params.drift import Drift

MEANT = {
    "psi": "distribution",
    "ks": "level",
    "spread": "spread",
    "season": "pattern of the season",
}
"""What a measure sees, in words."""


def drifted_channels(inputs: Sequence[Channel], share: float) -> dict[str, list[Channel]]:
    """The channels that have drifted in a large enough share of the series, with these series."""
    series = Counter(one.channel for one in inputs)
    found: dict[str, list[Channel]] = {}
    for one in inputs:
        if one.beyond:
            found.setdefault(one.channel, []).append(one)
    return {name: rows for name, rows in found.items() if len(rows) >= max(1, share * series[name])}


def reasons(look: Look, policy: Drift) -> tuple[str, ...]:
    """A sentence for each channel that has drifted, and for errors that have grown."""
    said = [_channel_words(name, rows) for name, rows in drifted_channels(look.inputs, policy.share).items()]
    if "performance" in look.alarms and look.performance:
        said.append(_error_words(look.performance))
    return tuple(said)


def _channel_words(name: str, rows: Sequence[Channel]) -> str:
    seen = {MEANT[_seen_by(measure, row)] for row in rows for measure in row.beyond}
    what = [meant for meant in MEANT.values() if meant in seen]
    most = max(rows, key=lambda row: row.size["ks"])
    more = f" and {len(rows) - 1} more" if len(rows) > 1 else ""
    return (
        f"{name} of {most.series}{more} has another {' and '.join(what)} than at the same phase before "
        f"(PSI {most.size['psi']:.2g}, KS {most.size['ks']:.2g}; median {most.moved:+.2g}, spread "
        f"{most.width:.2g} interquartile ranges)"
    )


def _seen_by(measure: str, row: Channel) -> str:
    """Distances from the middle grow with the level, too: it is the spread that moved only if it did more."""
    return "ks" if measure == "spread" and abs(row.moved) > abs(row.width - 1) else measure


def _error_words(found: Performance) -> str:
    since = f", ADWIN: since {found.since}" if found.since is not None else ""
    return (
        f"errors are {100 * (found.ratio - 1):.0f} % above the backtest's ({found.latest:.3g} on "
        f"{found.steps} cutoffs, {found.backtest:.3g} on {found.cutoffs}; p = {found.p_value:.2g}{since})"
    )


def figures(inputs: Sequence[Channel], performance: Performance | None) -> dict[str, float]:
    """A look in numbers: the largest of each measure, the share of channels that drifted, the errors."""
    found = {f"input_{name}_max": max(one.size[name] for one in inputs) for name in MEASURES if inputs}
    if inputs:
        found["input_drifted_share"] = sum(bool(one.beyond) for one in inputs) / len(inputs)
    if performance:
        found |= {"performance_ratio": performance.ratio, "performance_p_value": performance.p_value}
        found |= {"performance_loss": performance.latest, "performance_backtest_loss": performance.backtest}
    return found
