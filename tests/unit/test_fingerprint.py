"""The fingerprint moves with what decides the numbers and with nothing else."""

from pathlib import Path

import pytest

from reprocast import closure, fingerprint

BLOCKS = {"architecture": {"cell": "gru", "hidden": 32}, "seeds": [1, 2]}
MODULE = ("reprocast.params.window",)


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the package that may be edited."""
    source = tmp_path / "src" / "reprocast"
    for path in closure.import_closure(*MODULE, "reprocast.params.train"):
        copy = tmp_path / path
        copy.parent.mkdir(parents=True, exist_ok=True)
        copy.write_bytes((closure.SOURCE.parents[1] / path).read_bytes())
    lock = tmp_path / "runtime.txt"
    lock.write_text("torch==1\n", encoding="utf-8")
    monkeypatch.setattr(closure, "SOURCE", source)
    monkeypatch.setattr(fingerprint, "LOCK", lock)
    return tmp_path


def test_it_does_not_depend_on_the_order_of_keys(project: Path) -> None:
    turned = dict(reversed(BLOCKS.items()))
    assert fingerprint.fingerprint(BLOCKS, "w", MODULE) == fingerprint.fingerprint(turned, "w", MODULE)


def test_it_moves_with_blocks_windows_code_and_lock(project: Path) -> None:
    seen = {fingerprint.fingerprint(BLOCKS, "w", MODULE)}
    seen.add(fingerprint.fingerprint({**BLOCKS, "seeds": [1]}, "w", MODULE))
    seen.add(fingerprint.fingerprint(BLOCKS, "v", MODULE))
    with (project / "src/reprocast/params/window.py").open("a", encoding="utf-8") as stream:
        stream.write("\n")
    seen.add(fingerprint.fingerprint(BLOCKS, "w", MODULE))
    (project / "runtime.txt").write_text("torch==2\n", encoding="utf-8")
    seen.add(fingerprint.fingerprint(BLOCKS, "w", MODULE))
    assert len(seen) == 5


def test_it_does_not_move_with_code_that_is_not_imported(project: Path) -> None:
    before = fingerprint.fingerprint(BLOCKS, "w", MODULE)
    (project / "src/reprocast/params/train.py").write_text("", encoding="utf-8")
    assert fingerprint.fingerprint(BLOCKS, "w", MODULE) == before


def test_it_is_the_same_where_the_package_was_installed(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = fingerprint.fingerprint(BLOCKS, "w", MODULE)
    installed = project / "lib" / "site-packages" / "reprocast"
    installed.parent.mkdir(parents=True)
    (project / "src" / "reprocast").rename(installed)
    monkeypatch.setattr(closure, "SOURCE", installed)
    assert fingerprint.fingerprint(BLOCKS, "w", MODULE) == before


def test_the_lock_file_is_that_of_the_folder_it_runs_in() -> None:
    assert Path("requirements/runtime.txt") == fingerprint.LOCK
