"""Settings in words: what is usual is left out."""

from reprocast.evaluation.settings import in_words
from reprocast.params.architecture import Architecture


def test_the_usual_is_left_out() -> None:
    assert in_words(Architecture(cell="gru").model_dump(mode="json")) == "gru, hidden 32, layers 1"


def test_what_differs_is_named_with_its_block() -> None:
    given = {
        "cell": "lstm",
        "hidden": (8, 4),
        "layers": 2,
        "dropout": 0.1,
        "decoder": {"kind": "autoregressive", "paths": ("last", "linear")},
        "train": {"learning_rate": 0.01},
    }
    block = Architecture.model_validate(given).model_dump(mode="json")
    said = "lstm, hidden 8 4, layers 2, decoder.kind autoregressive, decoder.paths last linear"
    assert in_words(block) == f"{said}, dropout 0.1, train.learning_rate 0.01"


def test_an_entry_of_before_some_keys_existed() -> None:
    assert in_words({"cell": "rnn", "hidden": 4}) == "rnn, hidden 4, layers 1"


def test_a_baseline() -> None:
    assert in_words({"kind": "moving_average", "steps": 22}) == "moving_average, steps 22"
    assert in_words({"kind": "naive"}) == "naive"
