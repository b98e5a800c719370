import numpy as np
import pandas as pd
import pytest
from scipy import stats

from reprocast.evaluation.ranks import groups, rank_rows, ranks


def table(values):
    return pd.DataFrame(values, columns=list("abcdefgh")[: np.shape(values)[1]])


@pytest.mark.parametrize(
    ("models", "q"),
    [(3, 2.343), (4, 2.569), (5, 2.728), (6, 2.850), (7, 2.949), (8, 3.031)],
)
def test_critical_differences_are_the_published_ones(models, q):
    """Demšar (2006), table 5(a), Nemenyi at 0.05: CD = q √(k (k + 1) / 6 N)."""
    found = ranks(table(np.random.default_rng(0).random((14, models))), 0.05)
    assert found.critical == pytest.approx(q * np.sqrt(models * (models + 1) / (6 * 14)), abs=1e-3)


def test_mean_ranks_and_friedmans_statistic_by_hand():
    """χ² = 12 N / (k (k + 1)) · (Σ R² − k (k + 1)² / 4), Demšar (2006), section 3.2.2."""
    losses = np.random.default_rng(1).random((9, 4)) + np.array([0, 0.2, 0.4, 0.1])
    found = ranks(table(losses), 0.05)
    place = {name: np.mean([1 + sum(row < row[at]) for row in losses]) for at, name in enumerate("abcd")}
    assert found.mean == pytest.approx(place)
    assert list(found.mean.values()) == sorted(place.values())
    chi2 = 12 * 9 / 20 * (sum(rank**2 for rank in place.values()) - 4 * 25 / 4)
    assert found.p_value == pytest.approx(stats.chi2.sf(chi2, 3))


def test_ties_share_their_rank():
    found = ranks(table([[1.0, 1.0, 2.0]] * 6), 0.05)
    assert found.mean == {"a": 1.5, "b": 1.5, "c": 3.0}
    assert ranks(table(np.ones((6, 3))), 0.05).p_value == 1.0


@pytest.mark.parametrize("shape", [(4, 3), (5, 2), (0, 3)])
def test_few_series_or_models_are_not_ranked(shape):
    assert ranks(table(np.ones(shape)), 0.05) is None
    assert rank_rows(None) == []


def test_rows_begin_with_the_best():
    found = ranks(table(np.arange(18.0).reshape(6, 3)[:, ::-1]), 0.05)
    assert [(row[0], row[1], row[4]) for row in rank_rows(found)] == [
        ("c", 1.0, 6),
        ("b", 2.0, 6),
        ("a", 3.0, 6),
    ]


@pytest.mark.parametrize(
    ("mean", "found"),
    [
        ({"a": 1.0, "b": 2.0, "c": 3.5}, [("a", "b")]),
        ({"a": 1.0, "b": 2.0, "c": 3.0}, [("a", "b"), ("b", "c")]),
        ({"a": 1.0, "b": 1.5, "c": 2.0}, [("a", "b", "c")]),
        ({"a": 1.0, "b": 4.0}, []),
    ],
)
def test_groups_are_what_lies_within_the_critical_difference(mean, found):
    assert groups(mean, 1.2) == found
