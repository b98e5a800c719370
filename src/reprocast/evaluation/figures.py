"""The report's figures: values in, SVG text out; a function a figure, one entry each in a table."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.dates import AutoDateLocator, ConciseDateFormatter
from matplotlib.ticker import MaxNLocator

from reprocast.evaluation.cost_figures import pareto, skill
from reprocast.evaluation.error_figures import by_many_series, by_series, horizon
from reprocast.evaluation.figure_spots import Spot
from reprocast.evaluation.figure_style import GRID, INK, SOFT, Style, drawing, legend_below, svg_text
from reprocast.evaluation.rank_figures import critical_difference
from reprocast.evaluation.worth_figures import gradients, qualities
from reprocast.panel import time_text

Styles = Mapping[str, Style]
Points = Sequence[tuple[Any, float]]
"""Places and values of a line."""


@dataclass(frozen=True)
class Mark:
    """One model's score, and the scores of its seeds one by one."""

    model: str
    value: float
    seeds: tuple[float, ...] = ()


@dataclass(frozen=True)
class Band:
    """A forecast with the spread of its seeds; `low` and `high` are empty where there is none."""

    model: str
    times: tuple[Any, ...]
    values: tuple[float, ...]
    low: tuple[float, ...] = ()
    high: tuple[float, ...] = ()


@dataclass(frozen=True)
class Stretch:
    """One split on the axis of time."""

    split: str
    first: Any
    last: Any
    note: str
    row: str
    """What the row is called in which it stands: the split itself, or its fold."""


def scores(name: str, marks: Sequence[Mark], styles: Styles, label: str) -> str:
    """Each model's score, best on top, with its seeds as rings."""
    with drawing(0.75 + 0.27 * len(marks)) as (figure, axes):
        for row, mark in enumerate(marks):
            style = styles[mark.model]
            axes.plot(
                mark.seeds, [row] * len(mark.seeds), "o", mfc="none", mec=style.colour, ms=7, mew=1, alpha=0.7
            )
            axes.plot([mark.value], [row], style.marker, color=style.colour, ms=7)
        axes.set_yticks(range(len(marks)), [mark.model for mark in marks], color=INK)
        axes.set_ylim(len(marks) - 0.5, -0.5)
        axes.margins(x=0.06)
        axes.xaxis.set_major_locator(MaxNLocator(5))
        axes.set_xlabel(f"{label} (less is better)")
        best = ", ".join(f"{mark.model} {mark.value:.3f}" for mark in marks)
        spots = [Spot(mark.value, _seeds(mark), row) for row, mark in enumerate(marks)]
        return svg_text(figure, name, f"{label} of each model, best first: {best}.", spots)


def _seeds(mark: Mark) -> str:
    """`gru 0.581; seeds 0.579, 0.590`."""
    seeds = f"; seeds {', '.join(f'{seed:.3f}' for seed in mark.seeds)}" if mark.seeds else ""
    return f"{mark.model} {mark.value:.3f}{seeds}"


def curves(name: str, model: str, lines: Sequence[tuple[str, Points, Points]], styles: Styles) -> str:
    """Training (dashed) and validation loss (full) by epoch, a pair of lines a seed."""
    with drawing(2.5) as (figure, axes):
        colour = styles[model].colour
        for n, (_, training, validation) in enumerate(lines):
            first = n == 0
            axes.plot(*_xy(training), color=SOFT, lw=1.1, ls=(0, (4, 2)), label="training" if first else None)
            axes.plot(*_xy(validation), color=colour, lw=1.7, label="validation" if first else None)
            best = min(validation, key=lambda point: point[1])
            axes.plot(*best, "o", color=colour, ms=5, label="kept" if first else None)
        axes.xaxis.set_major_locator(MaxNLocator(6, integer=True))
        axes.set_xlabel("epoch")
        axes.set_ylabel("loss")
        legend_below(figure, axes)
        ends = ", ".join(f"{label}: {min(v for _, v in points):.4g}" for label, _, points in lines)
        return svg_text(figure, name, f"Learning curves of {model}; lowest validation loss, {ends}.")


