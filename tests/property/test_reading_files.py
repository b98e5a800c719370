"""The quick reading of a CSV gives the cells of the careful one, and cells mean what plain Python says."""

import math
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reprocast.data.sources import quotes
from reprocast.data.sources.cells import MISSING, Place, to_numbers, to_text
from reprocast.data.sources.csv_tables import read_carefully, read_quickly
from reprocast.data.sources.parts import Part
from reprocast.data.sources.times import Writing, to_steps, to_times
from reprocast.errors import DataError

CELLS = st.one_of(
    st.sampled_from(
        ["", " ", "1", "-2.5", "NA", "a b", "ü", "\ufeff", "'", "2024-01-01", "0", "\x0b", "\x85", "1e5"]
    ),
    st.text(st.characters(exclude_categories=("Cs",), exclude_characters='\r\n",;\t\0'), max_size=4),
)
"""Cells without what makes a reading careful."""
QUOTED = CELLS.map(lambda cell: f'"{cell}"') | st.sampled_from(
    ['""', '"a,b"', '"a;b"', '"a""b"', 'a"b', '"a"b']
)
ENDS = st.sampled_from(["\n", "\r\n", "\n\n", "\r\n\r\n"])


@st.composite
def texts(draw: st.DrawFn) -> bytes:
    """Files nearly in order; sometimes a row is too short, or a quote or a bare return stands somewhere."""
    cells = draw(st.sampled_from([CELLS, CELLS, CELLS | QUOTED, QUOTED]))
    separator, width = draw(st.sampled_from([",", ";", "\t"])), draw(st.integers(2, 4))
    rows = draw(st.lists(st.lists(cells, min_size=width, max_size=width), min_size=1, max_size=5))
    if draw(st.integers(0, 9)) == 0:
        rows[-1] = rows[-1][:-1]
    header = separator.join(f"c{n}" for n in range(width))
    text = draw(st.sampled_from(["", "\ufeff", "\n"]))
    text += "".join(line + draw(ENDS) for line in [header, *(separator.join(row) for row in rows)])
    if draw(st.integers(0, 5)) == 0:
        at = draw(st.integers(0, len(text)))
        text = text[:at] + draw(st.sampled_from(['"', "\r", "\0", separator, "\n"])) + text[at:]
    return text.encode()


@settings(max_examples=800, derandomize=True, database=None, deadline=None)
@given(texts())
def test_what_is_read_quickly_is_what_is_read_carefully(content: bytes) -> None:
    part = Part("mine.csv", content, is_csv=True)
    try:
        quick = read_quickly(part)
    except DataError:  # both refuse a column that stands twice
        with pytest.raises(DataError, match="stands twice"):
            read_carefully(part)
        return
    if quick is None:
        return
    careful = read_carefully(part)
    assert list(quick.columns) == list(careful.columns)
    for name, cells in quick.columns.items():
        assert cells.to_pylist() == careful.columns[name].to_pylist()


def test_plain_files_are_read_quickly() -> None:
    for text in ("a,b\n1,2\n", "\ufeffa;b\r\n1;2\r\n", "a\tb\n\n1\t2\n"):
        assert read_quickly(Part("mine.csv", text.encode(), is_csv=True)) is not None


def test_plain_quotes_are_read_quickly(monkeypatch: pytest.MonkeyPatch) -> None:
    """Also where a piece ends within the file."""
    text = '"a","b"\n' + '"1,5",""\r\n' * 20
    monkeypatch.setattr(quotes, "PIECE", 40)
    table = read_quickly(Part("mine.csv", text.encode(), is_csv=True))
    assert table is not None
    assert table.columns["a"].to_pylist() == ["1,5"] * 20
    for odd in ('"1\n2",3\n', '"1""2",3\n', '1"2,3"\n', '"1"2,3\n', '"1,2\n'):
        assert read_quickly(Part("mine.csv", (text + odd).encode(), is_csv=True)) is None


PLACE = Place("mine.csv", "line", range(2, 100))
NUMBERS = st.one_of(
    st.floats(allow_nan=False).map(repr),
    st.floats(allow_nan=False, allow_infinity=False).map("{:.17e}".format),
    st.integers().map(str),
    st.integers(-(2**63), 2**63 - 1).map("{:+d}".format),
    st.decimals(allow_nan=False, allow_infinity=False, places=6).map(str),
    st.sampled_from(
        [*sorted(MISSING), " 5 ", "5.", ".5", "-.5e-3", "007", "1e400", "-1e999", "1e-400", "0x10", "1_0"]
    ),
    st.sampled_from(
        ["Infinity", "-INF", "nan(1)", "１", "1 2", "1,5", "1.2.3", "--1", "e5", ".", "+", "-nan", "٣"]
    ),
)


