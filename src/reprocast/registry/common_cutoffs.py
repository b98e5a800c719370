"""Two models on the same cutoffs, against the same answers, in the same units. Legend: n cutoffs."""

from typing import Any

import numpy as np
import pandas as pd

from reprocast.errors import DataError
from reprocast.evaluation.sample import PLACE
from reprocast.model import Description
from reprocast.tasks.forecast.losses import row_losses

CHAMPION, CHALLENGER = "champion", "challenger"
LOSS = "mae"
"""Mean scaled absolute error over series, targets and steps."""


class NothingUnseenError(DataError):
    """There is no cutoff yet that both models have not learned from or been chosen on."""


def later(champion: str | int | None, challenger: str | int | None, times: Any) -> Any:
    """The end of both models' validation, in the type of the panel's times (T,).

    Raises:
        DataError: a model does not say where its validation ends.
    """
    ends = [end for end in (champion, challenger) if end is not None]
    if len(ends) < 2:
        raise DataError(
            "a model does not say where its validation ends, so it cannot be told what it has seen; "
            "train it again with `reprocast repro`"
        )
    return max(np.asarray(ends).astype(times.dtype))


def common_losses(champion: pd.DataFrame, challenger: pd.DataFrame) -> dict[str, pd.DataFrame]:
    """Losses of both, a row a place, where both have forecast and an answer was observed.

    The answers are those that the challenger's table has.

    Args:
        champion: its forecast table.
        challenger: its forecast table, in the same units.

    Raises:
        NothingUnseenError: they have nothing in common.
    """
    ours, theirs = (table.set_index(PLACE).sort_index() for table in (challenger, champion))
    places = ours.index.intersection(theirs.index)
    ours, theirs = ours.loc[places], theirs.loc[places]
    same = theirs.assign(**{name: ours[name] for name in ("y", "loc", "scale")})
    rows = {CHAMPION: same, CHALLENGER: ours}
    found = (
        {name: row_losses(table.reset_index(), LOSS) for name, table in rows.items()} if len(places) else {}
    )
    if not found or not len(found[CHALLENGER]):
        raise NothingUnseenError(
            "champion and challenger have no cutoff in common after the end of both models' validation; "
            "move data.end on, or make split.test longer"
        )
    return found


def refuse_another_question(champion: Description, challenger: Description) -> None:
    """Raises where two models do not forecast the same.

    Raises:
        DataError: another task, horizon or target.
    """
    asked = [_question(one) for one in (champion, challenger)]
    if asked[0] != asked[1]:
        raise DataError(
            f"the champion forecasts {asked[0]}, the challenger {asked[1]}: these cannot be compared; "
            f"{ANOTHER}"
        )


ANOTHER = "give the new question another registry.model in operations.yaml"
"""The remedy where a champion has nothing to say to the present data."""


def _question(description: Description) -> str:
    task = "" if description.task == "forecast" else f" ({description.task})"
    return f"{description.horizon} steps of {', '.join(sorted(description.features.target))}{task}"
