"""Series that a model has not been trained on, and which models can forecast them all the same.

Legend: N series, C channels.
"""

from collections.abc import Sequence

import numpy as np

from reprocast.data import findings
from reprocast.data.transforms import is_known_ahead
from reprocast.errors import DataError, first_names
from reprocast.model import Description, Shown

EQUIVARIANT = ("naive", "seasonal_naive", "moving_average", "drift")
"""Baselines whose forecasts move and stretch with what is seen: how it was scaled does not matter."""
SHARED = (*EQUIVARIANT, "ewma", "har", "ridge")
"""Baselines that learn the same numbers for all series."""
EVEN = ("scaling_over: panel", "window.scaling: window")


def with_strangers(description: Description, names: Sequence[str]) -> Description:
    """The description with these series as well, as far as they are new to it.

    Raises:
        DataError: the model needs to know a series, and does not know these; naming them and why.
    """
    new = [one.series for one in findings.unseen(names, description.series)]
    if not new:
        return description
    reason = needs_to_know(description)
    if reason:
        raise DataError(
            f"series {first_names(new)}: not among those that {description.name} was trained on "
            f"({first_names(description.series)}), and {reason}; leave them out, or train with them "
            "(data.series)"
        )
    count = len(new)
    loc, scale = _numbers(description)
    return description.model_copy(
        update={
            "series": (*description.series, *new),
            "loc": (*description.loc, *(loc,) * count),
            "scale": (*description.scale, *(scale,) * count),
            "shown": _shown(description, count),
        }
    )


def needs_to_know(description: Description) -> str | None:
    """Why a model can forecast only the series it was trained on; None if it can forecast others."""
    block = description.block
    if block.get("series_embedding"):
        return "it has an embedding of each series"
    if description.kind == "baseline" and block.get("kind") not in SHARED:
        return "it has numbers of its own for each series"
    if description.features.static:
        return "their static columns were not there when those were scaled"
    if _is_evenly_scaled(description) or _is_equivariant(description):
        return None
    return f"each series is scaled by its own training values (not so with {' or '.join(EVEN)})"


def _is_equivariant(description: Description) -> bool:
    return description.kind == "baseline" and description.block.get("kind") in EQUIVARIANT


def _is_evenly_scaled(description: Description) -> bool:
    """Whether what a series is scaled by does not depend on which it is."""
    if description.scaling == "none":
        return True
    if description.scaling == "window":  # but for columns known ahead, which each series has its own scale of
        return all(map(is_known_ahead, description.features.future))
    return len(description.series) > 1 and len(set(description.loc)) == len(set(description.scale)) == 1


def _numbers(description: Description) -> tuple[tuple[float, ...], tuple[float, ...]]:
    """Location and scale (C,) for a new series: those of all, which are the same or the calendar's."""
    loc, scale = np.median(description.loc, axis=0), np.median(description.scale, axis=0)
    return tuple(loc.tolist()), tuple(scale.tolist())


def _shown(description: Description, count: int) -> Shown | None:
    """What all series together have shown; nothing, which accepts anything, where no unit matters."""
    shown = description.shown
    if shown is None:
        return None
    together = {"low": np.min, "high": np.max, "least": np.min, "most": np.max}
    rows = {name: merge(getattr(shown, name), axis=0) for name, merge in together.items()}
    if _is_equivariant(description):
        rows = {name: np.zeros_like(row) for name, row in rows.items()}
    return Shown(
        **{name: (*getattr(shown, name), *(tuple(row.tolist()),) * count) for name, row in rows.items()}
    )
