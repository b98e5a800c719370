"""The embedded sample: real daily prices of four stocks, shipped with the project (data/samples)."""

from pathlib import Path
from typing import Any

import pandas as pd

from reprocast.data.sources.answer import Answer
from reprocast.deterministic import sha256_of_file
from reprocast.errors import NoInputError
from reprocast.panel import from_frame
from reprocast.params.data import SampleData
from reprocast.params.operations import Operations

FILE = Path("data/samples/stocks.csv")
"""Relative to the project; where it comes from: data/samples/PROVENANCE.md."""


def request(_data: SampleData) -> dict[str, Any]:
    """What a vintage of the sample answers: the whole file, whatever series and span are asked for.

    Raises:
        NoInputError: the file is not there.
    """
    if not FILE.is_file():
        raise NoInputError(f"{FILE}: no such file; run in the project's folder, or `git checkout {FILE}`")
    return {"source": "sample", "files": {FILE.as_posix(): sha256_of_file(FILE)}}


def ask(data: SampleData, _operations: Operations) -> Answer:
    """All of the sample: raw prices and volume with adj_close and split; raises like `request`."""
    asked = request(data)
    frame = pd.read_csv(FILE, parse_dates=["ds"], dtype={"volume": "float64", "split": "float64"})
    return Answer(from_frame(frame), asked)
