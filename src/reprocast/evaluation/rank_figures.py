"""The critical-difference diagram: mean ranks over series, and which of them do not differ."""

from collections.abc import Mapping, Sequence

from reprocast.evaluation.figure_style import INK, SOFT, Style, drawing, svg_text

Styles = Mapping[str, Style]


def critical_difference(
    name: str, mean: Mapping[str, float], critical: float, groups: Sequence[Sequence[str]], styles: Styles
) -> str:
    """Each model at its mean rank, best on top; a bar joins models that lie within the critical difference.

    Demšar (2006), figure 1, turned so that names of any length find room on a phone.

    Args:
        name: prefix of the ids in the drawing.
        mean: mean rank by model, best first.
        critical: Nemenyi's critical difference.
        groups: runs of models that do not differ.
        styles: how each model is drawn.
    """
    names = list(mean)
    with drawing(1.1 + 0.27 * len(names)) as (figure, axes):
        for row, model in enumerate(names):
            axes.plot([mean[model]], [row], styles[model].marker, color=styles[model].colour, ms=7)
        right = max(mean.values()) + 0.25
        for n, group in enumerate(groups):
            place = [right + 0.22 * n] * 2
            axes.plot(place, [names.index(group[0]) - 0.2, names.index(group[-1]) + 0.2], color=INK, lw=3)
        axes.plot([min(mean.values()), min(mean.values()) + critical], [-0.9, -0.9], "|-", color=SOFT, ms=6)
        end, said = min(mean.values()) + critical + 0.08, f"critical difference {critical:.2f}"
        axes.text(end, -0.9, said, va="center", color=SOFT, fontsize=9)
        axes.set_yticks(range(len(names)), names, color=INK)
        axes.set_ylim(len(names) - 0.5, -1.4)
        axes.set_xlabel("mean rank over the series (less is better)")
        ranks = ", ".join(f"{model} {rank:.2f}" for model, rank in mean.items())
        joined = "; ".join(" and ".join(group) for group in groups) or "none"
        return svg_text(
            figure,
            name,
            f"Mean ranks, best first: {ranks}. Critical difference {critical:.2f}; not told apart: {joined}.",
        )
