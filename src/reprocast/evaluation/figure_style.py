"""How every figure looks: one colour, dash and marker a model, and SVG that depends on the values only."""

import io
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from html import escape
from itertools import cycle
from typing import Any

import matplotlib.style
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from reprocast.evaluation.figure_spots import Spot, spots_svg

INK, SOFT, GRID = "#1d2733", "#56606b", "#dfe3e8"
WIDTH = 4.7
"""Inches; a figure fills a phone, and half of a desk's screen."""
COLOURS = ("#0072b2", "#d55e00", "#008060", "#b0489a", "#8a6a00", "#332288", "#a3243b", "#00798c")
"""Of networks: told apart with any kind of colour vision, at least 3 : 1 against white."""
GREYS = ("#3f4750", "#5d656e", "#7b838b")
"""Of baselines; dash and marker tell them apart."""
DASHES = ((4.0, 2.0), (1.2, 1.6), (6.0, 2.0, 1.2, 2.0), (2.5, 1.2), (8.0, 3.0))
NETWORK_MARKERS, BASELINE_MARKERS = "osDPX", "^v<>d"
SETTINGS = {
    "svg.fonttype": "none",
    "font.size": 10.0,
    "axes.edgecolor": "#aab2bb",
    "axes.labelcolor": SOFT,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.grid": True,
    "axes.axisbelow": True,
    "axes.unicode_minus": True,
    "grid.color": GRID,
    "grid.linewidth": 0.8,
    "text.color": INK,
    "xtick.color": SOFT,
    "ytick.color": SOFT,
    "legend.frameon": False,
    "legend.handlelength": 2.4,
    "lines.solid_capstyle": "round",
}


@dataclass(frozen=True)
class Style:
    """How one model is drawn, the same in every figure."""

    colour: str
    dash: tuple[float, ...]
    """Empty for a full line."""
    marker: str
    width: float

    @property
    def line(self) -> dict[str, Any]:
        """Arguments of `Axes.plot`."""
        style: Any = (0, self.dash) if self.dash else "-"
        return {"color": self.colour, "linestyle": style, "linewidth": self.width}


def styles(networks: Sequence[str], baselines: Sequence[str]) -> dict[str, Style]:
    """A style a model: colours and full lines for networks, greys and dashes for baselines."""
    drawn = {
        name: Style(colour, (), marker, 1.9)
        for name, colour, marker in zip(networks, cycle(COLOURS), cycle(NETWORK_MARKERS), strict=False)
    }
    for name, grey, dash, marker in zip(
        baselines, cycle(GREYS), cycle(DASHES), cycle(BASELINE_MARKERS), strict=False
    ):
        drawn[name] = Style(grey, dash, marker, 1.3)
    return drawn


@contextmanager
def drawing(height: float) -> Iterator[tuple[Figure, Axes]]:
    """An empty figure of our looks, whatever a user's matplotlibrc says; no state of pyplot is touched."""
    with matplotlib.style.context(["default", SETTINGS]):
        figure = Figure(figsize=(WIDTH, height), layout="constrained")
        yield figure, figure.add_subplot()


def legend_below(figure: Figure, axes: Axes, columns: int = 3) -> None:
    """A legend under the figure, so that it never hides data."""
    handles, labels = axes.get_legend_handles_labels()
    figure.legend(handles, labels, loc="outside lower left", ncols=columns, fontsize=9, labelcolor=INK)


def svg_text(figure: Figure, name: str, alternative: str, spots: Sequence[Spot] = ()) -> str:
    """The figure as an SVG element for a page: same values, same bytes.

    Args:
        figure: what was drawn.
        name: prefix of its ids, unique within the page.
        alternative: what it shows, for those who do not see it.
        spots: places that say their values when pointed at.
    """
    stream = io.StringIO()
    nothing = dict.fromkeys(("Creator", "Date", "Format", "Type"))
    with matplotlib.rc_context({"svg.hashsalt": name, "svg.fonttype": "none"}):
        figure.savefig(stream, format="svg", transparent=True, metadata=nothing)
    text = stream.getvalue()
    body = text[text.index(">", text.index("<svg")) + 1 :]
    box = text.split('viewBox="', 1)[1].split('"', 1)[0]
    drawn = _lean(body, name).removesuffix("</svg>") + spots_svg(figure.axes[0], spots) + "</svg>"
    opening = '<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink"'
    return f'{opening} viewBox="{box}" role="img" aria-label="{escape(alternative)}">{drawn}\n'


def _lean(body: str, name: str) -> str:
    """Without comments, fonts and styles of its own; only ids that are used, and those unique in the page."""
    body = re.sub(r"<!--.*?-->|<metadata>.*?</metadata>|<style.*?</style>", "", body, flags=re.DOTALL)
    body = re.sub(r" font-family: [^;\"]*;?|(?<=font-size: )([\d.]+px) [^;\"]*", r"\1", body)
    used = set(re.findall(r"#([\w.-]+)(?=[\")])", body))
    body = re.sub(r' id="([^"]*)"', lambda found: found[0] if found[1] in used else "", body)
    body = re.sub(r'( id="|url\(#|href="#)', rf"\g<1>{name}-", body)
    body = re.sub(r'="[^"]*"', lambda found: _rounded(found[0]), body)
    return re.sub(r"\s*\n\s*", " ", body).replace("> <", "><").strip()


def _rounded(attribute: str) -> str:
    """Hundredths of a point are enough; more would only make the page heavier."""
    return re.sub(r"-?\d+\.\d{3,}", lambda found: f"{float(found[0]):.2f}", attribute)
