"""Folders that cannot be written are found before anything runs."""

from pathlib import Path

import pytest

from reprocast.commands.folder.writable import refuse_unwritable
from reprocast.errors import CannotCreateError


def test_an_empty_folder_will_do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    refuse_unwritable()
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("name", ["models", "data", "results/scores", "data/raw"])
def test_a_file_in_the_way_is_named(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path(name).parent.mkdir(exist_ok=True)
    Path(name).write_text("", encoding="utf-8")
    with pytest.raises(CannotCreateError, match=f"{name}: cannot be written: it is a file"):
        refuse_unwritable()
