"""The expectations whose failure stops the pipeline, most important first: form, times, roles, values."""

from collections.abc import Sequence

from reprocast.data import expectation_classes as ours
from reprocast.data import quiet_gx as gxe
from reprocast.data.expected import REPAIR, Asked, Check, made, percent
from reprocast.data.value_expectations import values

LACKS = "series {series} lacks {count} of {of} rows"
LACKS_DUE = "series {series} lacks {count} of {of} due times"


def expect(asked: Asked) -> list[Check]:
    """The expectations that a panel must meet; which they are depends on `data.kind`."""
    return [
        *_form(asked),
        *_times(asked),
        *_calendar(asked),
        *_roles(asked),
        *values(asked),
    ]


def _form(asked: Asked) -> list[Check]:
    remedy = "name the columns right under columns, or map the file's names with data.rename"
    known = asked.seen + asked.known_ahead
    checks = []
    for name in dict.fromkeys((*asked.seen, *asked.used, *asked.columns.static)):
        exists = made(gxe.ExpectColumnToExist, f"column {name} must exist", column=name)
        checks.append(Check("column_exists", name, exists, remedy))
    checks.append(_type("ds", ["int64" if asked.data.calendar == "step" else "datetime64[us]"]))
    checks += [_type(name, ["float64", "int64"]) for name in known if name in asked.there]
    return checks


def _type(column: str, types: Sequence[str]) -> Check:
    remedy = "set data.calendar: step for integer steps only" if column == "ds" else REPAIR
    statement = f"{column} must hold {' or '.join(types)}"
    expectation = made(gxe.ExpectColumnValuesToBeInTypeList, statement, column=column, type_list=list(types))
    return Check("column_type", column, expectation, remedy)


def _times(asked: Asked) -> list[Check]:
    end, ahead = asked.data.end, asked.known_ahead
    present = made(gxe.ExpectColumnValuesToNotBeNull, "each row must have a time (ds)", column="ds")
    increase = made(
        ours.ExpectTimesToIncrease,
        "the times (ds) of a series must increase, none standing twice",
        end=asked.end,
    )
    only = f"after {end} (ds) only {', '.join(ahead)} may hold values" if ahead else ""
    nothing = made(
        ours.ExpectNothingAfter,
        only or f"no time (ds) must be after {end}",
        end=asked.end,
        known_ahead=ahead and (*ahead, *asked.columns.static),
    )
    needed, window = asked.rows_needed, asked.window_rows
    also = f", and one of them {window} rows" if window < needed else ""
    long_enough = made(
        ours.ExpectEnoughTimes,
        f"the series together must have {needed} times (ds){also}",
        end=asked.end,
        needed=needed,
        window=window,
    )
    longer = "take longer series, or less of window.look_back, window.horizon, split.validation, split.test"
    return [
        Check("time_present", "ds", present),
        Check("times_increase", "ds", increase, "sort each series by time and drop what stands twice"),
        Check("not_after_end", "ds", nothing, "drop these rows or move data.end"),
        Check("enough_times", "ds", long_enough, longer, LACKS),
    ]


def _calendar(asked: Asked) -> list[Check]:
    """Events come when they come: nothing is due, so nothing is a gap, late or out of place."""
    if asked.data.kind == "events":
        return []
    wanted = [_due(asked), _gaps(asked), _fresh(asked)]
    return [one for one in wanted if one]


def _due(asked: Asked) -> Check | None:
    share, name = asked.validation.off_calendar_share, asked.data.calendar
    if share is None:
        return None
    few = f"at most {percent(share)} of the rows (ds) may stand at times that calendar {name} does not have"
    statement = few if share else f"rows (ds) must stand at times of calendar {name} only"
    due = made(ours.ExpectTimesToBeDue, statement, end=asked.end, calendar=name, share=share)
    remedy = "set data.calendar to that of the data, drop these rows, or raise validation.off_calendar_share"
    return Check("times_due", "ds", due, remedy)


def _gaps(asked: Asked) -> Check | None:
    share, name = asked.validation.gap_share, asked.data.calendar
    if share is None:
        return None
    some = f"at most {percent(share)} of the times (ds) due by calendar {name} may have no row"
    statement = some if share else f"each time (ds) due by calendar {name} must have a row"
    gaps = made(ours.ExpectFewGaps, statement, end=asked.end, calendar=name, share=share)
    remedy = "repair the data, or raise validation.gap_share and choose window.missing"
    return Check("gap_share", "ds", gaps, remedy, LACKS_DUE)


def _fresh(asked: Asked) -> Check | None:
    steps, name = asked.validation.stale_steps, asked.data.calendar
    if steps is None:
        return None
    statement = f"a series (ds) must end at most {steps} due times ({name}) before {asked.data.end}"
    fresh = made(ours.ExpectFreshSeries, statement, end=asked.end, calendar=name, steps=steps)
    remedy = "raise validation.stale_steps, move data.end back or fetch newer data"
    return Check("fresh", "ds", fresh, remedy, "series {series} lacks {count} due times")


def _roles(asked: Asked) -> list[Check]:
    return [
        *(_ahead(asked, name) for name in asked.known_ahead),
        *(_static(asked, name) for name in asked.columns.static if name in asked.there + asked.static_there),
    ]


def _ahead(asked: Asked, column: str) -> Check:
    steps, calendar = asked.window.horizon, asked.data.calendar
    expectation = made(
        ours.ExpectKnownAhead,
        f"{column} must be known at the {steps} due times ({calendar}) after a series' last target",
        end=asked.end,
        column=column,
        targets=tuple(name for name in asked.targets if name in asked.there),
        calendar=calendar,
        steps=steps,
    )
    remedy = f"give {column} further ahead, name it under columns.past, or move data.end back"
    return Check("known_ahead", column, expectation, remedy, LACKS_DUE)


def _static(asked: Asked, column: str) -> Check:
    statement = f"{column} must have one value in each series"
    constant = made(ours.ExpectConstantSeries, statement, end=asked.end, column=column)
    return Check("static_constant", column, constant, "repair the data, or name it under columns.past")
