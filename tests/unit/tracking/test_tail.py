"""Events are read as whole lines, while and after they are written."""

import json
from pathlib import Path

import pytest

from reprocast.tracking import tail
from reprocast.tracking.tail import follow_events, read_events


def never() -> bool:
    return False


def lines(*events: dict) -> str:
    return "".join(json.dumps(event) + "\n" for event in events)


START, EPOCH, END = {"event": "start", "model": "gru"}, {"event": "epoch", "epoch": 1}, {"event": "end"}


def test_a_line_is_taken_when_it_is_whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path, text = tmp_path / "gru.jsonl", lines(START, EPOCH, END)
    written = iter(range(1, len(text) + 1))
    monkeypatch.setattr(tail.time, "sleep", lambda _: path.write_text(text[: next(written)]))
    batches = list(follow_events(path, never))
    assert [event for batch in batches for event in batch] == [START, EPOCH, END]
    assert len(batches) == 3


def test_it_ends_when_the_producer_is_gone_but_not_before_the_last_line_is_read(tmp_path: Path) -> None:
    path = tmp_path / "gru.jsonl"
    path.write_text(lines(START, EPOCH) + '{"event": "ep')
    assert list(follow_events(path, lambda: True)) == [[START, EPOCH]]


def test_no_file_and_no_producer_is_no_event(tmp_path: Path) -> None:
    assert list(follow_events(tmp_path / "none.jsonl", lambda: True)) == []


def test_a_file_begun_anew_is_read_from_its_beginning(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "gru.jsonl"
    path.write_text(lines(START, EPOCH, EPOCH))
    monkeypatch.setattr(tail.time, "sleep", lambda _: path.write_text(lines(START, END)))
    assert list(follow_events(path, never)) == [[START, EPOCH, EPOCH], [START, END]]


def test_only_the_last_start_counts_afterwards(tmp_path: Path) -> None:
    path = tmp_path / "gru.jsonl"
    path.write_text(lines(START, EPOCH, START, END))
    assert read_events(path) == [START, END]
    assert read_events(tmp_path / "none.jsonl") == []
