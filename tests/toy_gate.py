"""A gate that promotes every model, on a real MLflow store: decisions and versions without their cost."""

import contextlib
import hashlib
import json
import subprocess
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from reprocast.commands.repository.refit_tracked import track_refit

ACTION = ["promote"]
"""What it decides."""
MODEL, AGAIN = Path("models/gru/model.json"), Path("refit/gru/model.json")


@dataclass(frozen=True)
class ToyRefit:
    """What the steps read of a refit."""

    claim: str
    sha256: str


@dataclass(frozen=True)
class ToyEntry:
    """What the steps read of an entry."""

    action: str
    reason: str
    as_of: str
    dvc_lock_sha256: str
    by: str
    refit: ToyRefit | None = None

    def path(self) -> Path:
        """Where it belongs."""
        return Path("ledger") / f"{self.as_of}-{self.dvc_lock_sha256[:12]}-{self.action}.json"


def weighed(root: Path, *, by: str, earlier: list[Any]) -> ToyEntry:
    """Promotes every model; what is decided depends on dvc.lock only."""
    lock = hashlib.sha256(Path("dvc.lock").read_bytes()).hexdigest()
    end = Path("data/raw/end").read_text(encoding="utf-8").split('"')[1]
    return ToyEntry(ACTION[0], f"better than before by {lock[:2]}", end, lock, by)


def refitted(root: Path, entry: ToyEntry) -> ToyEntry:
    """Fits every new champion again: a line more."""
    if entry.action != "promote":
        return entry
    AGAIN.parent.mkdir(parents=True, exist_ok=True)
    AGAIN.unlink(missing_ok=True)  # DVC makes what it keeps read-only
    AGAIN.write_text(MODEL.read_text(encoding="utf-8") + "again\n", encoding="utf-8")
    fitted()
    track_refit(root)
    return replace(entry, refit=ToyRefit(f"fitted to {entry.as_of}", _sha256(AGAIN)))


def fitted() -> None:
    """A moment between the refit and DVC."""


def recorded(root: Path, entry: ToyEntry) -> Path:
    """Writes the entry."""
    entry.path().parent.mkdir(exist_ok=True)
    entry.path().write_text(json.dumps(asdict(entry), sort_keys=True), encoding="utf-8")
    return entry.path()


def _sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def enact(root: Path, entry: ToyEntry) -> str:
    """Registers the model of an entry, unless it is, and moves the alias last."""
    import mlflow

    store, lock = client(), entry.dvc_lock_sha256
    with contextlib.suppress(mlflow.MlflowException):
        store.create_registered_model("toy")
    found = [version for version in store.search_model_versions("name='toy'") if version.tags["lock"] == lock]
    if entry.refit and not found:
        assert _sha256(AGAIN) == entry.refit.sha256
    version = found[0] if found else store.create_model_version("toy", "models/gru", tags={"lock": lock})
    registered()
    store.set_registered_model_alias("toy", "champion", version.version)
    return f"{entry.as_of} is champion"


def registered() -> None:
    """A moment between the registration and the alias."""


def enact_pending(root: Path) -> list[str]:
    """The newest entry that has been committed, where the alias is not its."""
    names = _git("ls-tree", "-r", "--name-only", "HEAD", "ledger").split()
    entries = [_entry(json.loads(_git("show", f"HEAD:{name}"))) for name in names]
    last = max(entries, key=lambda entry: entry.as_of, default=None)
    return [enact(root, last)] if last and registry().get("champion") != last.dvc_lock_sha256 else []


def _entry(said: dict[str, Any]) -> ToyEntry:
    again = said.pop("refit")
    return ToyEntry(**said, refit=ToyRefit(**again) if again else None)


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
