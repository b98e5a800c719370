"""The embedded samples: real stocks, traffic and weather, shipped with the project (data/samples)."""

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from reprocast.data.sources.answer import Answer
from reprocast.deterministic import sha256_of_file
from reprocast.errors import NoInputError
from reprocast.panel import from_frame
from reprocast.params.data import SampleData
from reprocast.params.operations import Operations

SAMPLES = {
    "stocks": Path("data/samples/stocks.csv"),
    "traffic": Path("data/samples/traffic.csv"),
    "weather": Path("data/samples/weather.csv"),
}
"""Name in params.yaml (data.sample) -> file; where each comes from: data/samples/PROVENANCE.md."""


def request(data: SampleData) -> dict[str, Any]:
    """What a vintage of the sample answers: the whole file, whatever series and span are asked for.

    Raises:
        NoInputError: the file is not there.
    """
    file = SAMPLES[data.sample]
    if not file.is_file():
        raise NoInputError(f"{file}: no such file; run in the project's folder, or `git checkout {file}`")
    return {"source": "sample", "files": {file.as_posix(): sha256_of_file(file)}}


def ask(data: SampleData, _operations: Operations) -> Answer:
    """All of the sample (stocks: raw prices with adj_close and split); raises like `request`."""
    asked = request(data)
    frame = pd.read_csv(SAMPLES[data.sample], parse_dates=["ds"])
    numbers = dict.fromkeys(frame.columns.drop(["unique_id", "ds"]), np.float64)
    return Answer(from_frame(frame.astype(numbers)), asked)
