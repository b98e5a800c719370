"""The same runs on an MLflow server and in PostgreSQL, both real, both started here on this machine."""

import csv
import json
import shutil
import socket
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from tracked_store import migrated, root
from two_weeks import services
from two_weeks.services import mlflow_server
from unit.tracking.conftest import outputs, put
from unit.tracking.test_comparison import compared

from reprocast.errors import UnavailableError
from reprocast.tracking.address import tracking_of
from reprocast.tracking.store import open_store
from reprocast.tracking.sync import sync

__all__ = ["compared", "migrated", "outputs", "put", "root"]


@pytest.fixture
def server(tmp_path: Path, migrated: Path) -> Iterator[str]:
    """An MLflow server with its own database and its own place for files."""
    shutil.copy(migrated, tmp_path / "served.db")
    with mlflow_server(tmp_path / "server", f"sqlite:///{tmp_path}/served.db") as address:
        yield address


@pytest.fixture
def postgres() -> Iterator[str]:
    """A PostgreSQL of its own."""
    with services.postgres() as address:
        yield address


def count(uri: str) -> dict[str, int]:
    """Runs by role, over the present outputs and all others."""
    store = open_store(tracking_of(Path.cwd()))
    assert store.client.tracking_uri == uri
    found: dict[str, int] = {}
    for run in store.runs(""):
        role = run.data.tags["role"]
        found[role] = found.get(role, 0) + 1
    return found


@pytest.mark.parametrize("kind", [pytest.param("server", marks=pytest.mark.slow), "postgres"])
def test_recorded_once_with_the_scores_of_the_outputs(
    kind: str, compared: Path, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch, put: Callable
) -> None:
    uri = request.getfixturevalue(kind)
    monkeypatch.setenv("MLFLOW_TRACKING_URI", uri)
    done = sync(compared)
    assert (done.created, done.models, done.comparisons) == (2, 2, 1)
    wanted = {"network": 1, "baseline": 1, "seed": 2, "comparison": 1}
    assert count(uri) == wanted
    again = sync(compared, force=True)
    assert again == type(again)()
    assert count(uri) == wanted
    _scores_are_those_of_the_outputs(compared)
    _files_can_be_fetched(compared)
    put("gru", "network", mae=0.25)
    sync(compared)
    assert count(uri) == wanted
    _scores_are_those_of_the_outputs(compared)


def _scores_are_those_of_the_outputs(root: Path) -> None:
    store = open_store(tracking_of(root))
    with (root / "results" / "leaderboard.csv").open() as stream:
        names = [row["model"] for row in csv.DictReader(stream)]
    for name in names:
        said = json.loads((root / "results" / "scores" / f"{name}.json").read_text())["folds"]["0"]
        (run,) = store.runs(f"tags.model = '{name}' AND tags.role != 'seed' AND tags.current = 'true'")
        for split in ("test", "validation"):
            for score in ("mae", "rmse", "mase"):
                assert run.data.metrics[f"{split}_{score}"] == said[split]["overall"][score]


def _files_can_be_fetched(root: Path) -> None:
    store = open_store(tracking_of(root))
    (run,) = store.runs("tags.role = 'comparison'")
    place = root / "fetched"
    place.mkdir()
    got = Path(store.client.download_artifacts(run.info.run_id, "report/report.html", str(place)))
    assert got.read_bytes() == (root / "reports" / "report.html").read_bytes()


def test_a_driver_that_is_missing_is_named(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pymysql", None)
    monkeypatch.setenv("MLFLOW_TRACKING_URI", "mysql+pymysql://127.0.0.1/runs")
    with pytest.raises(UnavailableError, match="needs the package pymysql"):
        sync(root, force=True)


def test_a_password_is_not_printed(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    monkeypatch.setenv("MLFLOW_TRACKING_URI", f"postgresql+psycopg2://ann:s3cret@127.0.0.1:{port}/runs")
    with pytest.raises(UnavailableError) as caught:
        sync(root, force=True)
    assert "s3cret" not in str(caught.value)
    assert f"postgresql+psycopg2://ann:***@127.0.0.1:{port}/runs: cannot be used" in str(caught.value)
