"""The ways in which files break: each changes a sheet, and what it means where the meaning is still clear."""

import gzip
import math
import random
import zipfile
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from io import BytesIO
from zoneinfo import ZoneInfo

import pandas as pd
from property.sheets import Row, Sheet, zipped

Fault = Callable[[random.Random, Sheet], None]
MISSING = ["", "NA", "N/A", "n/a", "NaN", "nan", "null", "NULL", "None", "-", " NaN ", "NAN"]


def nothing(rng: random.Random, sheet: Sheet) -> None:
    """The file is as it should be."""


def _load(text: str, value: float | None) -> Fault:
    """One value is written so; None: it means no number."""

    def fault(rng: random.Random, sheet: Sheet) -> None:
        row = rng.choice(sheet.rows)
        row.load = text
        if value is None:
            sheet.must_fail = True
        else:
            row.means = (*row.means[:2], value)

    return fault


def _time(text: str) -> Fault:
    """One time is written so, which is none, or is out of order."""

    def fault(rng: random.Random, sheet: Sheet) -> None:
        rng.choice(sheet.rows[1:]).time = text
        sheet.must_fail = True

    return fault


def _edit(edit: Callable[[random.Random, bytes], bytes], *, fails: bool = True) -> Fault:
    """The bytes are changed so that the file can no longer mean what it meant."""

    def fault(rng: random.Random, sheet: Sheet) -> None:
        sheet.edit = lambda content: edit(rng, content)
        sheet.must_fail = fails

    return fault


def _pack(name: str, pack: Callable[[random.Random, bytes], bytes], *, fails: bool = True) -> Fault:
    def fault(rng: random.Random, sheet: Sheet) -> None:
        sheet.name, sheet.pack, sheet.must_fail = name, lambda content: pack(rng, content), fails

    return fault


def truncated(rng: random.Random, sheet: Sheet) -> None:
    """Cut anywhere: what is left is refused, or it is whole lines, which mean what they meant."""
    sheet.line_ends, sheet.encoding, sheet.pack, sheet.name = ("\n",), "utf-8", bytes, "mine.csv"
    whole = sheet.content()
    cut = (
        rng.randrange(len(whole))
        if rng.random() < 0.7
        else whole.index(b"\n", rng.randrange(len(whole) - 1)) + 1
    )
    kept = whole[:cut]
    sheet.edit = lambda _: kept
    sheet.must_fail = not kept.endswith(b"\n")
    del sheet.rows[max(kept.count(b"\n") - 1, 0) :]


def missing(rng: random.Random, sheet: Sheet) -> None:
    for row in rng.sample(sheet.rows, 3):
        row.load, row.means = rng.choice(MISSING), (*row.means[:2], math.nan)


def all_missing(rng: random.Random, sheet: Sheet) -> None:
    for row in sheet.rows:
        row.load, row.means = "NA", (*row.means[:2], math.nan)


def shuffled(rng: random.Random, sheet: Sheet) -> None:
    rng.shuffle(sheet.rows)


def backwards(rng: random.Random, sheet: Sheet) -> None:
    sheet.rows.reverse()
    sheet.must_fail = True


def interleaved(rng: random.Random, sheet: Sheet) -> None:
    """Series in turns, each in order: nothing is wrong with that."""
    sheet.rows.sort(key=lambda row: row.means[1])


def twice(rng: random.Random, sheet: Sheet) -> None:
    n = rng.randrange(len(sheet.rows))
    old = sheet.rows[n]
    sheet.rows.insert(n, Row(old.id, old.time, "1.5", old.means))
    sheet.must_fail = True


def gap(rng: random.Random, sheet: Sheet) -> None:
    del sheet.rows[rng.randrange(len(sheet.rows))]


def mixed_zones(rng: random.Random, sheet: Sheet) -> None:
    row = rng.choice(sheet.rows)
    row.time = f"{row.means[1]:%Y-%m-%dT%H:%M}{rng.choice(['Z', '+02:00', '-0500'])}"
    sheet.must_fail = True


def offsets(rng: random.Random, sheet: Sheet) -> None:
    """All with a zone, not all with the same."""
    for row in sheet.rows:
        hours = rng.choice([0, 2, 5])
        row.time = f"{row.means[1] + timedelta(hours=hours):%Y-%m-%dT%H:%M}+{hours:02d}:00"


def clocks(rng: random.Random, sheet: Sheet) -> None:
    """Hours of Berlin around a change of clocks, as a device writes them that knows of it, or not."""
    spring, honest = rng.random() < 0.5, rng.random() < 0.5
    first = datetime(2024, 3, 30, tzinfo=UTC) if spring else datetime(2024, 10, 26, tzinfo=UTC)
    begin = first.astimezone(ZoneInfo("Europe/Berlin")).replace(tzinfo=None)
    sheet.rows.clear()
    for n in range(48):
        instant = first + timedelta(hours=n)
        local = instant.astimezone(ZoneInfo("Europe/Berlin")) if honest else begin + timedelta(hours=n)
        means = ("a", instant.replace(tzinfo=None), float(n))
        sheet.rows.append(Row("a", f"{local:%Y-%m-%d %H:%M}", str(n), means))
    sheet.data |= {"zone": "Europe/Berlin", "calendar": "h"}
    sheet.must_fail = not (spring and honest)


