"""The `data` block: which source answers, for which series, from when to when."""

import re
from datetime import UTC, datetime
from typing import Annotated, Literal, Self
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, Field, PositiveInt, StringConstraints, model_validator

from reprocast.params.base import Block, Instant
from reprocast.params.calendar import Calendar, yahoo_interval

DIRECTIVES = "YymdHMSfzjbBaAIpGVu%"
"""Of strptime, those that read the same everywhere."""


def _is_date_format(text: str) -> str:
    leap_day = datetime(2024, 2, 29, 13, 45, tzinfo=UTC)
    try:
        datetime.strptime(leap_day.strftime(text), text)
    except ValueError:
        raise ValueError("is no format of strptime like %d.%m.%Y %H:%M") from None
    odd = set(re.findall("%(.)", text)) - set(DIRECTIVES)
    if odd:
        raise ValueError(f"%{min(odd)} is not understood; there are %{', %'.join(DIRECTIVES)}")
    if not re.search("%[YyG]", text):
        raise ValueError("names no year (%Y)")
    return text


def _is_zone(text: str) -> str:
    try:
        ZoneInfo(text)
    except (ValueError, OSError, LookupError):
        raise ValueError("is no time zone like Europe/Berlin or UTC") from None
    return text


class DataBlock(Block):
    """What every source needs to know."""

    source: str
    """Which source answers."""
    start: Instant | int | None = None
    """First day (or integer step) asked for; none: from the first there is."""
    end: Instant | int
    """As-of date (or integer step), included: nothing later is ever read."""
    calendar: Calendar
    """When a value is due: an exchange's days (XNYS) or bars (XNYS@15min), a frequency (15min, D), `step`."""
    season: PositiveInt
    """Steps in a season, for the seasonal baselines and MASE."""
    kind: Literal["prices", "numeric", "counts", "events"] = "numeric"
    """Which expectations hold. prices: open, high, low and close agree. numeric: any numbers. counts: targets
    are whole and not negative. events: counts at irregular times, which the calendar does not judge."""
    vintage: Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{8,64}$")] | None = None
    """Pins one stored answer of the source by its hash (its first 8 digits suffice)."""

    @model_validator(mode="after")
    def _start_before_end(self) -> Self:
        if isinstance(self.end, int) != (self.calendar == "step"):
            raise ValueError("end is a whole number exactly when calendar is `step`")
        if self.start is None:
            return self
        if isinstance(self.start, int) != isinstance(self.end, int):
            raise ValueError("start and end must both be dates or both be integer steps")
        if not self.start < self.end:  # type: ignore[operator]  # same type, checked above
            raise ValueError(f"start {self.start} is not before end {self.end}")
        return self


class TickerBlock(DataBlock):
    """What sources that answer for names have in common."""

    series: Annotated[tuple[str, ...], Field(min_length=1)]
    """Tickers, or the names of a sample's series."""
    kind: Literal["prices", "numeric", "counts", "events"] = "prices"


class SampleData(TickerBlock):
    """An embedded sample of real data, which needs no network."""

    source: Literal["sample"]
    sample: Literal["stocks", "traffic", "weather"] = "stocks"
    """stocks: daily prices of AAPL, GOOG, IBM and MSFT, 2000-03 to 2013-03. traffic: vehicles an hour on I-94
    and the weather, 2016-10 to 2018-09. weather: of Seattle, daily, 2012 to 2015."""

    @model_validator(mode="after")
    def _only_stocks_have_prices(self) -> Self:
        if self.kind == "prices" and self.sample != "stocks":
            raise ValueError(f"kind prices: the sample {self.sample} has none; set kind: numeric")
        return self


