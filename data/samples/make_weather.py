"""Makes weather.csv from the file in the PyPI package vega_datasets 0.9.0.

pip download --no-deps vega_datasets==0.9.0
python data/samples/make_weather.py vega_datasets-0.9.0-py3-none-any.whl data/samples/weather.csv
"""

import csv
import hashlib
import io
import sys
import zipfile
from pathlib import Path

ORIGINAL = "vega_datasets/_data/seattle-weather.csv"
SHA256 = "62f0609f787158128aa2bd102967173a4953122dd4f872bf1d502cae1037df0b"
NAME = "Seattle"
COLUMNS = ("precipitation", "temp_max", "temp_min", "wind")


def read_original(wheel: Path) -> list[dict[str, str]]:
    """The rows of the package's file, once its hash is what it should be."""
    content = zipfile.ZipFile(wheel).read(ORIGINAL)
    if hashlib.sha256(content).hexdigest() != SHA256:
        raise SystemExit(f"{wheel}: {ORIGINAL} is not the file this was made from")
    return list(csv.DictReader(io.StringIO(content.decode())))


def make(rows: list[dict[str, str]]) -> str:
    """Our CSV: one series, the columns that are numbers, dates as ISO 8601 writes them."""
    lines = [",".join(("unique_id", "ds", *COLUMNS))]
    for row in rows:
        lines.append(",".join([NAME, row["date"].replace("/", "-"), *(row[name] for name in COLUMNS)]))
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    Path(sys.argv[2]).write_text(make(read_original(Path(sys.argv[1]))), encoding="utf-8")
