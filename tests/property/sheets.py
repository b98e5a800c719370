"""Files whose true cells are known: a small table, how it is written, and what must be found in it."""

import gzip
import io
import math
import random
import zipfile
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

DAYS, FIRST = 45, datetime(2024, 1, 1)
IDS = ("a", "b 1", "ünï/ß", "007", "NA", "c,d", "Ω", "x" * 40, "1e5", "-")
Truth = dict[tuple[str, datetime], float]


@dataclass
class Row:
    """A row as it is written, and what it means."""

    id: str
    time: str
    load: str
    means: tuple[str, datetime, float]


@dataclass
class Sheet:
    """A table and the way in which it is written."""

    rows: list[Row]
    header: list[str] = field(default_factory=lambda: ["unique_id", "ds", "load"])
    separator: str = ","
    line_ends: tuple[str, ...] = ("\n",)
    encoding: str = "utf-8"
    quoted: bool = False
    extra: list[str] = field(default_factory=list)
    """Cells after the others, the same in each row."""
    data: dict[str, str] = field(default_factory=dict)
    """What else stands in the `data` block."""
    name: str = "mine.csv"
    edit: Callable[[bytes], bytes] = bytes
    """What happens to the text's bytes."""
    pack: Callable[[bytes], bytes] = bytes
    """How they are packed."""
    must_fail: bool = False

    def truth(self, end: datetime) -> Truth:
        """What the panel must hold."""
        return {row.means[:2]: row.means[2] for row in self.rows if row.means[1] < end}

    def content(self) -> bytes:
        lines = [self._line(self.header)]
        lines += [self._line([row.id, row.time, row.load, *self.extra]) for row in self.rows]
        ends = [self.line_ends[n % len(self.line_ends)] for n in range(len(lines))]
        text = "".join(line + end for line, end in zip(lines, ends, strict=True))
        return self.pack(self.edit(text.encode(self.encoding)))

    def _line(self, cells: list[str]) -> str:
        return self.separator.join(self._cell(cell) for cell in cells)

    def _cell(self, cell: str) -> str:
        if self.quoted or self.separator in cell:
            return '"' + cell.replace('"', '""') + '"'
        return cell


def sheet(rng: random.Random) -> Sheet:
    """One to three series of days, written in one of the ways that people have; nothing is wrong with it."""
    whole = rng.random() < 0.2
    rows = [
        row
        for name in sorted(rng.sample(IDS, rng.randint(1, 3)))
        for row in _series(rng, name, DAYS - rng.randint(0, 3), whole=whole)
    ]
    made = Sheet(rows)
    made.separator = rng.choice([",", ",", ";", "\t"])
    made.line_ends = rng.choice([("\n",), ("\r\n",), ("\n", "\r\n"), ("\n", "\n\n"), ("\r",)])
    made.encoding = rng.choice(["utf-8", "utf-8", "utf-8-sig"])
    made.quoted = rng.random() < 0.2
    if rng.random() < 0.3:
        made.header, made.extra = [*made.header, "note"], [rng.choice(["fine", "", "naïve", "a b"])]
    if rng.random() < 0.2:
        made.header, made.extra = [*made.header, "other"], [*made.extra, rng.choice(["1", "2.5", "-3e2"])]
    packing = rng.choice(["", "", "", "gz", "zip"])
    if packing:
        made.name, made.pack = PACKED[packing]
    return made


def _series(rng: random.Random, name: str, days: int, *, whole: bool) -> list[Row]:
    rows = []
    for n in range(days):
        time, value = FIRST + timedelta(days=n), rng.choice([rng.gauss(0, 10), rng.uniform(-1e6, 1e6)])
        text = str(round(value)) if whole else rng.choice(["{!r}", "{:.3f}", "{:e}", "{:+.2f}"]).format(value)
        shown = time.strftime(rng.choice(["%Y-%m-%d", "%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M:%S"]))
        rows.append(Row(name, shown, text, (name, time, float(text))))
    return rows


def zipped(*members: tuple[str, bytes]) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members:
            archive.writestr(zipfile.ZipInfo(name), content)
    return stream.getvalue()


PACKED: dict[str, tuple[str, Callable[[bytes], bytes]]] = {
    "gz": ("mine.csv.gz", lambda content: gzip.compress(content, mtime=0)),
    "zip": ("mine.zip", lambda content: zipped(("read.me", b"?"), ("in/mine.csv", content))),
}


def same(found: float, meant: float) -> bool:
    return found == meant or (math.isnan(found) and math.isnan(meant))
