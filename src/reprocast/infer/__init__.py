"""What `reprocast init FILE` knows: from a look at a file to the text of a params.yaml that runs."""

import math
import os
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from reprocast.data.asof import time_value
from reprocast.data.calendars import due_times
from reprocast.data.regular import regular
from reprocast.data.sources.files import ask, look
from reprocast.errors import DataError
from reprocast.infer.frequency import Frequency, frequency
from reprocast.infer.roles import FileRoles, file_roles
from reprocast.infer.sizes import sizes
from reprocast.infer.text import Findings, params_text
from reprocast.panel import Panel
from reprocast.params.data import FilesData
from reprocast.params.operations import Operations

FRESH = 5
"""Due times that a series may end before the others without a word."""
MOST_MISSING = 0.2
"""A column with a larger share of missing values is not used."""


@dataclass(frozen=True)
class _Columns:
    """What `columns` names, and what is left out."""

    target: str
    past: tuple[str, ...]
    left_out: tuple[str, ...]
    missing_share: float


def infer(path: Path) -> str:
    """The text of a params.yaml that learns to forecast the series in a file.

    Args:
        path: a .csv, .csv.gz or .parquet file; params.yaml names it relative to the present folder.

    Raises:
        NoInputError, UsageError, DataError: what is wrong with the file, or why it is no use.
    """
    file = Path(os.path.relpath(path)).as_posix()
    roles = file_roles(look(Path(file)).to_frame(), file)
    return params_text(_findings(file, roles, _read(file, roles)))


def _findings(file: str, roles: FileRoles, panel: Panel) -> Findings:
    prices = roles.prices and _all_positive(panel)
    found = frequency(panel, prices=prices, file=file)
    columns = _price_columns(panel) if prices else _columns(panel, file)
    return Findings(
        file=file,
        roles=roles,
        prices=prices,
        frequency=found,
        sizes=sizes(panel, found, file),
        start=time_value(panel.ds.min()),
        end=time_value(panel.ds.max()),
        series=panel.ids,
        target=columns.target,
        past=columns.past,
        left_out=columns.left_out,
        missing_share=_rounded_up(columns.missing_share),
        gap_share=_rounded_up(found.gap_share),
        longest_gap=_longest_gap(panel, found.calendar, (columns.target, *columns.past)),
        stale_steps=max(FRESH, _stale_steps(panel, found)),
    )


def _read(file: str, roles: FileRoles) -> Panel:
    """The whole file as the source `files` reads it, faults named."""
    block = FilesData(
        source="files",
        path=file,
        form=roles.form,
        id=roles.id,
        time=roles.time,
        rename=roles.rename,
        date_format=roles.date_format,
        decimal=roles.decimal,
        end=0 if roles.steps else "9999-12-31",
        calendar="step" if roles.steps else "D",
        season=1,
    )
    return ask(block, Operations()).panel


def _all_positive(panel: Panel) -> bool:
    return all(bool((panel.columns[name] > 0).all()) for name in ("open", "high", "low", "close"))


def _price_columns(panel: Panel) -> _Columns:
    """Volatility from its own past, returns and volume."""
    volume = ("log_volume",) if "volume" in panel.columns and (panel.columns["volume"] >= 0).all() else ()
    used = {"open", "high", "low", "close", "adj_close", "split", "dividend", "volume"}
    left_out = tuple(name for name in panel.columns if name not in used)
    return _Columns("log_volatility", ("log_return", *volume), left_out, 0.0)


def _columns(panel: Panel, file: str) -> _Columns:
    """The first column that varies is forecast from itself and the others."""
    missing = {name: _missing_share(panel, name) for name in panel.columns}
    used = [name for name in missing if missing[name] <= MOST_MISSING and _varies(panel, name)]
    if not used:
        raise DataError(
            f"{file}: no column of numbers varies and is there in most rows; nothing can be forecast"
        )
    left_out = tuple(name for name in missing if name not in used)
    return _Columns(used[0], tuple(used[1:]), left_out, max(missing[name] for name in used))


def _missing_share(panel: Panel, name: str) -> float:
    """The largest share of missing values over the series."""
    return max(float(np.isnan(panel.columns[name][rows]).mean()) for _, rows in panel.rows())


def _longest_gap(panel: Panel, calendar: str, used: tuple[str, ...]) -> int:
    """Most due times in a row at which a series lacks a value that is used, between two that it has."""
    due, longest = regular(panel, calendar), 0
    for name in set(used) & set(due.columns):
        for _, rows in due.rows():
            present = np.flatnonzero(~np.isnan(due.columns[name][rows]))
            longest = max(longest, int(np.diff(present).max(initial=1)) - 1)
    return longest


def _varies(panel: Panel, name: str) -> bool:
    values = panel.columns[name]
    return bool(np.nanmin(values) < np.nanmax(values)) and bool(np.isfinite(values[~np.isnan(values)]).all())


def _stale_steps(panel: Panel, found: Frequency) -> int:
    """Due times between the end of the series that ends first and the end of all."""
    last = min(panel.ds[rows.stop - 1] for _, rows in panel.rows())
    return len(due_times(found.calendar, last, panel.ds.max())) - 1


def _rounded_up(share: float) -> float:
    return math.ceil(share * 100 - 1e-9) / 100
