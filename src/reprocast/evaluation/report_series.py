"""What the report says of single series: each where they are few, else the worst, the best and a figure."""

from collections.abc import Mapping, Sequence
from statistics import median
from typing import Any

from reprocast.evaluation import report_numbers as write
from reprocast.evaluation.figures import FIGURES
from reprocast.evaluation.report_figures import Picture, by_series
from reprocast.evaluation.report_inputs import Inputs
from reprocast.evaluation.report_protocol import SPLITS
from reprocast.evaluation.report_table import Column, Table, table
from reprocast.evaluation.report_tables import Styles

FEW = 12
"""Series that are shown one by one."""
ENDS = 5
"""Of many series, how many of the best and of the worst are listed."""
DRAWN = 6
"""Series whose forecasts are drawn; with several targets half as many."""


def errors(inputs: Inputs) -> dict[str, dict[str, float]]:
    """Test MAE by model and series."""
    found: dict[str, dict[str, float]] = {}
    for row in inputs.series:
        if row["mae"]:
            found.setdefault(row["model"], {})[row["series"]] = float(row["mae"])
    return found


def where(inputs: Inputs, styles: Styles) -> Picture:
    """A mark a series and model, or how skill is spread over many series."""
    found = errors(inputs)
    network, baseline = inputs.verdict["chosen"], inputs.verdict["best_baseline"]
    gains = list(_gains(found[network], found[baseline]).values())
    if len(found[network]) <= FEW or not gains:
        return by_series(inputs, styles)
    svg = FIGURES["many_series"]("series", gains, network, baseline, styles[network])
    better = sum(gain > 0 for gain in gains)
    return Picture(
        svg,
        f"{network} has less error than {baseline} in {write.count(better)} of {write.count(len(gains))} "
        f"series; the middle one has a skill of {write.percent(median(gains))}.",
    )


def _gains(own: Mapping[str, float], other: Mapping[str, float]) -> dict[str, float]:
    return {name: 1 - own[name] / other[name] for name in own if other.get(name, 0.0) > 0}


def ends(inputs: Inputs) -> Table | None:
    """Of many series those with the least and the most skill; None where they are few."""
    found = errors(inputs)
    network, baseline = inputs.verdict["chosen"], inputs.verdict["best_baseline"]
    gains = _gains(found[network], found[baseline])
    if len(found[network]) <= FEW or not gains:
        return None
    ranked = sorted(gains, key=lambda name: (-gains[name], name))
    kept = [*ranked[:ENDS], *ranked[-ENDS:]]
    columns = [
        Column("series", "series", numeric=False),
        Column("network", f"{network}, scaled MAE", write.score),
        Column("baseline", f"{baseline}, scaled MAE", write.score),
        Column("skill", "skill", write.percent),
    ]
    rows = [
        {
            "series": name,
            "network": found[network][name],
            "baseline": found[baseline][name],
            "skill": gains[name],
        }
        for name in kept
    ]
    caption = f"The {ENDS} series with the most and the {ENDS} with the least skill against {baseline}, of "
    return table(caption + write.count(len(ranked)), columns, rows)


def drawn(inputs: Inputs, names: Sequence[str]) -> tuple[list[str], str]:
    """Of many series the ones whose forecasts are drawn, and what they are.

    A third each has the least, a middling and the largest error of the chosen network.
    """
    own, count = errors(inputs).get(inputs.verdict["chosen"], {}), _drawn(inputs)
    ranked = sorted((name for name in names if name in own), key=lambda name: (own[name], name))
    total = write.count(len(names))
    if len(names) <= count or len(ranked) < count:
        return list(names[:count]), f"The first {count} of {total} series." if len(names) > count else ""
    third, middle = count // 3, len(ranked) // 2
    kept = ranked[:third] + ranked[middle - third // 2 :][:third] + ranked[-third:]
    return kept, (
        f"{count} of {total} series: {third} each with the least, a middling and the largest error of "
        f"{inputs.verdict['chosen']}."
    )


def _drawn(inputs: Inputs) -> int:
    return DRAWN if len(inputs.params.columns.target) == 1 else DRAWN // 2


def table_of_series(inputs: Inputs) -> Table:
    """What each series brought; of many, the longest and the shortest."""
    columns = [
        Column("series", "series", numeric=False),
        Column("rows", "rows", write.count),
        Column("first", "first", _day, numeric=False),
        Column("last", "last", _day, numeric=False),
        *(Column(split, f"{split} windows", write.count) for split in SPLITS),
    ]
    fold = inputs.windows["folds"][str(inputs.fold_numbers[-1])]
    found, known = inputs.raw["series"], sorted(inputs.raw["series"])
    many = len(known) > 2 * FEW
    if many:
        ranked = sorted(known, key=lambda name: (-found[name]["rows"], name))
        known = [*ranked[:ENDS], *ranked[-ENDS:]]
    rows = [
        {"series": name, **found[name], **{split: _of(fold, split, name) for split in SPLITS}}
        for name in known
    ]
    said = f"; the {ENDS} longest and the {ENDS} shortest of {write.count(len(found))}" if many else ""
    last = "; windows of the last fold" if len(inputs.fold_numbers) > 1 else ""
    source = inputs.raw.get("source", inputs.params.data.source)
    return table(f"Series from the source {source}{said}{last}", columns, rows)


def _of(fold: Mapping[str, Any], split: str, name: str) -> int | None:
    counts = fold.get(split, {}).get("windows")
    return counts.get(name) if isinstance(counts, Mapping) else None


def _day(text: Any) -> str:
    return str(text).removesuffix("T00:00:00").removesuffix("T00:00:00.000000")
