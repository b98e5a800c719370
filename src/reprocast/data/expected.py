"""What params.yaml asks for, as far as expectations need it, and the form that they share."""

from dataclasses import dataclass
from datetime import datetime, time
from functools import cached_property
from typing import Any, Literal

from reprocast.data import quiet_gx as gxe
from reprocast.data.transforms import needed_columns, rows_lost
from reprocast.params.columns import Columns
from reprocast.params.data import DataBlock
from reprocast.params.validation import Validation
from reprocast.params.window import Split, Window

PRICES = ("open", "high", "low", "close")
REPAIR = "repair the data"
Severity = Literal["error", "warning"]


@dataclass(frozen=True)
class Check:
    """An expectation with our name for it, the column it is about and what to do when it fails."""

    name: str
    column: str
    expectation: gxe.Expectation
    remedy: str = REPAIR
    fault: str = "series {series} fails in {count} of {of} rows"
    """How a finding reads."""
    severity: Severity = "error"
    """Errors stop the pipeline, warnings are listed."""


@dataclass(frozen=True)
class Asked:
    """The blocks of params.yaml that decide what is expected, and the columns that there are."""

    data: DataBlock
    validation: Validation
    columns: Columns
    window: Window
    split: Split
    there: tuple[str, ...]
    """Value columns of the panel; only in these are values looked at."""
    static_there: tuple[str, ...] = ()
    """Columns of the panel that are static as they come."""

    @property
    def end(self) -> str | int:
        """The as-of date as an ISO time (or a step): a date means its whole day."""
        if isinstance(self.data.end, int):
            return self.data.end
        instant = datetime.fromisoformat(self.data.end)
        whole_day = len(self.data.end) <= len("2013-03-01")
        return (datetime.combine(instant, time.max) if whole_day else instant).isoformat()

    @cached_property
    def used(self) -> tuple[str, ...]:
        """Columns of the panel that the run reads, static ones apart."""
        columns = self.columns
        return needed_columns(columns.target + columns.past + columns.future, self.there)

    @cached_property
    def targets(self) -> tuple[str, ...]:
        """Columns that the targets read."""
        return needed_columns(self.columns.target, self.there)

    @cached_property
    def known_ahead(self) -> tuple[str, ...]:
        """Columns of the panel that are known ahead."""
        return tuple(name for name in needed_columns(self.columns.future, self.there) if name in self.there)

    @cached_property
    def seen(self) -> tuple[str, ...]:
        """Columns that are known up to now only, those of prices too."""
        names = self.used + (PRICES if self.data.kind == "prices" else ())
        return tuple(dict.fromkeys(name for name in names if name not in self.known_ahead))

    @property
    def window_rows(self) -> int:
        """Rows that hold one window: its steps, and those that lags lose."""
        columns = self.columns
        lost = rows_lost(columns.target + columns.past + columns.future, self.there)
        return self.window.look_back + self.window.horizon + lost

    @property
    def rows_needed(self) -> int:
        """Rows for one training window and the splits of all folds with their embargoes.

        Where splits are dates or fractions, for one window.
        """
        split = self.split
        if not (isinstance(split.test, int) and isinstance(split.validation, int)):
            return self.window_rows
        older = (split.folds - 1) * (split.step or split.test)
        return self.window_rows + split.validation + split.test + 2 * self.window.embargo + older


def made(expectation: type[gxe.Expectation], statement: str, **fields: Any) -> gxe.Expectation:
    """An expectation with its statement, which Data Docs show as it is."""
    return expectation(description=statement, **fields)


def percent(share: float) -> str:
    """A share as it is said."""
    return f"{100 * share:.4g} %"