def forecast(name: str, series: str, actual: Points, bands: Sequence[Band], styles: Styles, unit: str) -> str:
    """What happened (dark) and what was forecast, with the spread of the seeds as a band."""
    with drawing(2.7) as (figure, axes):
        axes.plot(*_xy(actual), color=INK, lw=1.2, alpha=0.85, label="actual", zorder=1.9)
        for band in bands:
            style = styles[band.model]
            axes.plot(band.times, band.values, label=band.model, **style.line)
            if band.low:
                axes.fill_between(band.times, band.low, band.high, color=style.colour, alpha=0.22, lw=0)
        _time_axis(axes, actual[0][0] if actual else 0)
        axes.set_ylabel(unit)
        legend_below(figure, axes, 4)
        names = ", ".join(band.model for band in bands)
        text = (
            f"{series}: {unit} as it was, and as forecast by {names}, over {len(actual)} steps of the test."
        )
        return svg_text(figure, name, text, _steps(actual, bands))


def _steps(actual: Points, bands: Sequence[Band]) -> list[Spot]:
    """What happened at each step, and what was forecast for it, each with the range of its seeds."""
    said: dict[Any, list[str]] = {place: [f"actual {value:.4g}"] for place, value in actual}
    for band in bands:
        for n, (place, value) in enumerate(zip(band.times, band.values, strict=True)):
            if place in said and not np.isnan(value):
                spread = f" ({band.low[n]:.4g} to {band.high[n]:.4g})" if band.low else ""
                said[place].append(f"{band.model} {value:.4g}{spread}")
    return [Spot(place, "\n".join([str(time_text(place)), *lines])) for place, lines in said.items()]


SPLIT_COLOURS = {"train": "#c6d3df", "validation": "#e8b64c", "test": "#2f5d8a"}


def timeline(name: str, stretches: Sequence[Stretch]) -> str:
    """The splits one after the other; what lies between them is the embargo."""
    rows = list(dict.fromkeys(stretch.row for stretch in stretches))
    splits = list(dict.fromkeys(stretch.split for stretch in stretches))
    with drawing(1.15 + 0.3 * len(rows)) as (figure, axes):
        for n, stretch in enumerate(stretches):
            place, colour = [rows.index(stretch.row)] * 2, SPLIT_COLOURS.get(stretch.split, GRID)
            label = stretch.split if n < len(splits) else None
            span = [stretch.first, stretch.last]
            axes.plot(span, place, color=colour, lw=11, solid_capstyle="butt", label=label)
            axes.axvline(stretch.first, color=colour, lw=0.8, zorder=1)
        axes.set_yticks(range(len(rows)), rows, color=INK)
        axes.set_ylim(len(rows) - 0.5, -0.5)
        axes.grid(visible=False, axis="y")
        _time_axis(axes, stretches[0].first)
        if rows != splits:
            legend_below(figure, axes)
        said = "; ".join(f"{_named(s)} from {s.first} to {s.last}, {s.note}" for s in stretches)
        return svg_text(figure, name, f"The splits in time: {said}.")


def _named(stretch: Stretch) -> str:
    return stretch.split if stretch.row == stretch.split else f"{stretch.row} {stretch.split}"


FIGURES: Mapping[str, Callable[..., str]] = {
    "scores": scores,
    "curves": curves,
    "forecast": forecast,
    "horizon": horizon,
    "series": by_series,
    "timeline": timeline,
    "gradients": gradients,
    "qualities": qualities,
    "skill": skill,
    "pareto": pareto,
    "many_series": by_many_series,
    "ranks": critical_difference,
}
"""The figures by name."""


def _xy(points: Points) -> tuple[list[Any], list[float]]:
    return [place for place, _ in points], [value for _, value in points]


def _time_axis(axes: Axes, example: Any) -> None:
    if isinstance(example, np.datetime64):
        locator = AutoDateLocator(minticks=3, maxticks=6)
        axes.xaxis.set_major_locator(locator)
        axes.xaxis.set_major_formatter(ConciseDateFormatter(locator))
    else:
        axes.xaxis.set_major_locator(MaxNLocator(6, integer=True))
