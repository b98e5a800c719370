"""Figures of what is gained and what it costs: skill with its intervals, and error against cost."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from matplotlib.axes import Axes
from matplotlib.ticker import FuncFormatter, MaxNLocator, NullLocator

from reprocast.evaluation.figure_spots import Spot
from reprocast.evaluation.figure_style import GRID, INK, SOFT, Style, drawing, legend_below, svg_text
from reprocast.evaluation.report_numbers import THIN, percent

Styles = Mapping[str, Style]
REACH = 1.0
"""How far the axis of skill goes beyond what it has to show, as a share of that."""


@dataclass(frozen=True)
class Gain:
    """A model's skill against one and the same other model, with its interval; shares, not percent."""

    model: str
    value: float
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True)
class Costed:
    """A model's error and one of its costs."""

    model: str
    cost: float
    error: float
    text: str
    """What its mark says."""


def skill(name: str, gains: Sequence[Gain], styles: Styles, against: str, wide: Sequence[str]) -> str:
    """Skill by model with its interval, zero being the other model.

    Args:
        name: prefix of ids.
        gains: top to bottom.
        styles: looks of models.
        against: the other model.
        wide: models that the axis has to show; others beyond it are arrows at its edge.
    """
    with drawing(0.85 + 0.3 * len(gains)) as (figure, axes):
        low, high = _range(gains, wide)
        for row, gain in enumerate(gains):
            _gain(axes, row, gain, styles[gain.model], (low, high))
            axes.text(1.03, row, _said(gain), transform=axes.get_yaxis_transform(), va="center", fontsize=9)
        axes.axvline(0, color=INK, lw=1.1, zorder=1.5)
        axes.set_xlim(low, high)
        axes.set_yticks(range(len(gains)), [gain.model for gain in gains], color=INK)
        axes.set_ylim(len(gains) - 0.5, -0.5)
        axes.grid(visible=False, axis="y")
        axes.xaxis.set_major_locator(MaxNLocator(4, steps=[1, 2, 5, 10]))
        axes.xaxis.set_major_formatter(
            FuncFormatter(lambda share, _: f"{100 * share:.3g}{THIN}%".replace("-", "−"))
        )
        axes.set_xlabel(f"skill against {against} (right is better)")
        listed = "; ".join(f"{gain.model} {_said(gain)}" for gain in gains)
        text = f"Skill of each model against {against}, with its interval in brackets: {listed}."
        return svg_text(figure, name, text, [_spot(row, gain, low) for row, gain in enumerate(gains)])


def _gain(axes: Axes, row: int, gain: Gain, style: Style, limits: tuple[float, float]) -> None:
    if gain.value < limits[0]:
        axes.plot([limits[0]], [row], "<", color=style.colour, ms=7, clip_on=False)
        return
    if gain.low is not None and gain.high is not None:
        axes.plot([gain.low, gain.high], [row, row], color=style.colour, lw=2.6, solid_capstyle="butt")
    axes.plot([gain.value], [row], style.marker, color=style.colour, ms=7)


def _spot(row: int, gain: Gain, low: float) -> Spot:
    return Spot(max(gain.value, low), f"{gain.model}: {_said(gain)}", row)


def _range(gains: Sequence[Gain], wide: Sequence[str]) -> tuple[float, float]:
    """Of zero and the intervals that have to be seen, of others as far as they do not squeeze these."""
    ends = [0.0, *_ends([gain for gain in gains if gain.model in wide] or gains)]
    reach = min(ends) - REACH * (max(ends) - min(ends))
    ends += _ends([gain for gain in gains if gain.value >= reach])
    air = 0.08 * (max(ends) - min(ends)) or 0.01
    return min(ends) - air, max(ends) + air


def _ends(gains: Sequence[Gain]) -> list[float]:
    return [end for one in gains for end in (one.low, one.value, one.high) if end is not None]


def _said(gain: Gain) -> str:
    """`+1.1 % (−0.2 to +2.3)`."""
    if gain.low is None or gain.high is None:
        return percent(gain.value)
    low, high = (percent(end).removesuffix(f"{THIN}%") for end in (gain.low, gain.high))
    return f"{percent(gain.value)} ({low} to {high})"


def frontier(points: Sequence[Costed]) -> list[Costed]:
    """The models that no other one beats in both, by rising cost: none is cheaper and as good (Pareto)."""
    kept: list[Costed] = []
    for point in sorted(points, key=lambda one: (one.cost, one.error, one.model)):
        if not kept or point.error < kept[-1].error:
            kept.append(point)
    return kept


def pareto(name: str, points: Sequence[Costed], styles: Styles, cost: str, error: str) -> str:
    """Error against cost on a logarithmic axis that has a zero; the frontier is a line of steps."""
    with drawing(3.5) as (figure, axes):
        best = frontier(points)
        axes.plot(
            [one.cost for one in best], [one.error for one in best],
            drawstyle="steps-post", color=SOFT, lw=1.0, zorder=1.2,
        )  # fmt: skip
        for point in points:
            style = styles[point.model]
            axes.plot([point.cost], [point.error], style.marker, color=style.colour, ms=7, label=point.model)
        axes.set_xscale("symlog", linthresh=1, linscale=0.4)
        axes.set_xlim(-0.35, 3 * max(1.0, *(point.cost for point in points)))
        axes.xaxis.set_minor_locator(NullLocator())
        axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: _short(value)))
        axes.tick_params(axis="x", color=GRID)
        axes.set_xlabel(f"{cost} (logarithmic)")
        axes.set_ylabel(error)
        legend_below(figure, axes)
        listed = "; ".join(f"{one.model}: {one.error:.3f} at {one.cost:,.0f}" for one in best)
        text = f"{error} against {cost}. No model is both cheaper and better than these: {listed}."
        return svg_text(figure, name, text, [Spot(one.cost, one.text, one.error) for one in points])


def _short(value: float) -> str:
    """10, 1k, 100k, 10M."""
    for size, letter in ((1e9, "G"), (1e6, "M"), (1e3, "k")):
        if value >= size:
            return f"{value / size:g}{letter}"
    return f"{value:g}"
