"""How a file writes times and decimals, as far as its cells tell."""

import pandas as pd

from reprocast.data.sources.cells import is_missing
from reprocast.errors import DataError

DATES = ("%d.%m.%Y", "%d/%m/%Y", "%m/%d/%Y", "%d-%m-%Y", "%m-%d-%Y", "%Y/%m/%d", "%Y.%m.%d")
HOURS = ("", " %H:%M", " %H:%M:%S", "T%H:%M", "T%H:%M:%S")
MOST = 0.9
"""Share of the cells that must fit: a broken one is to be named when the file is read."""
COMMA = r"[-+]?\d+,\d+([eE][-+]?\d+)?"
POINT = r"[-+]?\d*\.\d+([eE][-+]?\d+)?"


def is_iso(cells: pd.Series) -> bool:
    """Whether nearly all cells are ISO times."""
    if pd.api.types.is_datetime64_any_dtype(cells):
        return True
    if pd.api.types.is_numeric_dtype(cells):
        return False
    text = _text(cells)
    dashed = text.where(text.str.contains(r"^\d{4}-"))
    return bool(pd.to_datetime(dashed, format="ISO8601", errors="coerce", utc=True).notna().mean() > MOST)


def date_format(cells: pd.Series, file: str) -> str | None:
    """The format in which nearly all cells are written, as in strptime; None if no usual one fits.

    Raises:
        DataError: day and month cannot be told apart.
    """
    if pd.api.types.is_datetime64_any_dtype(cells) or pd.api.types.is_numeric_dtype(cells):
        return None
    text = _text(cells)
    if text.str.contains(r"^\d{1,4}[./-]\d").mean() <= MOST:
        return None
    fitting = [written for date in DATES for hour in HOURS if _fits(text, written := date + hour)]
    if len(fitting) > 1:
        raise DataError(
            f"{file}, column {cells.name}: {text.iloc[0]!r} may be {' or '.join(fitting)}; write times in "
            "ISO 8601 (2013-03-31), or write params.yaml by hand, with data.date_format"
        )
    return fitting[0] if fitting else None


def decimal(frame: pd.DataFrame) -> str:
    """What separates decimals: a comma if most cells of a column have one and no column has points."""
    texts = [_text(frame[name]) for name in frame if not pd.api.types.is_numeric_dtype(frame[name])]
    return (
        "," if any(_most(text, COMMA) for text in texts) and not any(_most(t, POINT) for t in texts) else "."
    )


def _fits(text: pd.Series, written: str) -> bool:
    return bool(pd.to_datetime(text, format=written, errors="coerce").notna().mean() > MOST)


def _most(text: pd.Series, pattern: str) -> bool:
    present = text[~is_missing(text)]
    return bool(len(present) and present.str.fullmatch(pattern).mean() > 0.5)


def _text(cells: pd.Series) -> pd.Series:
    return cells.astype(str).str.strip()
