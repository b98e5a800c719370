"""A table of the report: a caption, columns, and rows of text whose first cell names the row."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

Row = Mapping[str, Any]


@dataclass(frozen=True)
class Column:
    """One column: where its cells come from, what heads it, how they are written."""

    key: str
    label: str
    write: Callable[[Any], str] = str
    numeric: bool = True


@dataclass(frozen=True)
class Table:
    """Text, ready for HTML and Markdown."""

    caption: str
    labels: tuple[str, ...]
    numeric: tuple[bool, ...]
    rows: tuple[tuple[str, ...], ...]
    marks: Mapping[str, Any] = field(default_factory=dict)
    """What is drawn before a row's name, by name."""
    best: frozenset[str] = frozenset()
    """Names of rows that stand out."""


def table(caption: str, columns: Sequence[Column], rows: Sequence[Row], **looks: Any) -> Table:
    """Writes each row's values; columns that no row has a value for are left out."""
    shown = [
        column
        for n, column in enumerate(columns)
        if n == 0 or any(row.get(column.key) not in (None, "") for row in rows)
    ]
    cells = tuple(tuple(_cell(row.get(column.key), column) for column in shown) for row in rows)
    numeric = tuple(column.numeric for column in shown)
    return Table(caption, tuple(column.label for column in shown), numeric, cells, **looks)


def _cell(value: Any, column: Column) -> str:
    return "–" if value is None or value == "" else column.write(value)