def german(rng: random.Random, sheet: Sheet) -> None:
    """Decimal commas and dates with points, said in params.yaml or not."""
    sheet.separator, said = rng.choice([";", "\t", ","]), rng.random() < 0.7
    for row in sheet.rows:
        row.load, row.time = row.load.replace(".", ","), f"{row.means[1]:%d.%m.%Y}"
    if any("." in cell for cell in sheet.extra):
        sheet.header, sheet.extra = sheet.header[:3], []
    if said:
        sheet.data |= {"decimal": '","', "date_format": "'%d.%m.%Y'"}
    sheet.must_fail = not said


def thousands(rng: random.Random, sheet: Sheet) -> None:
    """1.234,5 with data.decimal: \",\": the point may mean anything."""
    row = rng.choice(sheet.rows)
    sheet.separator, row.load = ";", "1.234,5"
    sheet.header, sheet.extra = sheet.header[:3], []
    sheet.data["decimal"] = '","'
    sheet.must_fail = True


def american(rng: random.Random, sheet: Sheet) -> None:
    """Months first, but said to come second: the 13th month is noticed."""
    for row in sheet.rows:
        row.time = f"{row.means[1]:%m/%d/%Y}"
    right = rng.random() < 0.5
    sheet.data["date_format"] = "'%m/%d/%Y'" if right else "'%d/%m/%Y'"
    sheet.must_fail = not right


def no_header(rng: random.Random, sheet: Sheet) -> None:
    first = sheet.rows.pop(0)
    sheet.header = [first.id, first.time, first.load, *sheet.extra]
    sheet.must_fail = True


def header_twice(rng: random.Random, sheet: Sheet) -> None:
    sheet.header, sheet.extra = ["unique_id", "ds", "load", "load"], ["1"]
    sheet.must_fail = True


def other_header(rng: random.Random, sheet: Sheet) -> None:
    sheet.header[rng.randrange(3)] = "Load (kW)"
    sheet.must_fail = True


def ragged(rng: random.Random, sheet: Sheet) -> None:
    row = rng.choice(sheet.rows)
    row.load += sheet.separator + "7"
    sheet.quoted, sheet.must_fail = False, True
    sheet._cell = lambda cell: cell  # type: ignore[method-assign]
    for other in sheet.rows:
        other.id = other.id.replace(sheet.separator, "_")


def open_quote(rng: random.Random, sheet: Sheet) -> None:
    row, cell = rng.choice(sheet.rows), rng.choice(["id", "time", "load"])
    setattr(row, cell, rng.choice(['"{}', '{}"', '"{}" x']).format(getattr(row, cell)))
    sheet.quoted, sheet.must_fail = False, True
    for other in sheet.rows:
        other.id = other.id.replace(sheet.separator, "_")


def latin(rng: random.Random, sheet: Sheet) -> None:
    sheet.rows[0].id, sheet.encoding, sheet.must_fail = "Höhe", "latin-1", True
    for row in sheet.rows:
        row.id = row.id.encode("latin-1", "replace").decode("latin-1")
    sheet.extra = [cell.encode("latin-1", "replace").decode("latin-1") for cell in sheet.extra]


def utf16(rng: random.Random, sheet: Sheet) -> None:
    sheet.encoding, sheet.must_fail = rng.choice(["utf-16", "utf-16-le", "utf-16-be"]), True


def padded(rng: random.Random, sheet: Sheet) -> None:
    """Blanks around cells do not count."""
    for row in sheet.rows:
        row.id, row.load = f" {row.id}", f"{row.load}  "


def invisible(rng: random.Random, sheet: Sheet) -> None:
    row = rng.choice(sheet.rows)
    row.id, sheet.must_fail = rng.choice(["\ufeff{}", "{}\u200b", "\x07{}"]).format(row.id), True


def varying_text(rng: random.Random, sheet: Sheet) -> None:
    """A column of text is left out, or an id that nobody named: nothing else changes."""
    sheet.header, sheet.extra = [*sheet.header, "mood"], [*sheet.extra, rng.choice(["good", "bad", "3 of 4"])]


def parquet(rng: random.Random, sheet: Sheet) -> None:
    """Typed columns, or text, or cut."""
    frame = pd.DataFrame([row.means for row in sheet.rows], columns=["unique_id", "ds", "load"])
    if rng.random() < 0.3:
        frame["load"] = [row.load for row in sheet.rows]
    if rng.random() < 0.3:
        frame["ds"] = frame["ds"].dt.tz_localize("UTC").dt.tz_convert("Asia/Tokyo")
    content = frame.to_parquet()
    if rng.random() < 0.4:
        content, sheet.must_fail = content[: rng.randrange(len(content))], True
    sheet.name, sheet.pack = "mine.parquet", lambda _: content


