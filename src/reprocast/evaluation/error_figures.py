"""Figures of where errors lie: by step ahead, by series, and over many series at once."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from matplotlib.ticker import FuncFormatter, MaxNLocator

from reprocast.evaluation.figure_spots import Spot
from reprocast.evaluation.figure_style import GRID, INK, Style, drawing, legend_below, svg_text
from reprocast.evaluation.report_numbers import percent

Styles = Mapping[str, Style]
Points = Sequence[tuple[Any, float]]


def horizon(name: str, lines: Mapping[str, Points], styles: Styles, label: str) -> str:
    """Error by step ahead, a line a model."""
    with drawing(3.3) as (figure, axes):
        for model, points in lines.items():
            style = styles[model]
            axes.plot(*zip(*points, strict=True), marker=style.marker, ms=4.5, label=model, **style.line)
        axes.xaxis.set_major_locator(MaxNLocator(8, integer=True))
        axes.set_xlabel("steps ahead")
        axes.set_ylabel(label)
        legend_below(figure, axes)
        last = ", ".join(f"{model} {points[-1][1]:.3f}" for model, points in lines.items() if points)
        steps: dict[Any, list[str]] = {}
        for model, points in lines.items():
            for place, value in points:
                steps.setdefault(place, [f"{place} ahead"]).append(f"{model} {value:.3f}")
        spots = [Spot(place, "\n".join(said)) for place, said in steps.items()]
        return svg_text(figure, name, f"{label} by step ahead; at the last step: {last}.", spots)


def by_series(name: str, lines: Mapping[str, Points], styles: Styles, label: str) -> str:
    """Error of each series, a mark a model, one under the other so that none hides another."""
    places = list(dict.fromkeys(place for points in lines.values() for place, _ in points))
    with drawing(1.3 + 0.5 * len(places)) as (figure, axes):
        for shift, (model, points) in zip(np.linspace(-0.3, 0.3, len(lines)), lines.items(), strict=True):
            style = styles[model]
            rows = [places.index(place) + shift for place, _ in points]
            axes.plot([v for _, v in points], rows, style.marker, color=style.colour, ms=5.5, label=model)
        axes.set_yticks(range(len(places)), places, color=INK)
        axes.set_ylim(len(places) - 0.5, -0.5)
        axes.grid(visible=False, axis="y")
        for row in range(1, len(places)):
            axes.axhline(row - 0.5, color=GRID, lw=0.8)
        axes.set_xlabel(label)
        legend_below(figure, axes)
        return svg_text(figure, name, f"{label} of each model by series: {', '.join(map(str, places))}.")


def by_many_series(name: str, gains: Sequence[float], model: str, against: str, style: Style) -> str:
    """How many series have which skill (shares) of a model against another; the ends hold what is beyond."""
    shares = np.asarray(gains, np.float64)
    low, high = np.quantile(shares, [0.01, 0.99])
    edges = np.histogram_bin_edges([min(low, 0.0), max(high, 0.0)], bins=25)
    counts, _ = np.histogram(np.clip(shares, edges[0], edges[-1]), edges)
    middles = (edges[1:] + edges[:-1]) / 2
    better = int((shares > 0).sum())
    with drawing(2.9) as (figure, axes):
        axes.bar(middles, counts, width=0.92 * np.diff(edges), color=style.colour)
        axes.axvline(0, color=INK, lw=1.1)
        axes.xaxis.set_major_locator(MaxNLocator(6))
        axes.xaxis.set_major_formatter(FuncFormatter(lambda share, _: percent(share)))
        axes.yaxis.set_major_locator(MaxNLocator(5, integer=True))
        axes.grid(visible=False, axis="x")
        axes.set_xlabel(f"skill of {model} against {against} (right is better)")
        axes.set_ylabel("series")
        text = (
            f"{model} has less error than {against} in {better} of {len(shares)} series; the middle series "
            f"has a skill of {100 * np.median(shares):+.1f} %, the worst {100 * shares.min():+.1f} %, the "
            f"best {100 * shares.max():+.1f} %."
        )
        spots = [
            Spot(middle, f"{count} series from {percent(a)} to {percent(b)}")
            for middle, count, a, b in zip(middles, counts, edges[:-1], edges[1:], strict=True)
        ]
        return svg_text(figure, name, text, spots)
