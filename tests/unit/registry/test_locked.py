"""What a dvc.lock says, beside DVC's own reading of it."""

from pathlib import Path

import pytest
from dvc.repo import Repo

from reprocast.registry.hashes import hashes_below
from reprocast.registry.locked import folder_md5, read_by, read_lock, stage_name

TEXT = """\
schema: '2.0'
stages:
  baseline@har:
    cmd: x
    deps:
    - {path: data/windows, hash: md5, md5: aa.dir}
    - {path: src/reprocast/model.py, hash: md5, md5: bb}
    - {path: srcs/other.py, hash: md5, md5: cc}
    outs:
    - {path: models/har, hash: md5, md5: dd.dir}
  compare:
    cmd: y
    outs:
    - {path: metrics.json, hash: md5, md5: ee}
"""


def test_stages_and_outputs_by_name() -> None:
    lock = read_lock(TEXT)
    stage = lock.stage("baseline", "har")
    assert stage is not None
    assert read_by(stage, "src") == {"src/reprocast/model.py": "bb"}
    assert lock.stage("network", "har") is None
    assert [lock.output(path) for path in ("models/har", "metrics.json", "models/gru")] == [
        "dd.dir",
        "ee",
        None,
    ]
    assert stage_name("network", "gru") == "train@gru"


@pytest.mark.parametrize("text", ["", "a: [", "- 1", "stages: 3", "\0"])
def test_what_is_no_lock_has_no_stages(text: str) -> None:
    assert read_lock(text).stages == {}


@pytest.mark.filterwarnings("ignore:_NoneStep:DeprecationWarning")  # DVC's use of pygtrie
def test_a_folder_has_the_hash_that_dvc_gives_it(tmp_path: Path) -> None:
    """The listing is sorted by parts, of files in folders and of names with signs below the slash."""
    folder = tmp_path / "model"
    for name in ("model.json", "a/b.bin", "a-b/c", "a.b", "z", "ä"):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(name.encode())
    with Repo.init(str(tmp_path), no_scm=True) as repo:
        (stage,) = repo.add([str(folder)])
        said = stage.outs[0].hash_info.value
    assert folder_md5({name: one.md5 for name, one in hashes_below(folder).items()}) == said