class YahooData(TickerBlock):
    """Prices from Yahoo through yfinance, for personal use (mind Yahoo's terms); calendar says which bars."""

    source: Literal["yahoo"]

    @model_validator(mode="after")
    def _are_tickers(self) -> Self:
        for name in self.series:
            if not re.fullmatch(r"[\w^=.&$-]+", name, re.ASCII):
                raise ValueError(
                    f"series: {name!r} is no ticker of Yahoo's, like IBM, BRK-B, ^GSPC or SAP.DE"
                )
        return self

    @model_validator(mode="after")
    def _yahoo_has_such_bars(self) -> Self:
        if yahoo_interval(self.calendar) is None:
            raise ValueError(
                f"calendar {self.calendar}: Yahoo has bars of a day (XNYS, D, B), week or month (W, MS, ME), "
                "and of 1, 2, 5, 15, 30, 60 or 90 minutes (XNYS@15min, 15min)"
            )
        return self


Sha256 = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]


class FilesData(DataBlock):
    """CSV or Parquet files of one's own."""

    source: Literal["files"]
    path: str | Annotated[tuple[str, ...], Field(min_length=1, strict=False)]
    """A file or a glob, relative to the project, or an http(s) URL: .csv, .csv.gz, .parquet, or a .zip.
    Several in a list follow each other in time."""
    sha256: Sha256 | Annotated[tuple[Sha256, ...], Field(strict=False)] | None = None
    """Pins the content of the one file or URL; a list pins each of a list."""
    form: Literal["long", "wide", "rows"] = "long"
    """long: a row a series and time. wide: a row a time, a column a series (named `value`). rows: a row a
    series, its values side by side without times, as in the M competitions."""
    id: str | None = None
    """Column with the name of the series; none: each file is one series, named after the file, or (form
    rows) the first column."""
    time: str = "ds"
    """Column with the time (or the integer step)."""
    rename: dict[str, str] = Field(default_factory=dict)
    """The file's column names to the panel's, e.g. {Close: close}."""
    series: tuple[str, ...] = ()
    """Series to keep; none named: all."""
    date_format: Annotated[str, AfterValidator(_is_date_format)] | None = None
    """How times are written, as in strptime: "%d.%m.%Y %H:%M"; none: ISO 8601."""
    zone: Annotated[str, AfterValidator(_is_zone)] | None = None
    """Zone of local times without an offset, e.g. Europe/Berlin; they become UTC. None: they are UTC."""
    decimal: Literal[".", ","] = "."
    """What separates decimals in a CSV."""

    @model_validator(mode="after")
    def _steps_are_no_times(self) -> Self:
        for name in ("date_format", "zone"):
            if self.calendar == "step" and getattr(self, name):
                raise ValueError(f"{name} concerns times, but calendar is `step`")
        return self

    @model_validator(mode="after")
    def _rows_have_no_times(self) -> Self:
        if self.form == "rows":
            if self.calendar != "step":
                raise ValueError(f"form rows has no times, but calendar is {self.calendar}; set `step`")
            if self.time != "ds" or self.rename:
                raise ValueError("form rows has no columns but the names'; leave time and rename out")
        return self

    @model_validator(mode="after")
    def _each_path_has_its_pin(self) -> Self:
        paths, pins = self.path, self.sha256
        if isinstance(paths, str) != isinstance(pins, str) and pins is not None:
            raise ValueError("path and sha256 must both be one, or both be lists")
        if isinstance(paths, str):
            return self
        if pins is not None and len(pins) != len(paths):
            raise ValueError(f"path names {len(paths)} files, sha256 pins {len(pins)}; pin each or none")
        if pins is None and any(path.lower().startswith(("http://", "https://")) for path in paths):
            raise ValueError("a list of URLs is not asked again; pin each of them with sha256")
        return self

    @property
    def places(self) -> tuple[tuple[str, str | None], ...]:
        """Each path with its pin, in their order."""
        paths = (self.path,) if isinstance(self.path, str) else self.path
        pins = (self.sha256,) * len(paths) if isinstance(self.sha256, str | None) else self.sha256
        return tuple(zip(paths, pins, strict=True))


Data = Annotated[SampleData | YahooData | FilesData, Field(discriminator="source")]
