"""The folder ledger/: what is no entry is named with its remedy; entries of other questions do not count."""

from pathlib import Path

import pytest
from unit.registry.entries import entry

from reprocast.commands.decisions.ledger_files import read_ledger, write_entry
from reprocast.errors import DataError

WHOLE = entry().text()


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "Invalid JSON"),
        (b"\xff\xfe{}", "utf-8"),
        (WHOLE[:200].encode(), "Invalid JSON"),
        (f"<<<<<<< HEAD\n{WHOLE}=======\n{WHOLE}>>>>>>> main\n".encode(), "Invalid JSON"),
        (WHOLE.replace('"keep"', '"crown"').encode(), "action: "),
        (WHOLE.replace('"sequence": 1', '"sequence": 1,\n "note": "by hand"').encode(), "note: "),
        (WHOLE.replace('"schema_version": 1', '"schema_version": "1"').encode(), "schema_version: "),
    ],
)
def test_what_is_no_entry_is_named(tmp_path: Path, content: bytes, said: str) -> None:
    path = write_entry(tmp_path, entry())
    path.write_bytes(content)
    with pytest.raises(DataError, match="is not an entry of the ledger") as found:
        read_ledger(tmp_path)
    text = str(found.value)
    assert path.name in text
    assert said in text
    assert "git checkout -- ledger" in text
    assert "\n" not in text
    assert ": : " not in text


def test_an_entry_of_a_newer_version_asks_for_that(tmp_path: Path) -> None:
    newer = WHOLE.replace('"schema_version": 1', '"schema_version": 2').replace('"by"', '"started_by"')
    write_entry(tmp_path, entry()).write_text(newer)
    with pytest.raises(DataError, match=r"a newer Reprocast \(schema_version 2\); upgrade this one"):
        read_ledger(tmp_path)


def test_a_folder_in_the_place_of_an_entry_is_named(tmp_path: Path) -> None:
    (tmp_path / "ledger" / "2013-03-01-x.json").mkdir(parents=True)
    with pytest.raises(DataError, match=r"2013-03-01-x\.json: is not an entry"):
        read_ledger(tmp_path)


def test_decisions_about_another_registered_model_are_another_questions(tmp_path: Path) -> None:
    own, other = entry(name="energy"), entry()
    for one in (own, other):
        write_entry(tmp_path, one)
    assert read_ledger(tmp_path) == [other]
    (tmp_path / "operations.yaml").write_text("registry: {model: energy}\n")
    assert read_ledger(tmp_path) == [own]


def test_the_same_decision_is_written_once(tmp_path: Path) -> None:
    assert write_entry(tmp_path, entry()) == write_entry(tmp_path, entry())
    assert len(list((tmp_path / "ledger").iterdir())) == 1


def test_one_that_has_another_name_stands_there_already(tmp_path: Path) -> None:
    named = tmp_path / "ledger" / "2013-03-01-by-hand.json"
    named.parent.mkdir()
    named.write_text(WHOLE)
    assert write_entry(tmp_path, entry()) == named
    assert list(named.parent.iterdir()) == [named]
