"""Each link to git and DVC holds for what belongs together, and breaks when one byte is another."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from reprocast.closure import import_closure, in_package
from reprocast.deterministic import sha256_of_text
from reprocast.fingerprint import fingerprint
from reprocast.registry.hashes import Hashes, hashes_of
from reprocast.registry.link import Link
from reprocast.registry.locked import Lock, folder_md5
from reprocast.registry.origin import data_link, fingerprint_link, lock_link, vintage_link, windows_link

MODULE = "reprocast.registry.locked"
SHARED = {"task": "forecast", "seeds": [1, 2], "train": {"learning_rate": 0.003, "none": None}}
KINDS = {
    "network": {"architectures": {"gru": {"cell": "gru"}}, **SHARED},
    "baseline": {"task": "forecast", "baselines": {"gru": {"cell": "gru"}}},
}


@pytest.fixture
def _project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "requirements").mkdir()
    (tmp_path / "requirements/runtime.txt").write_text("torch==1\n", encoding="utf-8")
    monkeypatch.chdir(tmp_path)


def whole(kind: str) -> dict[str, Any]:
    """Arguments that the project's own fingerprint agrees with."""
    mark = fingerprint(KINDS[kind], "w", [MODULE])
    code = {path: hashes_of(in_package(path).read_bytes()) for path in import_closure(MODULE)}
    said = {"name": "gru", "kind": kind, "task": "forecast", "block": {"cell": "gru"}}
    said |= {"shared": SHARED if kind == "network" else {}, "fingerprint": mark, "windows_sha256": "w"}
    stage = {"deps": [{"path": path, "md5": one.md5} for path, one in code.items()]}
    packages = sha256_of_text("torch==1\n")
    return {
        "tagged": mark,
        "description": said,
        "stage": stage,
        "code": code,
        "packages": packages,
        "where": "c",
    }


@pytest.mark.usefixtures("_project")
@pytest.mark.parametrize("kind", KINDS)
def test_the_fingerprint_is_computed_again(kind: str) -> None:
    parts = whole(kind)
    assert fingerprint_link(**parts).state == "holds"
    file = "src/reprocast/registry/locked.py"
    edited = parts["code"] | {file: hashes_of(b"")}
    gone = {path: one for path, one in parts["code"].items() if path != file}
    for change in (
        {"tagged": "f9"},
        {"code": edited},
        {"code": gone},
        {"code": edited, "stage": {"deps": []}},
        {"packages": None},
        {"description": parts["description"] | {"windows_sha256": "v"}},
        {"description": parts["description"] | {"block": {"cell": "rnn"}}},
    ):
        assert fingerprint_link(**parts | change).state == "broken", change
    assert file in fingerprint_link(**parts | {"code": edited}).said


FILES = {"manifest.json": Hashes("m1", "s1"), "values.npy": Hashes("m2", "s2")}
FOLDER = folder_md5({name: one.md5 for name, one in FILES.items()})
MD5S = {"model.json": "m3"}
LOCK = Lock({"train@gru": {"outs": [{"path": "models/gru", "md5": folder_md5(MD5S)}]}})
RAW, END = {"manifest.json": Hashes("m4", "s4")}, "2013-03-01"
DATA = [(FILES, FOLDER), (RAW, folder_md5({"manifest.json": "m4"}))]
PARTS: dict[Callable[..., Link], dict[str, Any]] = {
    lock_link: {"tagged": "d1", "commit": "c1", "model": "gru", "lock": LOCK, "files": MD5S},
    windows_link: {
        "said": "s1", "manifest": "s1", "inner": {"values.npy": "s2"}, "files": FILES, "locked": FOLDER
    },
    data_link: {
        "tags": {"data_sha256": "p1", "as_of": END}, "panel": "p1", "manifest": {"end": END}, "folders": DATA
    },
    vintage_link: {"name": "v1", "said": "s1", "found": "s1", "source": "data/vintages"},
}  # fmt: skip


@pytest.mark.parametrize("link", PARTS)
def test_what_belongs_together_holds(link: Callable[..., Link]) -> None:
    assert link(**PARTS[link]).state == "holds"


@pytest.mark.parametrize(
    ("link", "change", "state", "named"),
    [
        (lock_link, {"commit": None}, "unseen", "git fetch"),
        (lock_link, {"files": {"model.json": "m9"}}, "broken", "models/gru"),
        (lock_link, {"model": "rnn"}, "broken", "nothing"),
        (windows_link, {"manifest": "s9"}, "broken", "model.json says s1"),
        (windows_link, {"inner": {"values.npy": "s9"}}, "broken", "values.npy"),
        (windows_link, {"inner": {"starts.npy": "s9"}}, "broken", "starts.npy has nothing"),
        (windows_link, {"locked": "x.dir"}, "broken", "dvc.lock says"),
        (data_link, {"panel": "p9"}, "broken", "the panel has p9"),
        (data_link, {"panel": None}, "broken", "the panel has nothing"),
        (data_link, {"manifest": {"end": "2013-03-04"}}, "broken", "it ends at 2013-03-04"),
        (data_link, {"folders": [*DATA, (RAW, "x.dir")]}, "broken", "dvc.lock says"),
        (vintage_link, {"found": "s9"}, "broken", "data/vintages has s9"),
        (vintage_link, {"found": None}, "unkept", "v1"),
    ],
)
def test_another_value_breaks_it(
    link: Callable[..., Link], change: dict[str, Any], state: str, named: str
) -> None:
    found = link(**PARTS[link] | change)
    assert found.state == state
    assert named in found.said
