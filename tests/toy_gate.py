"""A gate that promotes every model, on a real MLflow store: decisions and versions without their cost."""

import contextlib
import hashlib
import json
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ACTION = ["promote"]
"""What it decides."""


@dataclass(frozen=True)
class ToyEntry:
    """What the steps read of an entry."""

    action: str
    reason: str
    as_of: str
    dvc_lock_sha256: str
    by: str

    def path(self) -> Path:
        """Where it belongs."""
        return Path("ledger") / f"{self.as_of}-{self.dvc_lock_sha256[:12]}-{self.action}.json"


def decided(root: Path, *, by: str, earlier: list[Any]) -> tuple[ToyEntry, Path]:
    """Promotes every model; what is decided depends on dvc.lock only."""
    lock = hashlib.sha256(Path("dvc.lock").read_bytes()).hexdigest()
    end = Path("data/raw/end").read_text(encoding="utf-8").split('"')[1]
    entry = ToyEntry(ACTION[0], f"better than before by {lock[:2]}", end, lock, by)
    entry.path().parent.mkdir(exist_ok=True)
    entry.path().write_text(json.dumps(vars(entry), sort_keys=True), encoding="utf-8")
    return entry, entry.path()


def enact(root: Path, entry: ToyEntry) -> str:
    """Registers the model of an entry, unless it is, and moves the alias last."""
    import mlflow

    store, lock = client(), entry.dvc_lock_sha256
    with contextlib.suppress(mlflow.MlflowException):
        store.create_registered_model("toy")
    found = [version for version in store.search_model_versions("name='toy'") if version.tags["lock"] == lock]
    version = found[0] if found else store.create_model_version("toy", "models/gru", tags={"lock": lock})
    registered()
    store.set_registered_model_alias("toy", "champion", version.version)
    return f"{entry.as_of} is champion"


def registered() -> None:
    """A moment between the registration and the alias."""


def enact_pending(root: Path) -> list[str]:
    """The newest entry that has been committed, where the alias is not its."""
    names = _git("ls-tree", "-r", "--name-only", "HEAD", "ledger").split()
    entries = [ToyEntry(**json.loads(_git("show", f"HEAD:{name}"))) for name in names]
    last = max(entries, key=lambda entry: entry.as_of, default=None)
    return [enact(root, last)] if last and registry().get("champion") != last.dvc_lock_sha256 else []


def client() -> Any:
    """MLflow's, on the store of the current folder."""
    from mlflow import MlflowClient

    uri = f"sqlite:///{Path.cwd()}/mlruns/mlflow.db"
    return MlflowClient(uri, uri)


def registry() -> dict[str, Any]:
    """Who is champion, and which versions there are."""
    import mlflow

    try:
        versions = client().search_model_versions("name='toy'")
        champion = client().get_model_version_by_alias("toy", "champion").tags["lock"]
    except mlflow.MlflowException:
        return {}
    return {"champion": champion, "versions": sorted(version.tags["lock"] for version in versions)}


def _git(*arguments: str) -> str:
    return subprocess.run(["git", *arguments], capture_output=True, text=True, check=True).stdout
