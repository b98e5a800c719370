"""Drift without a champion, or with one whose files are gone: a line, and a round that goes on."""

from pathlib import Path

import pytest

from reprocast.commands import drift as command
from reprocast.commands.rounds.drift import drift_lines
from reprocast.errors import DataError, NoInputError
from reprocast.registry.ledger_entry import Candidate, Entry

HAR = Candidate(
    fingerprint="h", model="har", kind="baseline", artifact_sha256="a", validation_end=1, parameters=1,
    multiply_adds=1,
)  # fmt: skip
FIRST = Entry(
    sequence=1, action="first", as_of="2013-01-01", name="reprocast", champion=HAR, challenger=None,
    winner="h", evidence=None, reason="", by="a test", dvc_lock_sha256=None, data_sha256=None,
)  # fmt: skip


def test_without_a_champion_there_is_nothing_to_look_at(tmp_path: Path) -> None:
    with pytest.raises(NoInputError, match="no champion yet; run `reprocast promote`"):
        command.drift(tmp_path)
    assert drift_lines(tmp_path) == []
    assert list(tmp_path.iterdir()) == []


def test_a_round_goes_on_without_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> Path:
        raise DataError("its files are not whole")

    monkeypatch.setattr(command, "reigning_folder", broken)
    (tmp_path / "ledger").mkdir()
    (tmp_path / "ledger" / FIRST.file_name()).write_text(FIRST.text(), encoding="utf-8")
    assert drift_lines(tmp_path) == ["Drift was not looked for: its files are not whole"]
    assert not (tmp_path / "reports").exists()