def meant(cell: str) -> float | None:
    """What plain Python takes a cell for; None for what is no number of 64 bits."""
    text = cell.strip()
    if text in MISSING or text.lower() == "nan":
        return math.nan
    if not text.isascii() or "_" in text:
        return None
    try:
        value = float(text)
    except ValueError:
        return None
    return None if math.isnan(value) or (math.isinf(value) and "inf" not in text.lower()) else value


@settings(max_examples=400, derandomize=True, database=None, deadline=None)
@given(st.lists(NUMBERS, min_size=1, max_size=4), st.booleans())
def test_a_number_is_what_python_takes_it_for(cells: list[str], comma: bool) -> None:
    if comma:
        cells = [cell.replace(".", ",") for cell in cells]
    values = [meant(cell.replace(",", ".") if comma else cell) for cell in cells]
    present = [cell for cell in cells if cell.strip() not in MISSING]
    bad = [n for n, value in enumerate(values) if value is None]
    found: object = "refused"
    with suppress(DataError):
        found = to_numbers(pa.chunked_array([cells]), "load", PLACE, "," if comma else ".")
    if isinstance(found, np.ndarray):
        np.testing.assert_array_equal(found.astype(np.float64), np.asarray(values, np.float64))
    elif found is None:  # nothing but text
        assert present
        assert len(bad) == len(present)
    else:
        assert bad


def test_whole_numbers_stay_whole() -> None:
    whole = to_numbers(pa.chunked_array([["9007199254740993", "-1"]]), "n", PLACE)
    assert whole is not None
    assert whole.dtype == np.int64
    assert whole.tolist() == [9007199254740993, -1]


@settings(max_examples=200, derandomize=True, database=None, deadline=None)
@given(
    st.lists(st.datetimes(datetime(1900, 1, 1), datetime(2100, 1, 1)), min_size=1, max_size=5),
    st.sampled_from(
        ["%Y-%m-%dT%H:%M:%S.%f", "%Y-%m-%d %H:%M", "%Y-%m-%d", "%d.%m.%Y %H:%M:%S.%f", "%m/%d/%y %I:%M %p"]
    ),
)
def test_a_time_is_what_python_takes_it_for(times: list[datetime], written: str) -> None:
    cells = [time.strftime(written) for time in times]
    ours = None if written.startswith("%Y") else written
    found = to_times(pa.chunked_array([cells]), "ds", PLACE, Writing(ours))
    assert found.tolist() == [datetime.strptime(cell, written) for cell in cells]


CHANGES = st.builds(
    lambda day, minutes: datetime(2024, *day) + timedelta(minutes=minutes),
    st.sampled_from([(3, 10), (3, 31), (4, 7), (10, 6), (10, 27), (11, 3)]),
    st.integers(0, 240),
)
"""Around changes of clocks in Berlin, New York and on Lord Howe Island."""


@settings(max_examples=300, derandomize=True, database=None, deadline=None)
@given(
    st.lists(st.datetimes(datetime(1980, 1, 1), datetime(2030, 1, 1)) | CHANGES, min_size=1, max_size=4),
    st.sampled_from(["Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Asia/Kolkata", "UTC"]),
)
def test_local_times_become_the_instants_that_zoneinfo_knows(times: list[datetime], zone: str) -> None:
    """A local time stands for one instant if both readings of it (fold) agree and lead back to it."""
    local = [time.replace(tzinfo=ZoneInfo(zone)) for time in times]
    instants = [time.astimezone(UTC) for time in local]
    late = [time.replace(fold=1).astimezone(UTC) for time in local]
    cells = pa.chunked_array([[time.isoformat() for time in times]])
    if instants == late:
        found = to_times(cells, "ds", PLACE, Writing(zone=zone))
        assert found.tolist() == [time.replace(tzinfo=None) for time in instants]
    else:
        with pytest.raises(DataError, match=f"in {zone}, where clocks were changed"):
            to_times(cells, "ds", PLACE, Writing(zone=zone))


def test_steps_are_whole_numbers() -> None:
    assert to_steps(pa.chunked_array([["1", " +2", "-3"]]), "step", PLACE).tolist() == [1, 2, -3]
    with pytest.raises(DataError, match=r"line 3, column step: '1.5' is not a whole number"):
        to_steps(pa.chunked_array([["1", "1.5"]]), "step", PLACE)


def test_text_is_coded_word_by_word() -> None:
    text = to_text(pa.chunked_array([["b", " a", "NA"], ["a", "b ", ""]]))
    assert text.words[text.codes].tolist() == ["b", "a", "", "a", "b", ""]
    assert text.words.tolist() == ["", "a", "b"]
