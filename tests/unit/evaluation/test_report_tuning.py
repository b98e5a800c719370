"""What the report says of tuning, from records and parameters."""

import json
from pathlib import Path
from typing import Any

import pytest

from reprocast.evaluation.report_tuning import budget, caution
from reprocast.evaluation.tuned import Record, Trial, question_of, record_of
from reprocast.params.entry import values_of, with_values
from reprocast.params.reading import read
from reprocast.params.root import Params
from reprocast.params.tuning import Tuning

ROOT = Path(__file__).parents[3]
HERE = "w" * 64
NONE = "no search: the values in params.yaml stand as written"


@pytest.fixture(scope="module")
def params() -> Params:
    return read(ROOT / "params.yaml", Params)


def recorded(params: Params, name: str, trials: int = 3, **tuning: Any) -> Record:
    """A search that found the values of params.yaml best."""
    asked = question_of(params, name, Tuning(**tuning), HERE)
    others = tuple(Trial(values=dict(asked.first), score=0.6 + n) for n in range(trials - 1))
    found = record_of(asked, trials, (Trial(values=dict(asked.first), score=0.5), *others))
    assert found is not None
    return found


def all_of(params: Params, **changes: Any) -> dict[str, Record]:
    return {name: recorded(params, name, **changes) for name in params.architectures}


def test_without_records_there_was_no_search(params: Params) -> None:
    assert budget(params, {}, HERE) == NONE
    assert caution(params, {}, HERE) == ""


def test_equal_budgets_are_stated_with_all_that_decides_them(params: Params) -> None:
    said = budget(params, all_of(params, trials=12, seed=5), HERE)
    assert said == (
        "each of the 3 networks: 12 trials on validation, the first with the values that stood there, drawn "
        "by TPE after 5 random trials, seed 5, from hidden 16 | 32 | 64, train.learning_rate 0.001 to 0.01 "
        "(log), train.weight_decay 0 | 0.01 | 0.1; scored by MAE with seed 1, no test window read; recorded "
        "in tuning/"
    )
    assert caution(params, all_of(params), HERE) == ""


def test_failed_trials_and_a_space_that_was_tried_out_are_stated(params: Params) -> None:
    whole = recorded(params, "gru")
    failed = Trial(values=whole.trials[0].values, reason="diverged")
    found = whole.model_copy(update={"budget": 9, "trials": (*whole.trials, failed)})
    only = params.model_copy(update={"architectures": {"gru": params.architectures["gru"]}})
    assert budget(only, {"gru": found}, HERE).startswith(
        "gru: 9 trials, the whole space after 4, 1 of them failed on validation, the first"
    )


@pytest.mark.parametrize(
    ("tuning", "trials"),
    [({}, 4), ({"seed": 2}, 3), ({"seeds": "all"}, 3), ({"space": {"hidden": (4, 8)}}, 3)],
)
def test_any_difference_between_the_searches_is_unequal(
    params: Params, tuning: dict[str, Any], trials: int
) -> None:
    records = all_of(params) | {"gru": recorded(params, "gru", trials=trials, **tuning)}
    assert budget(params, records, HERE).startswith("unequal (gru: ")
    assert caution(params, records, HERE).startswith(
        "The networks did not have equal chances in tuning (gru: "
    )


def test_a_network_without_a_search_is_named(params: Params) -> None:
    said = caution(params, {"gru": recorded(params, "gru")}, HERE)
    assert "(gru: 3 trials; lstm: no search; rnn: no search)" in said


def test_values_written_by_hand_since_are_said(params: Params) -> None:
    records = all_of(params)
    for name in params.architectures:
        params = with_values(params, name, {"hidden": 7})
    assert "gru: 3 trials, params.yaml has other values than it found" in caution(params, records, HERE)
    assert budget(params, records, HERE).startswith("unequal (")


def test_what_changed_for_all_alike_leaves_chances_equal(params: Params) -> None:
    records = all_of(params)
    assert caution(params, records, "v" * 64) == ""
    assert budget(params, records, "v" * 64).endswith("recorded in tuning/; the windows are others now")
    more = params.model_copy(update={"train": params.train.model_copy(update={"max_epochs": 7})})
    assert caution(more, records, HERE) == ""
    assert budget(more, records, HERE).endswith("; other keys have changed since")


def test_what_changed_for_one_alone_does_not(params: Params) -> None:
    records, changed = all_of(params), with_values(params, "gru", {"look_back": 32})
    assert "gru: 3 trials, other keys have changed since" in caution(changed, records, HERE)


def test_where_a_value_stands_does_not_matter(params: Params) -> None:
    """A rate written into the entry that the shared block had already is the same training."""
    records = all_of(params)
    same = with_values(params, "gru", {"train.learning_rate": params.train.learning_rate})
    assert same != params
    assert values_of(same, "gru", ["train.learning_rate"]) == values_of(
        params, "gru", ["train.learning_rate"]
    )
    assert caution(same, records, HERE) == ""


def test_what_baselines_choose_on_validation_is_said(params: Params) -> None:
    tree = params.model_dump(mode="json")
    tree["baselines"] |= {
        "fixed": {"kind": "ridge", "alpha": 1.0},
        "net": {"kind": "feed_forward"},
        "ridge": {"kind": "ridge"},
        "smooth": {"kind": "ewma"},
    }
    several = type(params).model_validate_json(json.dumps(tree))
    each = "alpha and epochs of net, alpha of ridge, smoothing of smooth"
    assert budget(several, {}, HERE) == f"{NONE}; {each} chosen on validation in any case"
