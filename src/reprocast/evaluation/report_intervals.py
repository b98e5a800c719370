"""What the report says of intervals: what they promise, what came of it, and where the answers fell."""

from collections.abc import Mapping, Sequence

from matplotlib.axes import Axes
from matplotlib.ticker import PercentFormatter

from reprocast.evaluation import report_numbers as write
from reprocast.evaluation.figure_style import SOFT, Style, drawing, legend_below, svg_text
from reprocast.evaluation.report_figures import Picture
from reprocast.evaluation.report_inputs import Inputs, Rows
from reprocast.evaluation.report_table import Column, Table, table
from reprocast.evaluation.report_tables import chosen

Styles = Mapping[str, Style]
SIGNS = {"split": "o", "adaptive": "D", "quantiles": "^", "distribution": "^"}
"""Markers in the figure of coverage, by method."""

LISTED = 8
"""Most models whose intervals are listed, the best first."""


def intervals(inputs: Inputs, styles: Styles) -> Table:
    """Every interval on the test windows: nominal and measured coverage, width and MSIS."""
    columns = [
        Column("model", "model", numeric=False),
        Column("method", "method", numeric=False),
        Column("nominal", "nominal", _share),
        Column("coverage", "coverage", _share),
        Column("width", "width, scaled", write.score),
        Column("msis", "MSIS", write.score),
        Column("crps", "CRPS", write.score),
    ]
    caption = (
        "Central intervals on the test windows; split and adaptive: conformal, from the errors on validation"
    )
    rows, names = _ordered(inputs), inputs.names
    kept = {*names[:LISTED], inputs.verdict["chosen"], inputs.verdict["best_baseline"]}
    if len(names) > len(kept):
        caption += (
            f"; {len(kept)} of {len(names)} models, the others stand in results/comparison/intervals.csv"
        )
        rows = [row for row in rows if row["model"] in kept]
    return table(caption, columns, rows, marks=styles, best=chosen(inputs))


def _share(value: str) -> str:
    return write.percent(value, sign=False)


def _ordered(inputs: Inputs) -> Rows:
    """The rows, best model first."""
    rows = inputs.tables["intervals"]
    return [row for name in inputs.names for row in rows if row["model"] == name]


def coverage(inputs: Inputs, styles: Styles) -> Picture:
    """Coverage measured against coverage promised, a mark a model, method and level."""
    rows = [row for row in _ordered(inputs) if row["coverage"]]
    with drawing(3.4) as (figure, axes):
        ends = [float(row[key]) for row in rows for key in ("nominal", "coverage")] or [0.0, 1.0]
        low = max(0.0, min(ends) - 0.05)
        axes.plot([low, 1], [low, 1], color=SOFT, lw=0.9, ls=(0, (1, 2)))
        for method, sign in SIGNS.items():
            own = [row for row in rows if row["method"] == method]
            _marks(axes, own, sign, styles, method)
        axes.set_xlabel("nominal")
        axes.set_ylabel("coverage on the test")
        for axis in (axes.xaxis, axes.yaxis):
            axis.set_major_formatter(PercentFormatter(1, decimals=0))
        legend_below(figure, axes, 4)
        svg = svg_text(figure, "coverage", _in_words(rows))
    return Picture(
        svg,
        "On the dotted line an interval holds as many answers as it promises; below it, fewer. "
        "Colours are those of the models.",
    )


def _marks(axes: Axes, rows: Rows, sign: str, styles: Styles, method: str) -> None:
    """Moved apart by method and model, so that none hides another."""
    names = list(dict.fromkeys(row["model"] for row in rows))
    for n, row in enumerate(rows):
        shift = 0.012 * (names.index(row["model"]) / max(1, len(names) - 1) - 0.5)
        shift += {"split": -0.008, "adaptive": 0.008}.get(method, 0.0)
        colour = styles[row["model"]].colour
        axes.plot(
            [float(row["nominal"]) + shift], [float(row["coverage"])], sign, color=colour, ms=5,
            mfc="none" if method == "split" else colour, label=method if n == 0 else None,
        )  # fmt: skip


def _in_words(rows: Rows) -> str:
    said = ", ".join(
        f"{row['model']} {row['method']} {float(row['nominal']):.0%} covers {float(row['coverage']):.1%}"
        for row in rows
    )
    return f"Coverage of intervals against what they promise: {said}."


def pit(inputs: Inputs, styles: Styles) -> Picture | None:
    """Where in the forecast distribution the answers fell, a line a model; None where no model has one."""
    rows = inputs.tables["pit"]
    names = [name for name in inputs.names if any(row["model"] == name for row in rows)]
    if not names:
        return None
    with drawing(2.9) as (figure, axes):
        axes.axhline(1, color=SOFT, lw=0.9, ls=(0, (1, 2)))
        for name in names:
            edges, heights = _density([row for row in rows if row["model"] == name])
            axes.stairs(heights, edges, baseline=None, color=styles[name].colour, lw=1.6, label=name)
        axes.set_ylim(bottom=0)
        axes.set_xlabel("probability that the forecast gave to what lies below the answer")
        axes.set_ylabel("density of the answers")
        legend_below(figure, axes)
        svg = svg_text(
            figure, "pit", f"Histogram of the probability integral transform of {', '.join(names)}."
        )
    return Picture(
        svg, "Level: as forecast. A hump: distributions too wide; a hollow: too narrow; a slope: biased."
    )


def _density(rows: Sequence[Mapping[str, str]]) -> tuple[list[float], list[float]]:
    """Edges, and the share of each stretch divided by its length."""
    bounds = [tuple(float(edge) for edge in row["bin"].split("–")) for row in rows]
    heights = [float(row["share"]) / (high - low) for row, (low, high) in zip(rows, bounds, strict=True)]
    return [bounds[0][0], *(high for _, high in bounds)], heights
