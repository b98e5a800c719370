"""dvc.lock is what a fresh clone makes, not what an older code left in somebody's folder."""

import hashlib
import json
import shutil
from importlib.metadata import version
from pathlib import Path

import pytest
from ruamel.yaml import YAML

from reprocast.stages import pull

ROOT = Path(__file__).parents[2]


def dvc_hash(folder: Path) -> str:
    """DVC's hash of a folder: over the hashes of its files by relative path."""
    files = sorted(path for path in folder.rglob("*") if path.is_file() and path.name != ".gitignore")
    digests = [(path, hashlib.md5(path.read_bytes(), usedforsecurity=False).hexdigest()) for path in files]
    listed = [{"md5": digest, "relpath": path.relative_to(folder).as_posix()} for path, digest in digests]
    return hashlib.md5(json.dumps(listed, sort_keys=True).encode(), usedforsecurity=False).hexdigest()


def test_a_fresh_folder_pulls_what_the_lock_says(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    if f"pyarrow=={version('pyarrow')} " not in (ROOT / "requirements/runtime.txt").read_text(
        encoding="utf-8"
    ):
        pytest.skip("another pyarrow than the locked one may write other bytes")
    monkeypatch.chdir(tmp_path)
    shutil.copy(ROOT / "params.yaml", "params.yaml")
    shutil.copytree(ROOT / "data/samples", "data/samples")
    Path("data/vintages").mkdir()
    shutil.copy(ROOT / "data/vintages/README.md", "data/vintages/README.md")
    pull.main()
    locked = YAML(typ="safe").load(ROOT / "dvc.lock")["stages"]["pull"]
    expected = {entry["path"]: entry["md5"] for entry in locked["deps"] + locked["outs"]}
    for folder in ("data/vintages", "data/raw"):
        assert f"{dvc_hash(Path(folder))}.dir" == expected[folder]


def pins(name: str) -> dict[str, list[str]]:
    """What is installed by a file of requirements/: packages and their hashes."""
    text = (ROOT / "requirements" / name).read_text(encoding="utf-8").replace("\\\n", " ")
    return {line.split("==")[0]: line.split() for line in text.splitlines()}


def test_a_round_has_the_packages_of_the_runtime_and_those_of_the_tests() -> None:
    runtime, production, development = (pins(f"{name}.txt") for name in ("runtime", "production", "dev"))
    assert runtime.items() <= production.items()
    assert "dvc-s3" in production
    assert all("--hash" in " ".join(words) for words in production.values())
    assert {name: words[0] for name, words in production.items()}.items() <= {
        name: words[0] for name, words in development.items()
    }.items()
