import numpy as np
import pandas as pd
import pytest

from reprocast.errors import InternalError
from reprocast.evaluation.sample import Sample, by_series, lags_for, sample


def rows(cutoffs, series="ab", steps=5, offset=0.0):
    """Losses 1, 2, 3 … by place, cutoff after cutoff."""
    places = [("y", one, cutoff) for cutoff in cutoffs for one in series]
    frame = pd.DataFrame(places, columns=["target", "unique_id", "cutoff"])
    return frame.assign(fold=0, loss=np.arange(len(frame)) + 1.0 + offset, steps=steps)


def test_with_several_cutoffs_a_row_is_a_cutoff_and_its_loss_the_mean_over_series():
    found = sample({"m": rows([3, 5]), "o": rows([3, 5], offset=1)}, 4)
    assert (found.unit, found.size, found.horizon) == ("origin", 2, 4)
    assert found.losses["m"].to_dict() == {3: 1.5, 5: 3.5}
    assert found.losses["o"].to_dict() == {3: 2.5, 5: 4.5}
    assert found.totals["m"].to_dict() == {3: 15.0, 5: 35.0}


def test_with_one_cutoff_a_row_is_a_series():
    found = sample({"m": rows([7], "abc")}, 48)
    assert (found.unit, found.lags, found.block) == ("series", 0, 1)
    assert found.losses["m"].to_dict() == {"a": 1.0, "b": 2.0, "c": 3.0}


def test_series_that_end_at_times_of_their_own_have_one_cutoff_each():
    ended = rows([7], "abc").assign(cutoff=[700, 900, 960])
    assert sample({"m": ended}, 48).unit == "series"
    assert sample({"m": rows([7, 8], "abc")}, 48).unit == "origin"
    assert sample({"m": rows([7], "a")}, 48).unit == "origin", "one series has no others to go across"


def test_totals_have_the_ratio_of_scores_where_answers_are_missing():
    uneven = rows([1, 2]).assign(steps=[5, 1, 5, 5])
    found = sample({"m": uneven}, 5)
    assert found.totals["m"].sum() == pytest.approx((uneven["loss"] * uneven["steps"]).sum())


@pytest.mark.parametrize("other", [rows([3, 6]), rows([3, 5], "ac"), rows([3]), rows([3, 5]).assign(fold=1)])
def test_models_scored_elsewhere_are_not_compared(other):
    with pytest.raises(InternalError, match="m and o were not scored at the same cutoffs"):
        sample({"m": rows([3, 5]), "o": other}, 4)


@pytest.mark.parametrize("order", [1, -1])
def test_the_order_of_rows_does_not_matter(order):
    one = rows([3, 5])
    found = sample({"m": one, "o": one.iloc[::order]}, 4)
    assert found.losses["m"].equals(found.losses["o"])


def test_losses_by_series_are_means_over_cutoffs():
    assert by_series({"m": rows([3, 5])}).to_dict() == {"m": {"a": 2.0, "b": 3.0}}


@pytest.mark.parametrize(
    ("n", "horizon", "lags"), [(500, 5, 8), (27, 1, 3), (28, 1, 4), (500, 24, 23), (8, 2, 2)]
)
def test_lags_cover_the_overlap_and_the_cube_root(n, horizon, lags):
    assert lags_for(n, horizon) == lags


@pytest.mark.parametrize(
    ("horizon", "unit", "needed"),
    [(1, "origin", 50), (5, "origin", 50), (24, "origin", 240), (48, "series", 10)],
)
def test_fewer_rows_than_are_needed_are_not_tested(horizon, unit, needed):
    def of(n):
        return Sample(pd.DataFrame({"m": np.zeros(n)}), pd.DataFrame(), unit, horizon)

    assert of(3).needed == needed
    assert of(needed).testable
    assert not of(needed - 1).testable
