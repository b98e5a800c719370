"""From rows in any order of series to a panel; rows that break the form are refused by row and reason.

Legend: N series, T rows, W distinct words.
"""

from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from reprocast.errors import DataError
from reprocast.panel.form import Column, Panel, Times, time_text

OWN = ("unique_id", "ds")
"""Names that the panel keeps for itself."""


class Coded(NamedTuple):
    """Text of rows as positions in a list of distinct words: a few bytes a row instead of a string."""

    codes: NDArray[Any]
    """Position of each row's word (T,), int32 or int64."""
    words: NDArray[np.object_]
    """The words (W,), each once."""


def coded(cells: pd.Series) -> Coded:
    """A column of names or texts; a missing one is the empty text."""
    codes, words = pd.factorize(cells, use_na_sentinel=True)
    texts = np.asarray([str(word) for word in words], dtype=object)
    if len(codes) and codes.min() < 0:
        texts, codes = np.append(texts, ""), np.where(codes < 0, len(texts), codes)
    distinct, same = np.unique(texts, return_inverse=True)  # 1 and "1" are one word
    return Coded(same[codes].astype(np.int64), distinct)


def from_frame(frame: pd.DataFrame) -> Panel:
    """A panel from a long frame with `unique_id` and `ds`, in which each series stands in order of time.

    Columns of text that are constant within each series become static.

    Raises:
        DataError: a series' times do not increase, or a column is neither number nor truth value nor
            constant text; the message names series, row (from 0, within the frame) and reason.
    """
    ids, ds = coded(frame["unique_id"]), _times(frame["ds"])
    others = {str(name): frame[name] for name in frame.columns if name not in OWN}
    texts = {name: coded(cells) for name, cells in others.items() if _is_text(cells)}
    columns = {name: _numbers(cells) for name, cells in others.items() if name not in texts}
    panel, varying = from_rows(ids, ds, columns, texts)
    for name in varying:
        raise DataError(f"column {name}: holds {others[name].dtype}, not numbers, and is {varying[name]}")
    return panel


def from_rows(
    ids: Coded, ds: Times, columns: Mapping[str, Column], texts: Mapping[str, Coded]
) -> tuple[Panel, dict[str, str]]:
    """A panel from rows, and the text columns that are left out, each with the reason.

    Args:
        ids: the series of each row (T,).
        ds: the time of each row (T,), increasing within a series.
        columns: numbers (T,).
        texts: text (T,); such that is constant within each series becomes static.

    Raises:
        DataError: a series' times do not increase; series, row and reason.
    """
    wrong = disorder(ids.codes, ds)
    if wrong:
        raise DataError(f"series {ids.words[ids.codes[wrong[0]]]}, row {wrong[0]}: {wrong[1]}")
    series, names, offsets = _series(ids)
    order = _order(series)
    static, varying = _constant(names, offsets, {name: text.codes[order] for name, text in texts.items()})
    return Panel(
        names,
        offsets,
        ds[order],
        {name: values[order] for name, values in columns.items()},
        {name: texts[name].words[codes] for name, codes in static.items()},
    ), varying


def disorder(series: NDArray[Any], ds: Times) -> tuple[int, str] | None:
    """The first row (from 0) whose time is missing or not after its series' row before, and the reason.

    Args:
        series: a number for the series of each row (T,).
        ds: the time of each row (T,).
    """
    missing = np.flatnonzero(np.isnat(ds)) if ds.dtype.kind == "M" else np.zeros(0, np.int64)
    if len(missing):
        return int(missing[0]), "the time is missing"
    order = _order(series)
    mine, times = series[order], ds[order]
    wrong = np.flatnonzero((mine[1:] == mine[:-1]) & ~(times[1:] > times[:-1]))
    if not len(wrong):
        return None
    rows = np.arange(len(ds))[order]
    first = wrong[np.argmin(rows[wrong + 1])]
    row, before = int(rows[first + 1]), int(rows[first])
    twice = ds[row] == ds[before]
    time, last = time_text(ds[row]), time_text(ds[before])
    return row, f"{time} stands twice" if twice else f"{time} comes after {last}; sort by time"


def _order(series: NDArray[Any]) -> Any:
    """What brings rows together by series, each in its own order; a slice where they already are."""
    if (series[1:] >= series[:-1]).all():
        return slice(None)
    return np.argsort(series, kind="stable")


def _series(ids: Coded) -> tuple[NDArray[Any], tuple[str, ...], NDArray[np.int64]]:
    """Each row's series by rank of name (T,), the names that have rows (N,), and offsets (N+1,)."""
    by_name = np.argsort(ids.words, kind="stable")
    lengths = np.bincount(ids.codes, minlength=len(ids.words))[by_name]
    rank = np.empty(len(by_name), np.int32)
    rank[by_name] = np.cumsum(lengths > 0) - 1
    names = tuple(str(name) for name in ids.words[by_name][lengths > 0])
    return rank[ids.codes], names, np.concatenate([[0], np.cumsum(lengths[lengths > 0])]).astype(np.int64)


def _constant(
    names: tuple[str, ...], offsets: NDArray[np.int64], texts: Mapping[str, NDArray[Any]]
) -> tuple[dict[str, NDArray[Any]], dict[str, str]]:
    """Codes per series (N,) of the texts (T,) that are constant within each, and why the others are not."""
    static, varying = dict[str, NDArray[Any]](), dict[str, str]()
    for name, codes in texts.items():
        first = codes[offsets[:-1]]
        other = np.flatnonzero(codes != np.repeat(first, np.diff(offsets)))
        if len(other):
            series = names[int(np.searchsorted(offsets, other[0], side="right")) - 1]
            varying[name] = f"text that varies within series {series}"
        else:
            static[name] = first
    return static, varying


def _times(values: pd.Series) -> Times:
    if pd.api.types.is_integer_dtype(values):
        return values.to_numpy(dtype=np.int64)
    if not pd.api.types.is_datetime64_any_dtype(values):
        raise DataError(f"ds: {values.dtype} is neither a timestamp nor an integer step")
    if values.dt.tz is not None:
        values = values.dt.tz_convert("UTC").dt.tz_localize(None)
    return values.to_numpy(dtype="datetime64[us]")


def _is_text(values: pd.Series) -> bool:
    words = values.cat.categories if isinstance(values.dtype, pd.CategoricalDtype) else values
    return pd.api.types.infer_dtype(words, skipna=True) == "string"


def _numbers(values: pd.Series) -> Column:
    if pd.api.types.is_bool_dtype(values) or pd.api.types.is_integer_dtype(values):
        if not values.hasnans:
            return values.to_numpy(dtype=np.int64)
        return values.to_numpy(dtype=np.float64, na_value=np.nan)
    if pd.api.types.is_float_dtype(values):
        return values.to_numpy(dtype=np.float64, na_value=np.nan)
    raise DataError(f"column {values.name}: holds {values.dtype}, not numbers")
