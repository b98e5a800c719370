"""The expectations that params.yaml asks for, most important first: form, times, values, prices."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, time

from reprocast.data import expectation_classes as ours
from reprocast.data import quiet_gx as gxe
from reprocast.params.data import DataBlock
from reprocast.params.validation import Validation
from reprocast.params.window import Split, Window

PRICES = ("open", "high", "low", "close")
ORDERED = (("high", "low"), ("open", "low"), ("close", "low"), ("high", "open"), ("high", "close"))
"""Pairs of which the first must not be below the second."""
LARGEST = 1.7976931348623157e308
"""The largest finite float64."""
REPAIR = "repair the data"
NO_PRICES = "repair the data, or set data.kind: numeric if these are no prices"


@dataclass(frozen=True)
class Check:
    """An expectation with our name for it, the column it is about and what to do when it fails."""

    name: str
    column: str
    expectation: gxe.Expectation
    remedy: str = REPAIR
    fault: str = "series {series} fails in {count} of {of} rows"
    """How a finding reads."""


def expect(
    data: DataBlock,
    validation: Validation,
    window: Window,
    split: Split,
    used: Sequence[str],
    there: Collection[str],
) -> list[Check]:
    """The expectations about a panel.

    Args:
        data: kind, calendar and as-of date decide what is expected.
        validation: thresholds.
        window: a series must be long enough for one window …
        split: … and for the splits, if they are counts of steps.
        used: columns of the panel that the run needs.
        there: columns the panel has; only in these are values looked at.
    """
    prices = data.kind == "prices"
    wanted = tuple(dict.fromkeys((*used, *(PRICES if prices else ()))))
    values = [name for name in wanted if name in there]
    return [
        *_form(data, wanted, values),
        *_times(data),
        _enough_rows(window, split),
        *_calendar(data, validation),
        *(_finite(name) for name in values),
        *(_present(name, validation) for name in used if name in there),
        *(_prices(there) if prices else ()),
    ]


def rows_needed(window: Window, split: Split) -> int:
    """Rows a series must have: one training window, and the splits with embargoes if they are counts."""
    one = window.look_back + window.horizon
    if isinstance(split.test, int) and isinstance(split.validation, int):
        return one + split.validation + split.test + 2 * window.embargo
    return one


def _form(data: DataBlock, wanted: Sequence[str], values: Sequence[str]) -> list[Check]:
    remedy = "name the columns right under columns, or map the file's names with data.rename"
    made = []
    for name in wanted:
        exists = gxe.ExpectColumnToExist(column=name, description=f"column {name} must exist")
        made.append(Check("column_exists", name, exists, remedy))
    made.append(_type("ds", ["int64" if data.calendar == "step" else "datetime64[us]"]))
    made += [_type(name, ["float64", "int64"]) for name in values]
    return made


def _type(column: str, types: list[str]) -> Check:
    remedy = "set data.calendar: step for integer steps only" if column == "ds" else REPAIR
    expectation = gxe.ExpectColumnValuesToBeInTypeList(
        column=column, type_list=types, description=f"{column} must hold {' or '.join(types)}"
    )
    return Check("column_type", column, expectation, remedy)


def _times(data: DataBlock) -> list[Check]:
    present = gxe.ExpectColumnValuesToNotBeNull(column="ds", description="each row must have a time (ds)")
    increase = ours.ExpectTimesToIncrease(
        description="the times (ds) of a series must increase, none standing twice"
    )
    end = ours.ExpectNothingAfter(
        end=last_instant(data.end), description=f"no time (ds) must be after {data.end}"
    )
    return [
        Check("time_present", "ds", present),
        Check("times_increase", "ds", increase, "sort each series by time and drop what stands twice"),
        Check("not_after_end", "ds", end, "drop these rows or move data.end"),
    ]


def last_instant(end: str | int) -> str | int:
    """The as-of date as an ISO time (or a step): a date means its whole day."""
    if isinstance(end, int):
        return end
    instant = datetime.fromisoformat(end)
    whole_day = len(end) <= len("2013-03-01")
    return (datetime.combine(instant, time.max) if whole_day else instant).isoformat()


def _enough_rows(window: Window, split: Split) -> Check:
    needed = rows_needed(window, split)
    statement = f"a series (ds) must have at least {needed} rows"
    remedy = "take longer series, or less of window.look_back, window.horizon, split.validation, split.test"
    expectation = ours.ExpectEnoughRows(needed=needed, description=statement)
    return Check("enough_rows", "ds", expectation, remedy, "series {series} lacks {count} of {of} rows")


def _finite(column: str) -> Check:
    expectation = gxe.ExpectColumnValuesToBeBetween(
        column=column, min_value=-LARGEST, max_value=LARGEST, description=f"{column} must be finite"
    )
    return Check("values_finite", column, expectation)


def _present(column: str, validation: Validation) -> Check:
    share = validation.missing_share
    statement = f"at most {100 * share:.4g} % of a series' {column} may be missing"
    expectation = ours.ExpectFewMissingValues(
        column=column, share=share, description=statement if share else f"{column} must not be missing"
    )
    return Check("missing_share", column, expectation, "raise validation.missing_share or repair the data")


def _prices(there: Collection[str]) -> list[Check]:
    made = []
    for name in PRICES:
        if name in there:
            positive = gxe.ExpectColumnValuesToBeBetween(
                column=name, min_value=0, strict_min=True, description=f"{name} must be above 0"
            )
            made.append(Check("price_positive", name, positive, NO_PRICES))
    made += [_ordered(above, below) for above, below in ORDERED if above in there and below in there]
    if "volume" in there:
        volume = gxe.ExpectColumnValuesToBeBetween(
            column="volume", min_value=0, description="volume must not be negative"
        )
        made.append(Check("volume_not_negative", "volume", volume, NO_PRICES))
    return made


def _ordered(above: str, below: str) -> Check:
    """Rows in which either is missing are left to missing_share: one NaN would fail the pair."""
    expectation = gxe.ExpectColumnPairValuesAToBeGreaterThanB(
        column_A=above,
        column_B=below,
        or_equal=True,
        ignore_row_if="either_value_is_missing",
        description=f"{above} must not be below {below}",
    )
    return Check(f"{above}_not_below_{below}", above, expectation, NO_PRICES)


def _calendar(data: DataBlock, validation: Validation) -> list[Check]:
    name, share, steps = data.calendar, validation.gap_share, validation.stale_steps
    due = ours.ExpectTimesToBeDue(
        calendar=name, description=f"rows (ds) must stand at times of calendar {name} only"
    )
    some = f"at most {100 * share:.4g} % of the times (ds) due by calendar {name} may have no row"
    none = f"each time (ds) due by calendar {name} must have a row"
    gaps = ours.ExpectFewGaps(calendar=name, share=share, description=some if share else none)
    fresh = ours.ExpectFreshSeries(
        calendar=name,
        end=last_instant(data.end),
        steps=steps,
        description=f"a series (ds) must end at most {steps} due times ({name}) before {data.end}",
    )
    drop = "set data.calendar to that of the data, or drop these rows"
    repair = "raise validation.gap_share or repair the data"
    newer = "raise validation.stale_steps, move data.end back or fetch newer data"
    return [
        Check("times_due", "ds", due, drop),
        Check("gap_share", "ds", gaps, repair, "series {series} lacks {count} of {of} due times"),
        Check("fresh", "ds", fresh, newer, "series {series} lacks {count} due times"),
    ]
