"""Makes traffic.csv from the file in the PyPI package autots 1.0.4.

pip download --no-deps autots==1.0.4
python data/samples/make_traffic.py autots-1.0.4-py3-none-any.whl data/samples/traffic.csv
"""

import csv
import hashlib
import io
import sys
import zipfile
from pathlib import Path

ORIGINAL, INNER = "autots/datasets/data/traffic_hourly.zip", "traffic_hourly.zip"
SHA256 = "71416c6c5adf1e322c3a9483c70ea44dbbcac4ef3d47aa346d763b77478f35ad"
NAME = "I-94"
COLUMNS = ("traffic_volume", "temp", "rain_1h", "clouds_all")


def read_original(wheel: Path) -> list[dict[str, str]]:
    """The rows of the package's file, a CSV called zip in a zip, once its hash is what it should be."""
    packed = zipfile.ZipFile(wheel).read(ORIGINAL)
    if hashlib.sha256(packed).hexdigest() != SHA256:
        raise SystemExit(f"{wheel}: {ORIGINAL} is not the file this was made from")
    text = zipfile.ZipFile(io.BytesIO(packed)).read(INNER).decode()
    return list(csv.DictReader(io.StringIO(text)))


def make(rows: list[dict[str, str]]) -> str:
    """Our CSV: one series, the columns that vary and are numbers; hours without a record stay empty."""
    lines = [",".join(("unique_id", "ds", *COLUMNS))]
    lines += [",".join([NAME, row["datetime"], *(row[name] for name in COLUMNS)]) for row in rows]
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    Path(sys.argv[2]).write_text(make(read_original(Path(sys.argv[1]))), encoding="utf-8")
