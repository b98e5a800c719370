"""The stage `adding`: the cell decides, and nothing else."""

import json
from pathlib import Path

import pytest
from little_adding import add_little

from reprocast.errors import ParamsError

PARAMS = "architectures: {{a: {{cell: gru, hidden: {hidden}}}, b: {{cell: min_gru}}}}\n"


@pytest.fixture(autouse=True)
def _project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("params.yaml").write_text(PARAMS.format(hidden=3), encoding="utf-8")


def test_the_cell_decides_and_not_the_rest_of_the_architecture() -> None:
    add_little("a", "b")
    before = Path("results/adding/a.json").read_bytes()
    assert json.loads(before)["cell"] == "gru"
    assert before != Path("results/adding/b.json").read_bytes()
    Path("params.yaml").write_text(PARAMS.format(hidden=7), encoding="utf-8")
    add_little("a")
    assert Path("results/adding/a.json").read_bytes() == before


def test_an_architecture_that_is_not_there_is_named() -> None:
    with pytest.raises(ParamsError, match=r"params\.yaml.*architectures\.c"):
        add_little("c")
