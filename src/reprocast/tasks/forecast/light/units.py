"""Whether a look-back is like those of training: the limits of `data.familiar`, worked out at the export.

Legend: L look-back, C channels.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np

from reprocast.data.ordered import median
from reprocast.errors import DataError
from reprocast.tasks.forecast.light.formulas import Floats


def refuse_unfamiliar(
    past: Floats, limits: Sequence[Sequence[Any]], shown: Floats, where: str, names: Sequence[str]
) -> None:
    """Raises on a look-back (L, C) whose level or spread lies beyond its limits.

    Args:
        past: values, unscaled.
        limits: of each channel (C, 4) the lowest and highest level and the least and largest spread; None
            where there is none.
        shown: range of each channel's training values (C, 2).
        where: the series, for the message.
        names: of the channels (C,).

    Raises:
        DataError: naming series and channel.
    """
    lowest, highest, least, most = np.asarray(limits, np.float64).T
    level = median(past[None], axis=1)[0]
    spread = median(np.abs(past - level)[None], axis=1)[0]
    wrong = (level < lowest) | (level > highest) | (spread > most) | ((spread > 0) & (spread < least))
    if wrong.any():
        c = int(np.argmax(wrong))
        raise DataError(
            f"{where}, {names[c]}: holds {past[:, c].min():.4g} … {past[:, c].max():.4g}, while training has "
            f"shown {shown[c, 0]:.4g} … {shown[c, 1]:.4g}, as if it had another unit; give that "
            "of training, or train again with such values"
        )
