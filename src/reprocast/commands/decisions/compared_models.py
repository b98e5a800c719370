"""Champion and challenger on the present panel: their losses at the cutoffs that neither has seen."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from safetensors import SafetensorError

from reprocast.commands.decisions.outputs import Outputs
from reprocast.errors import DataError, ParamsError, ReprocastError
from reprocast.evaluation.sample import sample
from reprocast.model import Model
from reprocast.panel import Panel
from reprocast.params.registry import Gate
from reprocast.registry.common_cutoffs import (
    ANOTHER,
    CHALLENGER,
    common_losses,
    later,
    refuse_another_question,
)
from reprocast.registry.gate import Budget, Compared
from reprocast.registry.ledger_entry import Entry
from reprocast.registry.spending import fresh, level, year_of_steps
from reprocast.tasks.forecast.replayed import Units, forecasts_after
from reprocast.tasks.loading import load_model, read_description


class ChallengerError(DataError):
    """The challenger cannot be used; the champion is not to blame."""


def compared(outputs: Outputs, champion: Path, challenger: Path) -> Compared:
    """Forecasts of both, each by its own folder, matched.

    Raises:
        ChallengerError: the challenger's files are not whole, or it forecasts something that is not finite.
        DataError: the champion's, or the two cannot be compared.
    """
    ours, theirs = _challenger(challenger), read_description(champion)
    refuse_another_question(theirs, ours.description)
    panel, units = outputs.panel(), outputs.units()
    after = later(theirs.validation_end, ours.description.validation_end, panel.ds)
    table = _champions(load_model(champion), panel, after, units)
    own = _forecasts(ours, panel, after, units)
    rows = common_losses(table, own)
    scored = rows[CHALLENGER]
    cutoffs, series = np.unique(scored["cutoff"].to_numpy()), scored["unique_id"].nunique()
    return Compared(sample(rows, ours.description.horizon), cutoffs, series)


def budget(outputs: Outputs, compared: Compared, entries: Sequence[Entry], rules: Gate) -> Budget:
    """What this round may spend after those in `entries`."""
    period = rules.period or year_of_steps(outputs.params.data.calendar)
    return Budget(level(rules.alpha, period, compared.cutoffs, entries), fresh(compared.cutoffs, entries))


def _challenger(folder: Path) -> Model:
    try:
        return load_model(folder)
    except (ReprocastError, OSError, SafetensorError, RuntimeError) as error:
        raise ChallengerError(" ".join(str(error).split())) from error


def _champions(model: Model, panel: Panel, after: Any, units: Units) -> pd.DataFrame:
    try:
        return forecasts_after(model, panel, after, units)
    except ParamsError as error:  # of its own description, not of params.yaml
        raise DataError(
            f"{model.description.name}, the champion, needs other data: {error}; {ANOTHER}"
        ) from error


def _forecasts(model: Model, panel: Panel, after: Any, units: Units) -> pd.DataFrame:
    try:
        return forecasts_after(model, panel, after, units)
    except DataError as error:
        raise ChallengerError(str(error)) from error
