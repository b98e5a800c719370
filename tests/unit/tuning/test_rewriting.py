"""Values put into params.yaml: the text says them, and nothing else has moved."""

import difflib
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from ruamel.yaml import YAML

from reprocast.errors import ParamsError
from reprocast.params.reading import read
from reprocast.params.root import Params
from reprocast.tuning.rewriting import rewritten

ROOT = Path(__file__).parents[3]
RECIPES = sorted((ROOT / "recipes").glob("*.yaml"))
VALUES: dict[str, Any] = {
    "hidden": 48,
    "decoder.teacher_forcing": 0.5,
    "train.learning_rate": 0.00284,
    "train.clip_norm": None,
    "learned_state": True,
}


def load(text: str) -> Any:
    return YAML(typ="safe").load(text)


@pytest.mark.parametrize("path", RECIPES, ids=lambda path: path.name)
def test_each_recipe_takes_values_and_keeps_its_comments(path: Path, tmp_path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    names = read(path, Params).architectures
    changed = rewritten(text, dict.fromkeys(names, VALUES))
    (tmp_path / "params.yaml").write_text(changed, encoding="utf-8")
    for network in read(tmp_path / "params.yaml", Params).architectures.values():
        assert (network.hidden, network.decoder.teacher_forcing, network.learned_state) == (48, 0.5, True)
        assert network.train["learning_rate"] == 0.00284
        assert network.train["clip_norm"] is None
    comments = [
        [line.partition("#")[2] for line in one.splitlines() if "#" in line] for one in (text, changed)
    ]
    assert comments[0] == comments[1]
    moved = [line for line in difflib.ndiff(text.splitlines(), changed.splitlines()) if line[:1] == "-"]
    assert len(moved) <= 4 * len(names)


def test_a_value_is_replaced_where_it_stands() -> None:
    text = "a: 1\narchitectures:   # three\n  gru:   {cell: gru,  hidden:  32 , layers: 1}  # small\nz: 'x'\n"
    assert rewritten(text, {"gru": {"hidden": 64}}) == text.replace("32 ,", "64 ,")


def test_a_key_is_added_at_the_end_of_its_block() -> None:
    text = (
        "architectures:\n  gru:\n    cell: gru  # gated\n    decoder:\n      kind: steps  # one by one\n"
        "  # the end\nseeds: [1]\n"
    )
    changed = rewritten(text, {"gru": {"train.l2": 0.1, "hidden": 8, "decoder.hidden": 4}})
    assert load(changed)["architectures"]["gru"] == {
        "cell": "gru",
        "decoder": {"kind": "steps", "hidden": 4},
        "hidden": 8,
        "train": {"l2": 0.1},
    }
    assert [line for line in changed.splitlines() if line in text.splitlines()] == text.splitlines()


@pytest.mark.parametrize(
    "entry", ["{cell: gru, train: {}}", "{cell: gru,\n    hidden: 4,  # few\n    }", '{"cell": "gru"}']
)
def test_other_ways_to_write_an_entry(entry: str) -> None:
    text = f"architectures: {{gru: {entry}, rnn: {{cell: rnn}}}}"
    changed = load(rewritten(text, {"gru": {"train.l2": 1e-05, "dropout": 0.5}}))["architectures"]
    assert changed["gru"]["train"] == {"l2": 1e-05}
    assert changed["gru"]["dropout"] == 0.5
    assert changed["rnn"] == {"cell": "rnn"}


def test_what_would_change_something_else_is_refused_and_named() -> None:
    text = "architectures:\n  gru: &same {cell: gru, hidden: 4}\n  lstm: *same\n"
    with pytest.raises(ParamsError, match=r"put these in by hand: lstm: hidden 8$"):
        rewritten(text, {"lstm": {"hidden": 8}})


def test_a_merged_block_is_overridden_not_changed() -> None:
    text = (
        "base: &base {cell: gru, hidden: 4}\n"
        "architectures:\n  gru: {<<: *base, layers: 1}\n  big: {<<: *base}\n"
    )
    changed = load(rewritten(text, {"gru": {"hidden": 8}}))
    assert changed["architectures"]["gru"]["hidden"] == 8
    assert changed["base"]["hidden"] == changed["architectures"]["big"]["hidden"] == 4


def test_no_values_no_change() -> None:
    text = (ROOT / "params.yaml").read_text(encoding="utf-8")
    assert rewritten(text, {"gru": {}}) == text


SCALARS = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False)
TEXTS = st.sampled_from(["steps", "no", "null", "on", "a b", "x: y", "#", "1", "~", ""])


@given(st.dictionaries(st.sampled_from(list(VALUES)), SCALARS | TEXTS | st.lists(SCALARS, max_size=2)))
def test_any_value_arrives_as_it_is(values: dict[str, Any]) -> None:
    text = "architectures:\n  gru: {cell: gru, hidden: 4}  # here\n"
    entry = load(rewritten(text, {"gru": values}))["architectures"]["gru"]
    for key, value in values.items():
        node = entry
        for part in key.split("."):
            node = node[part]
        assert node == value
        assert type(node) is type(value)
