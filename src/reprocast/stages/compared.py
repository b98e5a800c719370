"""What stage compare reads: scores, diagnostics, forecasts and curves of every model."""

import csv
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from reprocast.deterministic import sha256_of_file
from reprocast.errors import DataError, NoInputError
from reprocast.evaluation import figure_data
from reprocast.tasks.protocol import Score

RESULTS = Path("results")


def read_said(kind: str, name: str) -> dict[str, Any]:
    """A model's scores, diagnostics, or what its cell learned of the adding problem.

    Raises:
        NoInputError: there are none.
    """
    path = RESULTS / kind / f"{name}.json"
    try:
        said: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise NoInputError(f"{path}: no such file; run `reprocast repro`") from None
    return said


def read_table(name: str, task: Score, scores: Mapping[str, Any]) -> pd.DataFrame:
    """A model's forecasts.

    Raises:
        DataError: they are not those that its scores were computed from.
    """
    path = RESULTS / "forecasts" / f"{name}.parquet"
    table = task.read_table(path)
    expected = scores.get("forecasts_sha256")
    if expected and sha256_of_file(path) != expected:
        raise DataError(
            f"{path}: is not the table that {RESULTS / 'scores' / name}.json was computed from; "
            "run `reprocast repro`"
        )
    return table


def read_curves(networks: Sequence[str]) -> list[list[Any]]:
    """Losses by epoch, a line a fold and seed: a seed that stopped early simply ends."""
    rows: list[list[Any]] = []
    for name in networks:
        path = RESULTS / "training" / f"{name}.csv"
        try:
            text = path.read_text(encoding="utf-8")
        except FileNotFoundError:
            raise NoInputError(f"{path}: no such file; run `reprocast repro`") from None
        rows += [
            [name, *(row[key] for key in figure_data.CURVES[1:])] for row in csv.DictReader(text.splitlines())
        ]
    return rows
