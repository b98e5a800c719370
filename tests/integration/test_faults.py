"""docs/data.md is true: every fault in its tables is played, and what is said, kept and returned compared."""

import re
from dataclasses import dataclass
from pathlib import Path

import pytest
from faults import SCENES
from faults.scene import Scene

TABLES = Path(__file__).parents[2] / "docs" / "data.md"
AS_BEFORE = "all as before"


@dataclass(frozen=True)
class Row:
    """One fault, as the table has it."""

    name: str
    said: str
    kept: str
    code: int


def rows() -> list[Row]:
    found = []
    for line in TABLES.read_text(encoding="utf-8").splitlines():
        if line.startswith("| `") and line.count(" | ") == 3:  # other tables have fewer columns
            fault, said, kept, code = (cell.strip() for cell in line.strip("|").split(" | "))
            found.append(Row(fault.split("`")[1], said.strip("`"), kept, int(code)))
    return found


def test_the_tables_and_the_scenes_name_the_same_faults() -> None:
    names = [row.name for row in rows()]
    assert len(names) == len(set(names))
    assert set(names) == set(SCENES)


@pytest.mark.parametrize("row", rows(), ids=lambda row: row.name)
def test_a_fault_is_said_and_kept_as_the_table_says(
    row: Row, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    played = SCENES[row.name](Scene(monkeypatch))
    assert played.code == row.code, played.said
    pattern = ".*".join(re.escape(part.strip()) for part in row.said.split("…"))
    assert re.search(pattern, played.said + played.printed, re.DOTALL), played.said + played.printed
    assert "Traceback" not in played.said
    assert row.kept.startswith(AS_BEFORE)
    assert not played.lost, f"lost: {sorted(played.lost)}"
    places = re.findall(r"`([^`]+)`", row.kept)
    strangers = [name for name in played.made if not name.startswith(tuple(places))]
    assert not strangers, f"made: {strangers}"
    assert all(any(name.startswith(place) for name in played.made) for place in places)
