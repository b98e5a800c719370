"""Places of a figure that say their values when pointed at: titles of SVG, which need no script."""

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from numpy.typing import NDArray

RADIUS = 9.0
"""Of a point's place, in points: a fingertip."""


@dataclass(frozen=True)
class Spot:
    """A place in the axes' own terms."""

    x: Any
    text: str
    y: float | None = None
    """None: the whole height, as far as halfway to the neighbours."""


def spots_svg(axes: Axes, spots: Sequence[Spot]) -> str:
    """An SVG group of invisible shapes over the figure, once it has been drawn; empty without spots."""
    if not spots:
        return ""
    bands = [spot for spot in spots if spot.y is None]
    points = [_circle(axes, spot) for spot in spots if spot.y is not None]
    return (
        f'<g class="spots" fill="none" pointer-events="all">{_rectangles(axes, bands)}{"".join(points)}</g>'
    )


def _circle(axes: Axes, spot: Spot) -> str:
    x, y = _place(axes, spot.x, spot.y or 0.0)
    return f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{RADIUS:g}"><title>{escape(spot.text)}</title></circle>'


def _rectangles(axes: Axes, spots: Sequence[Spot]) -> str:
    """Side by side from the left edge of the axes to the right one."""
    if not spots:
        return ""
    (left, bottom), (right, top) = _corners(axes)
    low = axes.get_ylim()[0]
    found = sorted(((_place(axes, spot.x, low)[0], spot.text) for spot in spots), key=lambda one: one[0])
    middles = np.asarray([x for x, _ in found])
    edges = np.r_[left, (middles[1:] + middles[:-1]) / 2, right]
    return "".join(
        f'<rect x="{edges[n]:.1f}" y="{top:.1f}" width="{max(edges[n + 1] - edges[n], 0):.1f}" '
        f'height="{bottom - top:.1f}"><title>{escape(text)}</title></rect>'
        for n, (_, text) in enumerate(found)
    )


def _place(axes: Axes, x: Any, y: float) -> NDArray[np.float64]:
    """A point of the data (2,) in the points of the SVG element, whose y grows downwards."""
    shown = axes.transData.transform((float(axes.convert_xunits(x)), y))
    return _in_points(axes, shown)


def _corners(axes: Axes) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Lower left and upper right of the axes."""
    lower, upper = axes.transAxes.transform(((0, 0), (1, 1)))
    return _in_points(axes, lower), _in_points(axes, upper)


def _in_points(axes: Axes, shown: Any) -> NDArray[np.float64]:
    figure = axes.get_figure(root=True)
    assert figure is not None
    share = figure.transFigure.inverted().transform(shown)
    width, height = 72 * figure.get_size_inches()
    return np.asarray([share[0] * width, (1 - share[1]) * height])
