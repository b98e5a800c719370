"""The hash of a model's folder: over names and contents of what is deployed, and nothing else."""

import hashlib
import json
from pathlib import Path

import pytest

from reprocast.errors import NoInputError
from reprocast.registry.artifact import artifact_sha256


@pytest.fixture
def model(tmp_path: Path) -> Path:
    folder = tmp_path / "gru"
    folder.mkdir()
    (folder / "model.json").write_text("{}")
    (folder / "seed-1.safetensors").write_bytes(b"\x00\x01")
    return folder


def test_it_is_the_hash_of_sorted_names_and_contents(model: Path) -> None:
    files = {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in sorted(model.iterdir())}
    text = json.dumps(files, indent=1, sort_keys=True) + "\n"
    assert artifact_sha256(model) == hashlib.sha256(text.encode()).hexdigest()


def test_models_of_earlier_folds_and_hidden_files_do_not_count(model: Path) -> None:
    before = artifact_sha256(model)
    (model / "folds" / "0").mkdir(parents=True)
    (model / "folds" / "0" / "model.json").write_text("{1}")
    (model / ".gitignore").write_text("*")
    assert artifact_sha256(model) == before


@pytest.mark.parametrize("change", ["content", "name", "more"])
def test_every_change_of_what_is_deployed_counts(model: Path, change: str) -> None:
    before = artifact_sha256(model)
    weights = model / "seed-1.safetensors"
    if change == "content":
        weights.write_bytes(b"\x00\x02")
    elif change == "name":
        weights.rename(model / "seed-2.safetensors")
    else:
        (model / "seed-2.safetensors").write_bytes(b"")
    assert artifact_sha256(model) != before


def test_a_folder_without_a_model_is_66(tmp_path: Path) -> None:
    with pytest.raises(NoInputError, match="no such model"):
        artifact_sha256(tmp_path)
