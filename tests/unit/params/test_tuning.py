"""The tuning block, and keys of an entry by their dotted names."""

from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from reprocast.errors import ParamsError
from reprocast.params.architecture import Architecture
from reprocast.params.entry import fault, values_of, with_values
from reprocast.params.operations import Operations
from reprocast.params.reading import read
from reprocast.params.root import Params
from reprocast.params.train import Train
from reprocast.params.tuning import Range, Tuning

ROOT = Path(__file__).parents[3]


@pytest.fixture(scope="module")
def params() -> Params:
    return read(ROOT / "params.yaml", Params)


@pytest.mark.parametrize(
    ("block", "said"),
    [
        ("trials: 0", "tuning.trials: 0 is not a whole number ≥ 1"),
        ("seeds: some", "tuning.seeds: 'some' is not first or all"),
        ("space: {}", "tuning.space: needs at least one entry"),
        ("space: {hidden: []}", "tuning.space.hidden: needs at least one entry"),
        ("space: {hidden: [4, 4]}", "names a value twice"),
        ("space: {dropout: {low: 0.5, high: 0.1}}", "low 0.5 is not below high 0.1"),
        ("space: {dropout: {low: 0.0, high: 0.1, log: true}}", "low 0.0 has no logarithm"),
        ("space: {Hidden: [4]}", "does not look as it must"),
    ],
)
def test_a_wrong_block_is_refused_with_its_key(tmp_path: Path, block: str, said: str) -> None:
    path = tmp_path / "operations.yaml"
    path.write_text(f"tuning: {{{block}}}\n", encoding="utf-8")
    with pytest.raises(ParamsError) as caught:
        read(path, Operations)
    assert said in str(caught.value)
    assert str(caught.value).startswith(f"{path}:1 tuning.")


def test_every_value_of_the_space_that_ships_is_one_of_an_entry() -> None:
    for key, part in Tuning().space.items():
        for value in (part.low, part.high) if isinstance(part, Range) else part:
            assert fault(key, value) == ""


@pytest.mark.parametrize(
    ("key", "value", "said"),
    [
        ("hiden", 4, "unknown key; did you mean hidden?"),
        ("train.rate", 0.1, "unknown key; allowed: "),
        ("trian.l2", 0.1, "unknown key; did you mean train?"),
        ("decoder.knd", "steps", "unknown key; did you mean kind?"),
        ("hidden.size", 4, "unknown key; allowed: decoder, head, train"),
        ("decoder", 4, "is a block of keys; name one of them, like decoder.kind"),
        ("train", 4, "is a block of keys; name one of them, like train.batch_size"),
        ("cell", "gru", "is what the architectures differ in; search their other keys"),
        ("hidden", 0, "0 is not a whole number ≥ 1"),
        ("hidden", 8.5, "8.5 is not a whole number"),
        ("decoder.kind", "step", "'step' is not direct, steps, autoregressive or positional"),
        ("train.learning_rate", -1.0, "-1.0 is not a number > 0"),
        ("dropout", 1.0, "1.0 is not a number < 1"),
    ],
)
def test_a_key_or_value_that_no_entry_has_is_named(key: str, value: Any, said: str) -> None:
    assert fault(key, value).startswith(said)


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("hidden", [8, 4]),
        ("decoder.paths", ["last"]),
        ("train.clip_norm", None),
        ("train.learning_rate", "find"),
    ],
)
def test_values_of_every_form_are_known(key: str, value: Any) -> None:
    assert fault(key, value) == ""


def test_every_key_of_an_entry_can_be_searched(params: Params) -> None:
    """What holds now is a value that may be tried, whatever the key."""
    entry = Architecture(cell="gru").model_dump(mode="json")
    keys = [
        f"{name}.{inner}" if isinstance(value, dict) and name != "train" else name
        for name, value in entry.items()
        if name not in ("cell", "train")
        for inner in (value if isinstance(value, dict) else [""])
    ] + [f"train.{name}" for name in Train.model_fields]
    for key, value in values_of(params, "gru", keys).items():
        assert fault(key, value) == "", key


def test_a_value_of_train_is_the_entrys_own_or_the_shared_one(params: Params) -> None:
    changed = with_values(params, "gru", {"train.l2": 0.5, "hidden": 7})
    assert values_of(changed, "gru", ["train.l2", "hidden"]) == {"train.l2": 0.5, "hidden": 7}
    assert values_of(changed, "lstm", ["train.l2", "hidden"]) == {"train.l2": 0.0, "hidden": 32}
    assert changed.architectures["gru"].train == {"l2": 0.5}


def test_values_that_do_not_go_together_are_refused(params: Params) -> None:
    for values in (
        {"dropout": 0.5},
        {"decoder.piece": 2},
        {"train.optimiser": "sgd", "train.weight_decay": 1.0},
    ):
        with pytest.raises(ValidationError):
            with_values(params, "gru", values)
