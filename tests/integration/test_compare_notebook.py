import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest
from integration.finished_project import MODELS, NETWORKS, ROOT, finished_project
from tracked_store import migrated

from reprocast.tracking.address import tracking_of
from reprocast.tracking.store import open_store

__all__ = ["migrated"]
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
                "last": -4.0 + 0.1 * day,
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


PRINTED = """
print("naive", *(f"{value:.4f}" for value in skill.loc["naive"]))
print("har-by-series", skill_by(lambda table: table["unique_id"])["skill"].round(4).tolist())
print("by-level", sorted(skill_by(level).index))
"""


def execute(folder: Path, more: str = "") -> subprocess.CompletedProcess[str]:
    kept = {name: value for name, value in os.environ.items() if name != "MLFLOW_TRACKING_URI"}
    environment = {**kept, "MPLBACKEND": "agg"}
    command = [sys.executable, "-W", "error", "-c", code() + more]
    return subprocess.run(
        command, cwd=folder, env=environment, capture_output=True, text=True, check=False, timeout=120
    )


@pytest.mark.parametrize("folder", [".", "notebooks"])
def test_it_runs_from_the_project_and_from_its_own_folder(project: Path, folder: str) -> None:
    result = execute(project / folder)
    assert result.returncode == 0, result.stderr
    assert "The GRU has the best validation MAE" in result.stdout


def test_it_draws_the_verdict_anew_and_asks_questions_of_its_own(project: Path) -> None:
    """Constant errors: every block has the same skill, and so has every series."""
    said = execute(project, PRINTED).stdout
    skill = 1 - MODELS["gru"] / MODELS["naive"]
    assert f"naive {skill:.4f} {skill:.4f} {skill:.4f}" in said
    assert f"har-by-series {[round(1 - MODELS['gru'] / MODELS['har'], 4)] * 2}" in said
    assert "by-level ['high', 'low']" in said
    assert "MLflow has no runs of these outputs yet" in said
    assert not (project / "mlruns").exists()


def test_it_reads_the_runs_in_mlflow_and_compares_their_scores(project: Path, migrated: Path) -> None:
    (project / "mlruns").mkdir()
    shutil.copy(migrated, project / "mlruns" / "mlflow.db")
    tracking = tracking_of(project)
    store = open_store(tracking)
    for name, mae in MODELS.items():
        tags = {"current": "true", "model": name, "role": "network" if name in NETWORKS else "baseline"}
        run = store.client.create_run(store.experiment, tags=tags | {"versus_best_baseline": "tied"})
        store.client.log_metric(run.info.run_id, "test_mae", mae)
        if name == "gru":
            store.client.log_metric(run.info.run_id, "validation_loss", 0.5, step=1)
    done = execute(project)
    assert done.returncode == 0, done.stderr
    assert re.search(r"^gru +0\.5812 .* tied$", done.stdout, re.MULTILINE)
    store.client.log_metric(run.info.run_id, "test_mae", 0.1)
    assert "Not equal to tolerance" in execute(project).stderr
    shutil.rmtree(project / "mlruns")


def test_it_notices_a_leaderboard_that_does_not_follow_from_the_forecasts(project: Path) -> None:
    path = project / "results" / "leaderboard.csv"
    before = path.read_text(encoding="utf-8")
    path.write_text(before.replace("0.5812", "0.5512"), encoding="utf-8")
    result = execute(project)
    path.write_text(before, encoding="utf-8")
    assert result.returncode == 1
    assert "Not equal to tolerance" in result.stderr
