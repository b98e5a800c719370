"""The registered model in MLflow: its versions, their tags and files, and the alias `champion`."""

import shutil
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import mlflow.artifacts
from mlflow.entities.model_registry import ModelVersion
from mlflow.exceptions import MlflowException

from reprocast.errors import DataError
from reprocast.params.operations import OPERATIONS, Operations
from reprocast.params.reading import read
from reprocast.tracking.address import tracking_of
from reprocast.tracking.store import Store, explained, open_store

ALIAS = "champion"
PAGE = 200
"""Versions in one answer of MLflow."""


@dataclass(frozen=True)
class Registry:
    """An open store and the registered model in it."""

    store: Store
    name: str
    """operations.yaml: registry.model."""
    uri: str


@dataclass(frozen=True)
class Version:
    """A registered version."""

    number: int
    """MLflow's own; counts up."""
    tags: Mapping[str, str]
    source: str
    """Where its files lie."""
    run: str | None
    """Id of the run that it belongs to."""
    is_champion: bool

    @property
    def fingerprint(self) -> str:
        """Hash over everything that decides the model's numbers."""
        return self.tags.get("fingerprint", "")

    @property
    def artifact_sha256(self) -> str:
        """Hash that its files must have."""
        return self.tags.get("artifact_sha256", "")

    @property
    def model(self) -> str:
        """Name in models/ and results/."""
        return self.tags.get("model", "")

    def __str__(self) -> str:
        return f"{self.number} ({self.model} {self.fingerprint[:8]})"


def open_registry(root: Path) -> Registry:
    """The registry of the project in `root`; raises what `open_store` raises."""
    path = root / OPERATIONS
    operations = read(path, Operations) if path.exists() else Operations()
    tracking = tracking_of(root)
    return Registry(open_store(tracking), operations.registry.model, tracking.uri)


def versions(registry: Registry) -> list[Version]:
    """All versions, oldest first; none where nothing was registered yet."""
    champion = _aliased(registry)
    found: list[ModelVersion] = []
    token: str | None = None
    with explained(registry.uri):
        while True:
            page = registry.store.client.search_model_versions(
                f"name = '{registry.name}'", PAGE, ["version_number ASC"], token
            )
            found += page
            token = page.token
            if not token:
                break
    return sorted((_version(one, champion) for one in found), key=lambda one: one.number)


def champion(registry: Registry) -> Version | None:
    """The version that the alias points at, if there is one."""
    number = _aliased(registry)
    return next((one for one in versions(registry) if one.number == number), None)


def version_of(registry: Registry, fingerprint: str) -> Version | None:
    """The newest version of a model; None if it was never registered."""
    own = [one for one in versions(registry) if one.fingerprint == fingerprint]
    return own[-1] if own else None


def register(registry: Registry, model_id: str, run: str, tags: Mapping[str, str]) -> Version:
    """A new version from a logged model; its files are those of the run."""
    client = registry.store.client
    with explained(registry.uri):
        _make(registry)
        source = client.get_logged_model(model_id).artifact_location
        made = client.create_model_version(registry.name, source, run, dict(tags), model_id=model_id)
    return _version(made, None)


def tag(registry: Registry, version: Version, tags: Mapping[str, str]) -> int:
    """Sets the tags that differ; how many."""
    new = {key: value for key, value in tags.items() if version.tags.get(key) != value}
    with explained(registry.uri):
        for key, value in new.items():
            registry.store.client.set_model_version_tag(registry.name, str(version.number), key, value)
    return len(new)


def move_alias(registry: Registry, version: Version) -> None:
    """Makes a version the champion."""
    with explained(registry.uri):
        registry.store.client.set_registered_model_alias(registry.name, ALIAS, str(version.number))


def download(registry: Registry, version: Version, to: Path) -> Path:
    """Copies the model's folder (model.json, weights) of a version to `to`, which must not exist.

    Raises:
        DataError: the version's files are not there.
        UnavailableError: the store cannot be reached.
    """
    to.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".download-", dir=to.parent) as scratch:
        with _readable(registry, version):
            found = _fetched(registry, version, version.model, scratch)
        shutil.move(found, to)
    return to


def download_beside(registry: Registry, version: Version, name: str, to: Path) -> Path | None:
    """Copies a file that lies beside a version's model folder into the folder `to`; None without it.

    Raises like `download`.
    """
    with _readable(registry, version):
        files = mlflow.artifacts.list_artifacts(
            artifact_uri=f"{version.source.rstrip('/')}/artifacts", tracking_uri=registry.uri
        )
        if name not in {Path(found.path).name for found in files}:
            return None
        return Path(_fetched(registry, version, name, str(to)))


@contextmanager
def _readable(registry: Registry, version: Version) -> Iterator[None]:
    try:
        yield
    except (MlflowException, OSError) as error:
        reason = " ".join(str(error).split())[:200]
        raise DataError(
            f"{registry.name} version {version.number}: its files cannot be read: {reason}; "
            "restore the store's artifacts, or go back with `reprocast rollback --to VERSION`"
        ) from error


def _fetched(registry: Registry, version: Version, name: str, to: str) -> str:
    place = f"{version.source.rstrip('/')}/artifacts/{name}"
    found: str = mlflow.artifacts.download_artifacts(
        artifact_uri=place, dst_path=to, tracking_uri=registry.uri
    )
    return found


def _make(registry: Registry) -> None:
    client = registry.store.client
    if not client.search_registered_models(f"name = '{registry.name}'"):
        client.create_registered_model(registry.name, description="What `reprocast promote` has decided.")


def _aliased(registry: Registry) -> int | None:
    with explained(registry.uri):
        found = registry.store.client.search_registered_models(f"name = '{registry.name}'")
    number = found[0].aliases.get(ALIAS) if found else None
    return None if number is None else int(number)


def _version(found: ModelVersion, champion: int | None) -> Version:
    number = int(found.version)
    return Version(number, dict(found.tags), str(found.source), found.run_id or None, number == champion)
