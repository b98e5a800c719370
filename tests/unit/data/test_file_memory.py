"""Reading, building, writing and reading again a panel of many rows makes no Python string a row."""

import tracemalloc
from collections.abc import Callable
from io import BytesIO
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from reprocast.data.sources import quotes
from reprocast.data.sources.files import ask
from reprocast.panel import read_panel, write_panel
from reprocast.params.data import FilesData
from reprocast.params.operations import Operations

SERIES, STEPS = 20, 5_000
ROWS = SERIES * STEPS
PER_ROW = 60
"""Bytes a row that Python may take, NumPy's arrays included; a short string alone takes 50."""


@pytest.fixture
def frame() -> pd.DataFrame:
    return pd.DataFrame(
        {
            "unique_id": np.repeat([f"s{n}" for n in range(SERIES)], STEPS),
            "ds": np.tile(pd.date_range("2020-01-01", periods=STEPS, freq="h"), SERIES),
            "load": np.random.default_rng(0).normal(size=ROWS).round(3),
        }
    )


def peak(work: Callable[[], object]) -> float:
    """Bytes a row that Python had at most."""
    work()  # imports and caches
    tracemalloc.start()
    try:
        work()
        return tracemalloc.get_traced_memory()[1] / ROWS
    finally:
        tracemalloc.stop()


def data(path: Path) -> FilesData:
    return FilesData(
        source="files", path=str(path), id="unique_id", end="2100-01-01", calendar="h", season=24
    )


@pytest.mark.parametrize("ending", ["csv", "quoted.csv", "parquet"])
def test_a_file_becomes_a_panel(
    tmp_path: Path, frame: pd.DataFrame, ending: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(quotes, "PIECE", 1 << 16)  # a piece is as large as this file
    path = tmp_path / f"mine.{ending}"
    if ending == "parquet":
        frame.to_parquet(path)
    else:
        frame.to_csv(path, index=False, quoting=2 if ending == "quoted.csv" else 0)
    assert len(ask(data(path), Operations()).panel) == ROWS
    assert peak(lambda: ask(data(path), Operations())) < PER_ROW


def test_a_panel_is_stored(tmp_path: Path, frame: pd.DataFrame) -> None:
    frame.to_parquet(tmp_path / "mine.parquet")
    panel = ask(data(tmp_path / "mine.parquet"), Operations()).panel
    write_panel(panel, tmp_path / "panel.parquet")
    assert peak(lambda: write_panel(panel, BytesIO())) < PER_ROW
    assert peak(lambda: read_panel(tmp_path / "panel.parquet")) < PER_ROW
