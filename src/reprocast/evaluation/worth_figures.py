"""Figures about the cells: how gradients fade on their way back, and each quality as a share of the best."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from matplotlib.ticker import MaxNLocator

from reprocast.evaluation.figure_style import GRID, INK, SOFT, Style, drawing, legend_below, svg_text

Styles = Mapping[str, Style]
Points = Sequence[tuple[Any, float]]


def gradients(
    name: str, lines: Mapping[str, Points], cells: Mapping[str, Points], styles: Styles, memory: float
) -> str:
    """Gradient by steps back on a logarithmic axis, a line a network; below `memory` it is forgotten.

    `cells` are dashed: what LSTMs hand on beside their outputs.
    """
    with drawing(3.3) as (figure, axes):
        for model, points in cells.items():
            axes.plot(*zip(*points, strict=True), color=styles[model].colour, lw=1.3, ls=(0, (4, 2)))
        for model, points in lines.items():
            axes.plot(*zip(*points, strict=True), label=model, **styles[model].line)
        axes.axhline(memory, color=SOFT, lw=0.9, ls=(0, (1, 2)))
        axes.set_yscale("log")
        axes.xaxis.set_major_locator(MaxNLocator(8, integer=True))
        axes.set_xlabel("steps back")
        axes.set_ylabel("‖∂loss/∂h‖, share of its largest")
        legend_below(figure, axes)
        ends = ", ".join(
            f"{model} {points[-1][1]:.2g} after {points[-1][0]}" for model, points in lines.items()
        )
        return svg_text(figure, name, f"How much of the loss's gradient is left by steps back: {ends}.")


def qualities(name: str, shares: Mapping[str, Mapping[str, float]], styles: Styles) -> str:
    """Each quality as a share of the best network's, a mark a network; by quality, then network."""
    with drawing(1.3 + 0.5 * len(shares)) as (figure, axes):
        models = [model for model in styles if any(model in of_one for of_one in shares.values())]
        for shift, model in zip(np.linspace(-0.3, 0.3, len(models)), models, strict=True):
            placed = [
                (of_one[model], row + shift) for row, of_one in enumerate(shares.values()) if model in of_one
            ]
            style = styles[model]
            axes.plot(*zip(*placed, strict=True), style.marker, color=style.colour, ms=5.5, label=model)
        axes.set_yticks(range(len(shares)), list(shares), color=INK)
        axes.set_ylim(len(shares) - 0.5, -0.5)
        axes.set_xlim(0, 1.04)
        axes.grid(visible=False, axis="y")
        for row in range(1, len(shares)):
            axes.axhline(row - 0.5, color=GRID, lw=0.8)
        axes.set_xlabel("share of the best (right is better)")
        legend_below(figure, axes)
        best = ", ".join(
            f"{quality}: {max(of_one, key=of_one.__getitem__)}" for quality, of_one in shares.items()
        )
        return svg_text(
            figure, name, f"Each network against the best one in each quality; the best in {best}."
        )
