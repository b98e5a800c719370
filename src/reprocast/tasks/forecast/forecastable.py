"""Whether a panel may be forecast from: what the training data had to meet holds for it, but for length."""

import numpy as np

from reprocast.data.channels import known_columns
from reprocast.data.findings import frame_of
from reprocast.data.outcomes import failure_text
from reprocast.data.transforms import needed_columns
from reprocast.data.windows import Channels
from reprocast.errors import DataError
from reprocast.model import Description
from reprocast.panel import Panel, time_text
from reprocast.params.columns import Columns
from reprocast.params.data import DataBlock
from reprocast.params.validation import Validation
from reprocast.params.window import Split, Window

LENGTH = "enough_times"
"""The expectation that is about training only; a look-back that is too short is refused by the model."""


def refuse_invalid(panel: Panel, description: Description, kind: str, validation: Validation) -> None:
    """Raises when the panel is not what its model was trained on had to be.

    Args:
        panel: what is to be forecast from; rows ahead hold only what is known ahead.
        description: names columns, calendar, look-back and horizon.
        kind: of data, as params.yaml has it: prices, numeric, counts or events.
        validation: what is accepted.

    Raises:
        DataError: a line for each expectation that fails, with series, column and time.
    """
    from reprocast.data.checking import check  # Great Expectations: seconds
    from reprocast.data.expectations import expect
    from reprocast.data.expected import Asked

    if not len(panel):
        raise DataError("the panel has no rows, so there is nothing to forecast from")
    roles = description.features
    columns = Columns(target=roles.target, past=roles.past, future=roles.future, static=roles.static)
    asked = Asked(
        _data(panel, description, kind),
        validation,
        columns,
        Window(look_back=description.look_back, horizon=description.horizon),
        Split(test=1, validation=1),
        tuple(panel.columns),
        tuple(panel.static),
    )
    checks = [one for one in expect(asked) if one.name != LENGTH]
    checked = check(frame_of(panel, columns.static), checks)
    if not checked.success:
        raise DataError(failure_text(checked.outcomes))


def _data(panel: Panel, description: Description, kind: str) -> DataBlock:
    """As if all had been asked for up to the panel's last cutoff."""
    return DataBlock.model_validate(
        {
            "source": "panel",
            "end": time_text(_last_cutoff(panel, description)),
            "calendar": description.calendar,
            "season": description.season,
            "kind": kind,
        }
    )


def _last_cutoff(panel: Panel, description: Description) -> np.generic:
    """The latest time at which anything is there that is not known ahead."""
    features = Channels(**dict(description.features))
    known = known_columns(features, panel.columns)
    reads = needed_columns(features.target + features.past, panel.columns)
    there = [~np.isnan(panel.columns[name]) for name in reads if name in panel.columns and name not in known]
    some = np.logical_or.reduce(there) if known and there else np.ones(len(panel), np.bool_)
    last: np.generic = panel.ds[some].max() if some.any() else panel.ds.max()
    return last
