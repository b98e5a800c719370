"""Two forecast tables matched: same places, same answers, same units."""

import json
from typing import Any

import numpy as np
import pandas as pd
import pytest
from unit.tracking.conftest import description

from reprocast.errors import DataError
from reprocast.evaluation.sample import Sample, sample
from reprocast.model import Description
from reprocast.registry.common_cutoffs import CHALLENGER, common_losses, later, refuse_another_question

DAYS = pd.date_range("2020-01-01", periods=50).to_numpy().astype("datetime64[us]")


def table(error: float, cutoffs: slice = slice(None), names: str = "AB", steps: int = 2) -> pd.DataFrame:
    """Forecasts that are wrong by `error`; the answers are zeros."""
    return pd.DataFrame(
        [
            {
                "fold": 0, "seed": None, "unique_id": name, "target": "x", "cutoff": day, "loc": 0.0,
                "scale": 2.0, "last": 0.0, "season_error": 1.0, "season_square": 1.0, "y": np.zeros(steps),
                "mean": np.full(steps, error),
            }
            for name in names
            for day in DAYS[cutoffs]
        ]
    )  # fmt: skip


def common_sample(champion: pd.DataFrame, challenger: pd.DataFrame, horizon: int) -> Sample:
    return sample(common_losses(champion, challenger), horizon)


def test_a_place_without_an_answer_is_no_place() -> None:
    """A cutoff at which nothing can be scored pays for no alpha."""
    ours = table(3.0)
    unanswered = ours["cutoff"].isin(DAYS[-4:])
    ours.loc[unanswered, "y"] = pd.Series([np.full(2, np.nan)] * 8, index=ours.index[unanswered])
    found = common_losses(table(1.0), ours)
    assert found[CHALLENGER]["cutoff"].max() == DAYS[-5]
    with pytest.raises(DataError, match="no cutoff in common"):
        common_losses(table(1.0), ours[unanswered])


def test_cutoffs_at_which_they_know_different_series_are_not_common() -> None:
    """A appears late, B is gone early: nobody was compared in between."""
    theirs = pd.concat([table(1.0, slice(0, 30), "A"), table(1.0, slice(40, 50), "B")])
    ours = pd.concat([table(3.0, slice(20, 50), "A"), table(3.0, slice(0, 20), "B")])
    assert set(common_losses(theirs, ours)[CHALLENGER]["cutoff"]) == set(pd.to_datetime(DAYS[20:30]))


def test_losses_are_scaled_means_at_the_common_cutoffs() -> None:
    found = common_sample(table(1.0, slice(0, 40)), table(3.0, slice(10, 50)), 2)
    assert list(found.losses.index) == list(DAYS[10:40])
    assert found.losses["champion"].unique().tolist() == [0.5]
    assert found.losses["challenger"].unique().tolist() == [1.5]


def test_series_that_one_does_not_know_do_not_count() -> None:
    theirs = table(1.0, names="AC")
    theirs["mean"] = [np.full(2, 99.0 if name == "C" else 1.0) for name in theirs["unique_id"]]
    found = common_sample(theirs, table(3.0), 2)
    assert found.losses["champion"].unique().tolist() == [0.5]


def test_both_are_measured_against_the_same_answers_in_the_same_units() -> None:
    """A champion that fills a gap itself, or has another scale, gains nothing by it."""
    theirs = table(1.0).assign(scale=100.0, y=[np.full(2, 1.0)] * 100)
    ours = table(3.0)
    ours.at[0, "y"] = np.array([0.0, np.nan])
    found = common_sample(theirs, ours, 2)
    assert found.losses["champion"].unique().tolist() == [0.5]


def test_without_a_common_cutoff_there_is_nothing_to_compare() -> None:
    early = table(1.0, slice(0, 5)).assign(cutoff=DAYS[0] - np.timedelta64(9, "D"))
    for other in (early, early[:0]):
        with pytest.raises(DataError, match="no cutoff in common"):
            common_sample(other, table(1.0), 2)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"horizon": 4}, "forecasts 4 steps of close, the challenger 3 steps of close"),
        ({"features": {"target": ["open"], "past": ["close"], "future": []}}, "forecasts 3 steps of open"),
        ({"task": "tag"}, r"forecasts 3 steps of close \(tag\)"),
    ],
)
def test_another_question_is_refused(change: dict[str, Any], said: str) -> None:
    ours = described({})
    refuse_another_question(described({"look_back": 99, "calendar": "W"}), ours)
    with pytest.raises(DataError, match=f"{said}.*another registry.model"):
        refuse_another_question(described(change), ours)


def described(change: dict[str, Any]) -> Description:
    return Description.model_validate_json(json.dumps(description("naive", "baseline") | change))


def test_the_later_end_of_validation_counts() -> None:
    assert later("2020-03-01", "2020-02-01", DAYS) == np.datetime64("2020-03-01")
    assert later(7, 11, np.arange(3)) == 11
    with pytest.raises(DataError, match="does not say where its validation ends"):
        later(None, "2020-02-01", DAYS)
