"""The chain where production keeps it: MLflow over PostgreSQL, outputs and a live source's answers in S3."""

import hashlib
import shutil
from collections.abc import Iterator
from pathlib import Path

import boto3
import pytest
from dvc.repo import Repo
from integration.gate_scene import play
from registered_project import commit, git, new_project
from tracked_store import migrated
from two_weeks.services import BUCKET, KEYS, mlflow_server, postgres, storage

from reprocast.commands.history import history
from reprocast.commands.promote import promote
from reprocast.commands.reproduce import reproduce
from reprocast.commands.rollback import rollback
from reprocast.commands.verify import verify
from reprocast.data.vintages import known
from reprocast.errors import DataError
from reprocast.tracking.registered import champion, open_registry, versions

__all__ = ["migrated"]
pytestmark = [pytest.mark.slow, pytest.mark.filterwarnings("ignore")]  # of services in this process
BY = "a test"


@pytest.fixture(scope="module")
def s3(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Address of the storage; MLflow's is in the environment."""
    place = tmp_path_factory.mktemp("services") / "mlflow"
    with (
        pytest.MonkeyPatch.context() as patch,
        storage() as address,
        postgres() as database,
        mlflow_server(place, database) as server,
    ):
        for name, text in KEYS.items():
            patch.setenv(name.upper().replace("-", "_"), text)
        patch.setenv("AWS_DEFAULT_REGION", "us-east-1")
        patch.setenv("MLFLOW_TRACKING_URI", server)
        yield address


@pytest.fixture
def project(s3: str, tmp_path: Path, migrated: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A fresh clone of a project after two rounds; its remote is younger than their commits."""
    root, clone = tmp_path / "project", tmp_path / "clone"
    root.mkdir()
    monkeypatch.chdir(root)
    new_project(root, migrated, live=True)
    text = f"[core]\n    remote = storage\n['remote \"storage\"']\n    url = s3://{BUCKET}/dvc\n"
    (root / ".dvc/config").write_text(f"{text}    endpointurl = {s3}\n", encoding="utf-8")
    commit(root, "a remote")
    pushed(root / ".dvc/cache/files/md5", s3)
    git(tmp_path, "clone", "-q", str(root), str(clone))
    monkeypatch.chdir(clone)
    return clone


def pushed(cache: Path, s3: str) -> None:
    """A cache and a remote have one layout; DVC itself pushes no commit that knows no remote."""
    client = boto3.client("s3", endpoint_url=s3)
    for path in (path for path in cache.rglob("*") if path.is_file()):
        client.upload_file(str(path), BUCKET, f"dvc/files/md5/{path.relative_to(cache).as_posix()}")
    client.close()


def lines(said: str, state: str) -> dict[str, str]:
    """What is said of each link in this state."""
    rows = [line.split(maxsplit=2) for line in said.splitlines()]
    return {row[1]: row[2] for row in rows if row[0] == state}


def test_a_fresh_clone_verifies_rebuilds_and_rolls_back(
    project: Path, s3: str, capsys: pytest.CaptureFixture[str]
) -> None:
    for number in (1, 2):
        held = lines(verify(project, number), "holds")
        assert len(held) == 10
        assert "from commit " in held["vintage"]
    said = reproduce(project, 1)
    assert "from vintage " in said
    assert "the same bytes" in said
    rollback(project, by=BY, to=1)
    found = champion(open_registry(project))
    assert found is not None
    assert found.number == 1
    commit(project, "back")
    assert "version 1" in lines(verify(project), "holds")["alias"]
    history(project)
    assert "rollback" in capsys.readouterr().out
    answer_overwritten(project, s3)
    with pytest.raises(DataError, match="the chain is broken at: vintage") as caught:
        verify(project, 1)
    assert lines(str(caught.value), "broken").keys() == {"vintage"}


def answer_overwritten(project: Path, s3: str) -> None:
    """Somebody changes what the source has said, in the storage; validated data are another object."""
    client = boto3.client("s3", endpoint_url=s3)
    vintage = next(one.name for one in known() if one.turn == 1)
    with Repo(str(project)) as repo:
        repo.pull(targets=[f"data/vintages/{vintage}.dvc"])
    content = (project / "data/vintages" / vintage / "request.json").read_bytes()
    md5 = hashlib.md5(content, usedforsecurity=False).hexdigest()
    key = f"dvc/files/md5/{md5[:2]}/{md5[2:]}"
    client.put_object(Bucket=BUCKET, Key=key, Body=content.replace(b'"A"', b'"B"'))
    client.close()
    for name in ("cache", "tmp"):
        shutil.rmtree(project / ".dvc" / name, ignore_errors=True)
    shutil.rmtree(project / "data/vintages" / vintage)


def test_the_gate_decides_on_a_server(s3: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    root = tmp_path / "gate"
    play(root, 400, ("naive",))
    (root / "operations.yaml").write_text("registry: {model: gate_scene}\n", encoding="utf-8")
    monkeypatch.chdir(root)
    assert "gate_scene@champion is now version 1, naive" in promote(root, by=BY)
    before = versions(open_registry(root))
    assert [one.tags["status"] for one in before] == ["champion", "refused"]
    promote(root, by=BY)
    assert versions(open_registry(root)) == before
    rollback(root, by=BY, to=2)
    assert [one.tags["status"] for one in versions(open_registry(root))] == ["former", "champion"]
