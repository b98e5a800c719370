import json
import os
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest
from integration.finished_project import MODELS, NETWORKS, ROOT, finished_project

NOTEBOOK = ROOT / "notebooks" / "03-compare.ipynb"


def code() -> str:
    cells = json.loads(NOTEBOOK.read_text(encoding="utf-8"))["cells"]
    return "\n".join("".join(cell["source"]) for cell in cells if cell["cell_type"] == "code")


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Forecasts that miss by the leaderboard's error at every step."""
    root = finished_project(tmp_path_factory.mktemp("notebook") / "project")
    (root / "notebooks").mkdir()
    (root / "results" / "forecasts").mkdir()
    for name, mae in MODELS.items():
        rows = [
            {
                "split": split,
                "seed": seed,
                "unique_id": series,
                "cutoff": pd.Timestamp("2013-01-02") + pd.Timedelta(days=day),
                "scale": 0.5,
                "y": [-4.0] * 3,
                "mean": [-4.0 + 0.5 * mae * (9 if split == "validation" else 1)] * 3,
            }
            for split in ("validation", "test")
            for seed in (None, 1, 2)[: 3 if name in NETWORKS else 1]
            for series in ("AAPL", "IBM")
            for day in range(4)
        ]
        frame = pd.DataFrame(rows).astype({"seed": "Int64"})
        frame.to_parquet(root / "results" / "forecasts" / f"{name}.parquet")
    return root


def execute(folder: Path) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "MPLBACKEND": "agg"}
    command = [sys.executable, "-W", "error", "-c", code()]
    return subprocess.run(
        command, cwd=folder, env=environment, capture_output=True, text=True, check=False, timeout=120
    )


@pytest.mark.parametrize("folder", [".", "notebooks"])
def test_it_runs_from_the_project_and_from_its_own_folder(project: Path, folder: str) -> None:
    result = execute(project / folder)
    assert result.returncode == 0, result.stderr
    assert "The GRU has the best validation MAE" in result.stdout


def test_it_notices_a_leaderboard_that_does_not_follow_from_the_forecasts(project: Path) -> None:
    path = project / "results" / "leaderboard.csv"
    before = path.read_text(encoding="utf-8")
    path.write_text(before.replace("0.5812", "0.5512"), encoding="utf-8")
    result = execute(project)
    path.write_text(before, encoding="utf-8")
    assert result.returncode == 1
    assert "Not equal to tolerance" in result.stderr
