"""A refit under git and DVC, by real stages: verified link by link, rebuilt to the same bytes elsewhere."""

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from dvc.repo import Repo
from integration.gate_scene import DAYS, PARAMS, weekly
from registered_project import commit, git
from tracked_store import migrated

from reprocast.commands.decisions.ledger_files import read_ledger
from reprocast.commands.promote import enact_pending, promote
from reprocast.commands.reproduce import reproduce
from reprocast.commands.verify import verify
from reprocast.errors import DataError, NoInputError
from reprocast.registry.artifact import artifact_sha256
from reprocast.tracking.registered import champion, open_registry

__all__ = ["migrated"]
pytestmark = [
    pytest.mark.slow,
    pytest.mark.filterwarnings("ignore:_NoneStep:DeprecationWarning"),  # DVC's use of pygtrie
]
RUN = f"{sys.executable} -m reprocast.stages"
STAGES = {
    "pull": {"cmd": f"{RUN}.pull", "params": ["data"], "deps": ["x.csv"], "outs": ["data/raw"]},
    "validate": {"cmd": "cp -r data/raw data/validated", "deps": ["data/raw"], "outs": ["data/validated"]},
    "window": {"cmd": f"{RUN}.window", "deps": ["data/validated"], "outs": ["data/windows"]},
    "baseline": {
        "matrix": {"baseline": ["ridge"]},
        "cmd": f"{RUN}.baseline ${{item.baseline}}",
        "deps": ["data/windows", "requirements/runtime.txt"],
        "outs": ["models/${item.baseline}"],
    },
    "evaluate": {
        "cmd": f"{RUN}.evaluate_baseline ridge",
        "deps": ["models/ridge", "data/windows"],
        "outs": ["results/scores/ridge.json", "results/forecasts/ridge.parquet"],
    },
}


@pytest.fixture
def project(tmp_path: Path, migrated: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project without code of its own; its first champion is refitted and committed."""
    root = tmp_path / "project"
    (root / "mlruns").mkdir(parents=True)
    (root / "requirements").mkdir()
    monkeypatch.chdir(root)
    monkeypatch.delenv("MLFLOW_TRACKING_URI", raising=False)
    shutil.copy(migrated, root / "mlruns/mlflow.db")
    weekly().to_csv("x.csv", index=False)
    Path("requirements/runtime.txt").write_text("numpy==1\n", encoding="utf-8")
    text = PARAMS.format(end=DAYS[399].date(), baselines="ridge: {}", look_back=14)
    Path("params.yaml").write_text(text, encoding="utf-8")
    Path("operations.yaml").write_text("gate: {refit: true}\n", encoding="utf-8")
    Path("dvc.yaml").write_text(json.dumps({"stages": STAGES}), encoding="utf-8")
    ignored = (
        "data/raw",
        "data/validated",
        "data/windows",
        "models",
        "results",
        "refit",
        "mlruns",
        ".reprocast",
    )
    Path(".gitignore").write_text("".join(f"/{name}/\n" for name in ignored), encoding="utf-8")
    git(root, "init", "-q", "-b", "main")
    Repo.init(str(root)).close()
    with Repo(str(root)) as repo:
        repo.reproduce()
    commit(root, "results")
    promote(root, by="a test", model="ridge")
    commit(root, "the first decision")
    return root


def links(said: str) -> dict[str, str]:
    found = [line.split() for line in said.splitlines()]
    return {words[1]: words[0] for words in found if words[0] in ("holds", "broken", "unseen", "unkept")}


def test_the_chain_goes_from_the_refit_over_the_scored_model_to_the_data(project: Path) -> None:
    said = links(verify(project))
    own = ("alias", "ledger", "artifact", "run", "refit", "scored")
    assert list(said)[:6] == list(own)
    assert set(said.values()) == {"holds"}
    served = champion(open_registry(project))
    path = Path(served.source.removeprefix("file://"), "artifacts", "ridge", "model.json")
    path.write_text(
        path.read_text(encoding="utf-8").replace('"horizon": 2', '"horizon": 3'), encoding="utf-8"
    )
    with pytest.raises(DataError, match="broken at: artifact, refit"):
        verify(project)


def test_it_is_rebuilt_to_the_same_bytes(project: Path) -> None:
    served = champion(open_registry(project))
    said = reproduce(project, served.number)
    assert f"version {served.number}, ridge refitted, at commit" in said
    assert "the same bytes" in said
    again = project / ".reprocast/reproduced" / str(served.number) / "refit/ridge"
    assert artifact_sha256(again) == served.artifact_sha256
    assert git(project, "status", "--porcelain") == ""


def test_another_machine_registers_the_very_files_that_were_decided_on(
    project: Path, migrated: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A clone with another registry: DVC brings the refit, nothing is fitted there."""
    clone = project.with_name("clone")
    subprocess.run(["git", "clone", "-q", str(project), str(clone)], check=True)
    (clone / "mlruns").mkdir()
    shutil.copy(migrated, clone / "mlruns/mlflow.db")
    monkeypatch.chdir(clone)
    with pytest.raises(NoInputError, match=r"refit/ridge: is not the model that was decided on .*dvc pull"):
        enact_pending(clone)
    with Repo(str(clone)) as repo:
        repo.cache.local.path = str(project / ".dvc/cache/files/md5")
        repo.checkout()
    enact_pending(clone)
    (entry,) = read_ledger(clone)
    assert champion(open_registry(clone)).artifact_sha256 == entry.refit.artifact_sha256
