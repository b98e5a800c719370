"""Follows a live series: reads its values from standard input as they come, and prints what comes next.

    tail -f -n +1 load.csv | python examples/follow.py models/stream load --state load.state

The CSV begins with a line of names: ds and the raw columns that the model was trained on. After each value
the state is kept in the file; stopped and started again, it goes on where it was and passes over what it saw.
"""

import argparse
import csv
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

import numpy as np

from reprocast.errors import DataError, ReprocastError
from reprocast.stages.publish import write_file
from reprocast.tasks.forecast.streaming import Forecast, Forecaster


def followed(
    forecaster: Forecaster, rows: Iterable[dict[str, str]], state: Path | None
) -> Iterator[Forecast]:
    """A forecast after each value; one that is refused is named and passed over."""
    for row in rows:
        values = {name: float(text or "nan") for name, text in row.items() if name not in ("ds", "unique_id")}
        if forecaster.stream.ds is not None and np.datetime64(row["ds"]) <= forecaster.stream.ds:
            continue  # seen before the last stop
        try:
            forecast = forecaster.update(values, row["ds"])
        except DataError as error:
            print(error, file=sys.stderr)
            continue
        if state:
            write_file(state, forecaster.state())
        if forecast:
            yield forecast


def main() -> None:
    """Reads the command line and standard input until it ends."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("model", type=Path, help="a network's folder, such as models/gru")
    parser.add_argument("series", help="its name in the panel")
    parser.add_argument("--state", type=Path, help="file that the state is kept in")
    asked = parser.parse_args()
    forecaster = Forecaster.load(asked.model, asked.series)
    if asked.state and asked.state.exists():
        forecaster.restore(asked.state.read_bytes())
    for forecast in followed(forecaster, csv.DictReader(sys.stdin), asked.state):
        ahead = "  ".join(f"{value:.4g}" for value in forecast.mean[:, 0])
        print(f"{np.datetime_as_string(forecast.cutoff, unit='auto')}  ->  {ahead}", flush=True)


if __name__ == "__main__":
    try:
        main()
    except ReprocastError as error:
        sys.exit(str(error))
