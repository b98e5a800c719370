"""The notebooks as they are stored, and run again elsewhere by the command behind `make notebooks`."""

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))
NUMBER = re.compile(r"-?\d+(\.\d+)?(e[+-]?\d+)?")


def read(path: Path) -> dict[str, Any]:
    notebook: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return notebook


def outputs(notebook: dict[str, Any]) -> list[dict[str, Any]]:
    return [output for cell in notebook["cells"] for output in cell.get("outputs", ())]


def said(notebook: dict[str, Any]) -> str:
    """Everything printed or shown as a table, in order."""
    parts = [
        output.get("text") or output.get("data", {}).get("text/plain", []) for output in outputs(notebook)
    ]
    return "\n".join("".join(part) for part in parts)


def pictures(notebook: dict[str, Any]) -> int:
    return sum(
        bool({"image/png", "image/svg+xml"} & set(output.get("data", {}))) for output in outputs(notebook)
    )


def run_again(root: Path, name: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """The notebook as it is stored, and run in a fresh folder without anything made by the pipeline."""
    (root / "notebooks").mkdir(parents=True)
    (root / "data").mkdir()
    shutil.copy(ROOT / "recipes" / "stocks.yaml", root / "params.yaml")
    shutil.copytree(ROOT / "data" / "samples", root / "data" / "samples")
    for file in ("run.py", f"{name}.ipynb"):
        shutil.copy(ROOT / "notebooks" / file, root / "notebooks")
    command = [sys.executable, "notebooks/run.py", name]
    done = subprocess.run(command, cwd=root, capture_output=True, text=True, check=False, timeout=500)
    assert done.returncode == 0, done.stderr
    assert {path.name for path in root.iterdir()} == {"params.yaml", "data", "notebooks"}
    return read(ROOT / "notebooks" / f"{name}.ipynb"), read(root / "notebooks" / f"{name}.ipynb")


def test_there_are_three() -> None:
    names = [path.stem for path in NOTEBOOKS]
    assert names == ["01-data", "02-recurrent-networks", "03-compare"]


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_nothing_is_stored_that_changes_from_run_to_run(path: Path) -> None:
    notebook = read(path)
    assert notebook["metadata"]["language_info"] == {"name": "python"}
    assert [cell["id"] for cell in notebook["cells"]] == [
        f"cell-{number:02d}" for number in range(len(notebook["cells"]))
    ]
    assert all(cell["metadata"] == {} for cell in notebook["cells"])
    assert not [output for output in outputs(notebook) if output.get("name") == "stderr"]
    assert " at 0x" not in said(notebook)
    assert str(ROOT) not in path.read_text(encoding="utf-8")


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_it_can_be_read_without_being_run(path: Path) -> None:
    cells = [cell for cell in read(path)["cells"] if cell["cell_type"] == "code"]
    assert [cell["execution_count"] for cell in cells] == list(range(1, len(cells) + 1))
    assert pictures(read(path)) >= 5


def test_the_data_are_what_is_stored(tmp_path: Path) -> None:
    """What is said of the panel, its gaps, splits and scalers; `make notebooks` brings it up to date."""
    stored, again = run_again(tmp_path / "project", "01-data")
    assert said(again) == said(stored)
    assert pictures(again) == pictures(stored)
    assert re.search(r"GOOG +2148 +0 +0\n", said(again))  # due, gaps, not due
    means = [float(found) for found in re.findall(r"(?:train|test) +mean +(\S+),", said(again))]
    assert abs(means[0]) < 0.1 < abs(means[1])


@pytest.mark.slow
def test_from_the_neuron_to_attention(tmp_path: Path) -> None:
    stored, again = run_again(tmp_path / "project", "02-recurrent-networks")
    found = said(again)
    assert NUMBER.sub("#", found).split() == NUMBER.sub("#", said(stored)).split()
    assert pictures(again) == pictures(stored)
    for epoch, loss in ((0, "5.5586"), (10, "1.6068"), (50, "0.3457")):
        assert re.search(rf"^ +{epoch} {loss} +{loss}$", found, re.MULTILINE)
    assert float(re.findall(r"^ +200 (\S+)", found, re.MULTILINE)[0]) == pytest.approx(0.0142, abs=1e-4)
    assert found.count("agree to 1e-7") == 6
    errors = dict(re.findall(r"^([\w ]+(?:, [\w ]+)?\S) +(\d\.\d\d) in the end", found, re.MULTILINE))
    assert {name for name, error in errors.items() if float(error) < 0.2} == {"GRU, open", "LSTM, open"}
    assert "36 of 64 pairs" in found
    assert "with lengths rows that differ from the sequence alone: 0 of 3" in found
    for told, free in re.findall(r"told the truth (\S+), on its own (\S+)", found):
        assert float(free) > 2 * float(told)
    assert re.search(r"forwards: (100|9\d)% .* looks at 0 1 2 3 4 5 6 7\n", found)
    assert re.search(r"backwards: (100|9\d)% .* looks at 7 6 5 4 3 2 1 0\n", found)