def wide(rng: random.Random, sheet: Sheet) -> None:
    """A column a series; sometimes one that holds no numbers."""
    frame = pd.DataFrame([row.means for row in sheet.rows], columns=["unique_id", "ds", "value"])
    table = frame.pivot(index="ds", columns="unique_id", values="value")
    for row in sheet.rows:
        row.load = repr(row.means[2])
    if rng.random() < 0.3:
        table["mood"], sheet.must_fail = "good", True
    sheet.pack, sheet.name = lambda _: table.to_csv().encode(), "mine.csv"
    sheet.data |= {"form": "wide", "id": "null"}


def encrypted(rng: random.Random, content: bytes) -> bytes:
    """The flag that says so, in both places of the archive."""
    packed = bytearray(zipped(("mine.csv", content)))
    with zipfile.ZipFile(BytesIO(packed)) as archive:
        start = archive.start_dir
    packed[6] |= 1
    packed[start + 8] |= 1
    return bytes(packed)


def _cut(rng: random.Random, content: bytes) -> bytes:
    return content[: rng.randrange(1, len(content))]


def _inserted(what: bytes) -> Callable[[random.Random, bytes], bytes]:
    def edit(rng: random.Random, content: bytes) -> bytes:
        at = rng.randrange(len(content))
        return content[:at] + what + content[at:]

    return edit


def junk(rng: random.Random, content: bytes) -> bytes:
    return bytes(rng.choice([b"", b"PK\3\4", b"\x1f\x8b"])) + rng.randbytes(rng.randint(1, 300))


BREAKING: dict[str, Fault] = {
    "nothing": nothing,
    "truncated": truncated,
    "missing values": missing,
    "nothing but missing values": all_missing,
    "shuffled": shuffled,
    "backwards": backwards,
    "interleaved": interleaved,
    "a time twice": twice,
    "a gap": gap,
    "mixed zones": mixed_zones,
    "offsets": offsets,
    "clocks changed": clocks,
    "german": german,
    "thousands": thousands,
    "american": american,
    "no header": no_header,
    "a column twice": header_twice,
    "another header": other_header,
    "ragged": ragged,
    "a quote not closed": open_quote,
    "latin": latin,
    "utf-16": utf16,
    "padded": padded,
    "invisible": invisible,
    "text": varying_text,
    "parquet": parquet,
    "wide": wide,
    "inf": _load("-inf", -math.inf),
    "huge": _load("1e400", None),
    "large": _load("1.7976931348623157e308", 1.7976931348623157e308),
    "many digits": _load("123456789012345678901234567890", 123456789012345678901234567890.0),
    "tiny": _load("4.9e-324", 5e-324),
    "hexadecimal": _load("0x1F", None),
    "underscores": _load("1_000", None),
    "text among numbers": _load("n/k", None),
    "other digits": _load("１２", None),
    "a comma for a point": _load("1,5", None),
    "no such day": _time("2024-02-30"),
    "no such month": _time("2024-13-01"),
    "the year 0": _time("0000-01-01"),
    "the year 10000": _time("10000-01-01"),
    "no time": _time(""),
    "a word for a time": _time("yesterday"),
    "long ago": _time("0001-01-01"),
    "empty": _edit(lambda _, __: b""),
    "blank": _edit(lambda _, __: b"\n\r\n"),
    "header only": _edit(lambda _, __: b"unique_id,ds,load\n"),
    "NUL": _edit(_inserted(b"\0")),
    "not UTF-8": _edit(_inserted(b"\xff")),
    "junk": _edit(junk),
    "a web page": _edit(lambda _, __: b"<html><body>unique_id, ds</body></html>\n"),
    "gz cut": _pack("mine.csv.gz", lambda rng, content: _cut(rng, gzip.compress(content, mtime=0))),
    "no gz": _pack("mine.csv.gz", lambda _, content: content),
    "zip cut": _pack("mine.zip", lambda rng, content: _cut(rng, zipped(("mine.csv", content)))),
    "zip without data": _pack("mine.zip", lambda _, __: zipped(("read.me", b"?"), ("__MACOSX/a.csv", b"?"))),
    "zip encrypted": _pack("mine.zip", lambda rng, content: encrypted(rng, content)),
    "no zip": _pack("mine.zip", lambda _, content: content),
    "no parquet": _pack("mine.parquet", lambda _, content: content),
    "no such file": _pack("other.csv", lambda _, content: content),
    "no kind of file": _pack("mine.csv.gz", lambda _, __: gzip.compress(b"PAR1")),
}
