"""Columns of the forecast table that hold quantiles and distributions, in the units of the targets.

Legend: S seeds of one row of forecasts, M windows, H horizon, Q levels, P parameters.
"""

from typing import Any

import numpy as np

from reprocast.data.windows import Floats
from reprocast.model import Description, distribution_of, levels_of

MOVED = ("gaussian", "student_t")
"""Families whose first parameter is a location and whose second is a scale."""


def spread_columns(
    model: Description,
    loc: Floats,
    scale: Floats,
    quantiles: Floats | None = None,
    parameters: Floats | None = None,
) -> dict[str, list[Any]]:
    """Columns of scaled quantiles (S, M, H, Q) and parameters (S, M, H, P), for `loc` and `scale` (M,).

    Several seeds are one model whose quantiles are the mean of theirs (Vincentization: Genest 1992).
    """
    columns: dict[str, list[Any]] = {}
    if quantiles is not None:
        found = quantiles.mean(axis=0) * scale[:, None, None] + loc[:, None, None]
        columns["levels"] = [np.asarray(levels_of(model))] * len(found)
        columns["quantiles"] = list(found.reshape(len(found), -1))
    family = distribution_of(model)
    if parameters is not None and family is not None:
        columns["family"] = [family] * parameters.shape[1]
        columns["parameters"] = _parameters(family, parameters, loc[:, None], scale[:, None])
    return columns


def _parameters(family: str, scaled: Floats, loc: Floats, scale: Floats) -> list[Any]:
    """Of each window (H · P,); None where the mean of the seeds' quantiles is no member of the family.

    That of normal distributions is normal, with the means of their locations and scales.
    """
    if len(scaled) > 1 and family != "gaussian":
        return [None] * scaled.shape[1]
    found = scaled.mean(axis=0)  # -> (M, H, P)
    if family in MOVED:
        found = np.concatenate(
            [(found[..., 0] * scale + loc)[..., None], (found[..., 1] * scale)[..., None], found[..., 2:]],
            axis=-1,
        )
    return list(found.reshape(len(found), -1))
