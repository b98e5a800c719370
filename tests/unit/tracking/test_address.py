"""Where the store is."""

from pathlib import Path

import pytest

from reprocast.errors import ParamsError
from reprocast.tracking.address import database, tracking_of


@pytest.fixture(autouse=True)
def _no_override(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("MLFLOW_TRACKING_URI", raising=False)


def test_the_default_is_a_file_of_the_project(tmp_path: Path) -> None:
    tracking = tracking_of(tmp_path)
    assert database(tracking.uri) == tmp_path / "mlruns" / "mlflow.db"
    assert tracking.experiment == "reprocast"


def test_operations_yaml_and_then_the_environment_decide(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "operations.yaml").write_text(
        "tracking: {uri: 'sqlite:///elsewhere/x.db', experiment: mine}\n"
    )
    assert database(tracking_of(tmp_path).uri) == tmp_path / "elsewhere" / "x.db"
    assert tracking_of(tmp_path).experiment == "mine"
    monkeypatch.setenv("MLFLOW_TRACKING_URI", "http://mlflow.example:5000")
    assert tracking_of(tmp_path).uri == "http://mlflow.example:5000"
    assert database(tracking_of(tmp_path).uri) is None


def test_an_absolute_path_stays(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MLFLOW_TRACKING_URI", "sqlite:////srv/mlflow.db")
    assert tracking_of(tmp_path).uri == "sqlite:////srv/mlflow.db"


def test_an_unknown_key_is_refused(tmp_path: Path) -> None:
    (tmp_path / "operations.yaml").write_text("tracking: {url: x}\n")
    with pytest.raises(ParamsError, match="url"):
        tracking_of(tmp_path)


@pytest.mark.parametrize(
    ("tracking", "place"),
    [
        ("{}", "mlruns/artifacts"),
        ("{uri: 'sqlite:///elsewhere/x.db'}", "elsewhere/artifacts"),
        ("{uri: 'postgresql://db/runs'}", "mlruns/artifacts"),
        ("{uri: 'postgresql://db/runs', artifacts: files}", "files"),
    ],
)
def test_files_of_a_database_have_a_place_of_the_project(tmp_path: Path, tracking: str, place: str) -> None:
    (tmp_path / "operations.yaml").write_text(f"tracking: {tracking}\n")
    assert tracking_of(tmp_path).artifacts == (tmp_path / place).as_uri()


def test_a_bucket_stays_a_bucket(tmp_path: Path) -> None:
    (tmp_path / "operations.yaml").write_text("tracking: {artifacts: 's3://bucket/mlflow'}\n")
    assert tracking_of(tmp_path).artifacts == "s3://bucket/mlflow"
