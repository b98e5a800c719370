"""One series a row, ragged at the right, no times: the form of the M competitions' files.

Files follow each other in time: the steps in a row of the second come after those of the same series in the
first, however long that is. Steps are numbered so that every series ends at the same one, the length of the
longest: nothing in the files says which steps of two series belong together, and splits, folds and the as-of
date count back from the end. A shorter series thus begins later, and its test span is the end of its own.
Legend: S series, W columns of values, T rows of the panel.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from reprocast.data.sources.cells import Place
from reprocast.data.sources.long_form import Rows, names_of, values
from reprocast.data.sources.table import Table
from reprocast.errors import DataError, first_names
from reprocast.panel import Coded
from reprocast.params.data import FilesData

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Sheet:
    """The rows of one file."""

    file: str
    """Its name, for messages."""
    series: dict[str, Floats]
    """Name -> the values of its row up to the last there is (t,); NaN where one is missing before it."""


def sheet(table: Table, data: FilesData) -> Sheet:
    """The rows of one file, checked.

    Raises:
        DataError: no such column, a series twice or without a value, or a cell that is no number.
    """
    place, column = table.place, data.id or next(iter(table.columns))
    if column not in table.columns:
        raise DataError(
            f"{place.file}: has no column {column} (data.id); it has {first_names(list(table.columns))}"
        )
    names = names_of(table.columns[column], column, place)
    ids = [str(names.words[code]) for code in names.codes]
    for row in np.setdiff1d(np.arange(len(ids)), np.unique(names.codes, return_index=True)[1])[:1].tolist():
        raise place.fault(row, column, f"series {ids[row]} stands twice; a series is one row")
    cells = _matrix({name: table.columns[name] for name in table.columns if name != column}, place, data)
    known = ~np.isnan(cells)
    for row in np.flatnonzero(~known.any(axis=1))[:1].tolist():
        raise place.fault(row, column, f"series {ids[row]} has no value in its row")
    lengths = cells.shape[1] - np.argmax(known[:, ::-1], axis=1)
    return Sheet(place.file, {name: cells[row, : lengths[row]] for row, name in enumerate(ids)})


def _matrix(columns: dict[str, object], place: Place, data: FilesData) -> Floats:
    """The cells beside the names as numbers (S, W); NaN where there is none."""
    found = []
    for name, cells in columns.items():
        numbers = values(cells, name, place, data.decimal)
        if isinstance(numbers, str | Coded):
            raise DataError(f"{place.file}, column {name}: holds no numbers, but data.form is rows")
        found.append(numbers.astype(np.float64))
    if not found:
        raise DataError(f"{place.file}: has no column beside the names; data.form is rows")
    return np.stack(found, axis=1)


def continued(sheets: Sequence[Sheet]) -> Rows:
    """Each series through all files, ending at one step, as rows of the panel; the values are called `value`.

    Raises:
        DataError: a series that one file has and another has not.
    """
    first = sheets[0]
    for other in sheets[1:]:
        _refuse_others(first, other)
    series = [np.concatenate([one.series[name] for one in sheets]) for name in first.series]
    lengths = np.asarray([len(steps) for steps in series])
    steps = [np.arange(lengths.max() - length, lengths.max()) + 1 for length in lengths]
    ids = Coded(
        np.repeat(np.arange(len(series), dtype=np.int32), lengths), np.asarray([*first.series], object)
    )
    return Rows(ids, np.concatenate(steps), {"value": np.concatenate(series)})


def _refuse_others(first: Sheet, other: Sheet) -> None:
    for one, two in ((first, other), (other, first)):
        lacking = [name for name in one.series if name not in two.series]
        if lacking:
            raise DataError(
                f"{two.file}: has no row of series {first_names(lacking)}, which {one.file} has; a series "
                "goes through all files"
            )
