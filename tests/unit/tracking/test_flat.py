"""Nested blocks become flat parameters."""

from reprocast.tracking.flat import LIMIT, flat_params

BASE = {
    "look_back": 8,
    "horizon": 3,
    "season": 5,
    "calendar": "D",
    "series": ["A", "B"],
    "features": {"target": ["close"], "past": [], "future": ["month", "hour"]},
}


def test_every_leaf_has_its_name() -> None:
    shared = {"train": {"learning_rate": 0.003, "deep": {"er": True}}, "seeds": [1, 2]}
    assert flat_params({**BASE, "block": {"cell": "gru", "steps": None}, "shared": shared}) == {
        "look_back": "8",
        "horizon": "3",
        "season": "5",
        "calendar": "D",
        "series": "A, B",
        "folds": "1",
        "columns.target": "close",
        "columns.past": "",
        "columns.future": "month, hour",
        "cell": "gru",
        "train.learning_rate": "0.003",
        "train.deep.er": "True",
        "seeds": "1, 2",
    }


def test_a_long_value_is_cut_to_what_every_store_takes() -> None:
    series = [f"series {n}" for n in range(200)]
    text = flat_params({**BASE, "series": series})["series"]
    assert len(text) == LIMIT
    assert text.startswith("series 0, series 1,")
    assert text.endswith("…")
