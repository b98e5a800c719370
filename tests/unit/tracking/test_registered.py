"""The registered model: versions, tags, alias, files; without pickle."""

import shutil
from pathlib import Path

import pytest

from reprocast.errors import DataError
from reprocast.registry.artifact import artifact_sha256
from reprocast.tracking.agreement import settle
from reprocast.tracking.outputs import read_models
from reprocast.tracking.registered import (
    Registry,
    champion,
    download,
    move_alias,
    open_registry,
    register,
    tag,
    version_of,
    versions,
)


@pytest.fixture
def registry(outputs: Path) -> Registry:
    return open_registry(outputs)


def put(registry: Registry, root: Path, name: str):
    output = next(one for one in read_models(root) if one.description.name == name)
    settled = settle(registry.store, output, root)
    tags = {
        "fingerprint": output.description.fingerprint,
        "model": name,
        "artifact_sha256": artifact_sha256(output.folder),
    }
    return register(registry, settled.model, settled.run.info.run_id, tags)


def test_nothing_is_registered_at_first(registry: Registry) -> None:
    assert versions(registry) == []
    assert champion(registry) is None
    assert version_of(registry, "naive-1") is None


def test_versions_tags_alias_and_files(registry: Registry, outputs: Path, tmp_path: Path) -> None:
    first = put(registry, outputs, "naive")
    again = put(registry, outputs, "naive")
    assert [one.number for one in versions(registry)] == [1, 2]
    assert champion(registry) is None  # nothing is served before the alias moves
    assert tag(registry, first, {"status": "former", "model": "naive"}) == 1
    move_alias(registry, again)
    found = champion(registry)
    assert found is not None
    assert (found.number, found.fingerprint, found.is_champion) == (2, "naive-1", True)
    assert version_of(registry, "naive-1") == found
    assert versions(registry)[0].tags["status"] == "former"
    folder = download(registry, found, tmp_path / "there" / "naive")
    assert artifact_sha256(folder) == found.artifact_sha256
    stored = Path(found.source.removeprefix("file://"))
    assert not [path for path in stored.rglob("*") if path.suffix in (".pkl", ".pickle", ".pt", ".pth")]
    shutil.rmtree(stored)
    with pytest.raises(DataError, match="version 2: its files cannot be read"):
        download(registry, found, tmp_path / "other")
