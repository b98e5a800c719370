"""data.end in the text of params.yaml."""

import difflib
from pathlib import Path

import pytest
from ruamel.yaml import YAML

from reprocast.commands.rounds.end import moved, refuse_pinned
from reprocast.errors import ParamsError
from reprocast.params.data import SampleData

RECIPES = sorted((Path(__file__).parents[3] / "recipes").glob("*.yaml"))


@pytest.mark.parametrize("path", RECIPES, ids=lambda path: path.stem)
def test_one_line_moves_and_its_comment_stays(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    changed = moved(text, "2031-05-06")
    lines = [line for line in difflib.ndiff(text.splitlines(), changed.splitlines()) if line[0] in "+-"]
    assert len(lines) == 2
    assert lines[0].partition("#")[2] == lines[1].partition("#")[2]
    assert YAML(typ="safe").load(changed)["data"]["end"] == "2031-05-06"


@pytest.mark.parametrize("end", ["2031-05-06", 12])
def test_any_way_of_writing_it(end: str | int) -> None:
    for text in ("data: {end: '2024-01-01', source: x}\n", "data:\n  end: 7\n  source: x # kept\n"):
        assert YAML(typ="safe").load(moved(text, end))["data"] == {"end": end, "source": "x"}


@pytest.mark.parametrize(
    "text",
    [
        "split: {test: &day '2024-01-01'}\ndata: {end: *day}\n",
        "data: {end: &day '2024-01-01'}\nsplit: *day\n",
    ],
)
def test_an_end_that_others_share_is_left_to_its_author(text: str) -> None:
    with pytest.raises(ParamsError, match=r"cannot be moved as it is written; set it to 2024-02-01 by hand"):
        moved(text, "2024-02-01")


def test_a_pinned_vintage_can_not_be_followed() -> None:
    values = {"source": "sample", "series": ("IBM",), "end": "2013-01-01", "calendar": "XNYS", "season": 5}
    refuse_pinned(SampleData.model_validate(values))
    with pytest.raises(ParamsError, match="vintage pins 0123456789abcdef, so no round can bring newer data"):
        refuse_pinned(SampleData.model_validate({**values, "vintage": "0123456789abcdef"}))
