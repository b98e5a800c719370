"""The search: complete over a small space, the same however often it is interrupted, no point twice."""

import json
from itertools import product
from typing import Any

import pytest
from unit.tuning.questions import FIRST, GRID, bowl, question, scored

from reprocast.evaluation.tuned import Trial, record_of
from reprocast.params.tuning import Range, Space
from reprocast.tuning.search import search


def run(budget: int, known: tuple[Trial, ...] = (), fits: Any = lambda _: True, **asked: Any) -> list[Trial]:
    return [*known, *search(question(**asked), budget, known, fits, scored)]


def points() -> list[dict[str, Any]]:
    return [
        {"hidden": hidden, "decoder.kind": kind, "train.batch_size": size}
        for hidden, kind, size in product((4, 8, 16), ("direct", "steps"), (1, 2, 3))
    ]


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_a_whole_small_space_gives_what_exhaustion_gives(seed: int) -> None:
    trials = run(100, seed=seed)
    found = sorted(json.dumps(trial.values, sort_keys=True) for trial in trials)
    assert found == sorted(json.dumps(point, sort_keys=True) for point in points())
    record = record_of(question(seed=seed), 100, tuple(trials))
    assert record is not None
    assert record.values == min(points(), key=bowl)
    assert record.values == trials[record.best].values


def test_the_first_trial_has_the_values_that_stand_there_even_outside_the_space() -> None:
    outside = FIRST | {"hidden": 7}
    trials = run(19, first=outside)
    assert trials[0].values == outside
    assert len(trials) == 19
    assert all(trial.values["hidden"] in (4, 8, 16) for trial in trials[1:])


@pytest.mark.parametrize("stopped", [0, 1, 4, 9, 11])
def test_stopped_anywhere_it_goes_on_the_same(stopped: int) -> None:
    whole = run(12)
    assert run(12, tuple(whole[:stopped])) == whole


def test_more_trials_continue_fewer() -> None:
    assert run(14)[:6] == run(6)


def test_another_seed_tries_other_points() -> None:
    assert run(6, seed=1) != run(6, seed=2)


def test_what_does_not_go_together_is_never_tried() -> None:
    trials = run(50, fits=lambda values: values["decoder.kind"] == "direct" or values["hidden"] == 4)
    assert len(trials) == 9 + 3


def test_numbers_of_a_range_stay_in_it_and_are_short() -> None:
    space: Space = {
        "train.learning_rate": Range(low=0.0012345, high=0.0198765, log=True),
        "dropout": Range(low=0.0, high=0.5),
        "hidden": Range(low=3, high=300, log=True),
    }
    first = {"train.learning_rate": 0.003, "dropout": 0.0, "hidden": 8}
    asked = question(space=space, first=first)
    trials = list(search(asked, 40, (), lambda _: True, lambda values: Trial(values=values, score=1.0)))
    for trial in trials[1:]:
        rate, dropout, hidden = (trial.values[key] for key in ("train.learning_rate", "dropout", "hidden"))
        assert isinstance(rate, float)
        assert 0.0012345 <= rate <= 0.0198765
        assert rate in (0.0012345, 0.0198765) or rate == float(f"{rate:.3g}")
        assert isinstance(dropout, float)
        assert 0 <= dropout <= 0.5
        assert isinstance(hidden, int)
        assert 3 <= hidden <= 300
    assert len({json.dumps(trial.values) for trial in trials}) == 40


def test_it_learns_from_the_trials_before() -> None:
    """On a bowl later trials lie lower than random points: E (a − 0.3)² + (b + 0.2)² = 0.80."""
    space: Space = {"a": Range(low=-1.0, high=1.0), "b": Range(low=-1.0, high=1.0)}

    def score(values: dict[str, Any]) -> Trial:
        return Trial(values=values, score=(values["a"] - 0.3) ** 2 + (values["b"] + 0.2) ** 2)

    for seed in (1, 2, 3):
        asked = question(space=space, first={"a": 1.0, "b": 1.0}, seed=seed)
        found = [trial.score or 0.0 for trial in search(asked, 40, (), lambda _: True, score)]
        assert sum(found[20:]) / 20 < 0.6 * (2 / 3 + 0.09 + 0.04)


def test_a_failed_trial_is_not_the_end_and_never_the_best() -> None:
    def score(values: dict[str, Any]) -> Trial:
        return Trial(values=values, reason="diverged") if values["hidden"] == 16 else scored(values)

    trials = tuple(search(question(), 18, (), lambda _: True, score))
    assert sum(trial.score is None for trial in trials) == 6
    record = record_of(question(), 18, trials)
    assert record is not None
    assert record.values == min((point for point in points() if point["hidden"] != 16), key=bowl)


def test_of_equal_scores_the_first_trial_wins() -> None:
    trials = tuple(Trial(values={"hidden": n}, score=0.5) for n in (8, 4, 16))
    record = record_of(question(), 3, trials)
    assert record is not None
    assert record.values == {"hidden": 8}


def test_no_score_no_record() -> None:
    assert record_of(question(), 1, (Trial(values=FIRST, reason="diverged"),)) is None


def test_lists_can_be_chosen() -> None:
    space: Space = {"decoder.paths": ([], ["last"], ["last", "seasonal"])}
    asked = question(space=space, first={"decoder.paths": []})
    trials = list(search(asked, 9, (), lambda _: True, lambda values: Trial(values=values, score=1.0)))
    assert sorted(map(str, (trial.values["decoder.paths"] for trial in trials))) == sorted(
        map(str, ([], ["last"], ["last", "seasonal"]))
    )


def test_the_grid_is_what_the_tests_say() -> None:
    assert len(points()) == 18
    assert set(GRID) == set(FIRST)
