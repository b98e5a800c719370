import numpy as np
import pandas as pd
import pytest
import statsmodels.formula.api as smf
from statsmodels.stats.anova import anova_lm

from reprocast.evaluation.sample import Sample
from reprocast.evaluation.variance import parts, seed_losses, variance_rows


def two_way(rng, S, n, seed, data, rest):
    """Losses of two-way random effects with these standard deviations."""
    effects = seed * rng.standard_normal((S, 1)) + data * rng.standard_normal((1, n))
    return 3 + effects + rest * rng.standard_normal((S, n))


@pytest.mark.parametrize(("S", "n"), [(3, 40), (5, 60)])
def test_without_lags_it_is_the_analysis_of_variance(S, n):
    """Mean squares of statsmodels' two-way table, equated as in Searle, Casella & McCulloch (1992)."""
    losses = two_way(np.random.default_rng(S), S, n, 0.4, 1.0, 0.2)
    long = pd.DataFrame(
        {"loss": losses.ravel(), "s": np.repeat(np.arange(S), n), "c": np.tile(np.arange(n), S)}
    )
    table = anova_lm(smf.ols("loss ~ C(s) + C(c)", long).fit())
    squares = table["mean_sq"]
    found = parts(losses, 0, "mae")
    rest = squares["Residual"] / n
    assert found.seed == pytest.approx((squares["C(s)"] - squares["Residual"]) / n)
    assert found.data == pytest.approx((squares["C(c)"] - squares["Residual"]) / S / n)
    assert found.total == pytest.approx(found.seed + found.data + rest)


def test_on_average_it_finds_the_variances_that_were_put_in():
    rng, draws = np.random.default_rng(0), 400
    every = [parts(two_way(rng, 6, 50, 0.3, 1.5, 0.5), 0, "mae") for _ in range(draws)]
    assert np.mean([one.seed for one in every]) == pytest.approx(0.09, rel=0.15)
    assert np.mean([one.data for one in every]) == pytest.approx(1.5**2 / 50, rel=0.1)


def test_data_that_persist_count_for_more():
    """The mean of data that repeat four times varies as much as that of a quarter as many."""
    rng = np.random.default_rng(1)
    once = 3 + rng.standard_normal((1, 200)) + 0.01 * rng.standard_normal((3, 200))
    repeated = np.repeat(once[:, :50], 4, axis=1)
    assert parts(repeated, 8, "mae").data > 2 * parts(repeated, 0, "mae").data


def test_seeds_that_agree_have_no_variance_and_none_is_below_zero():
    same = np.tile(np.random.default_rng(2).standard_normal(100) + 3, (3, 1))
    assert parts(same, 0, "mae").seed == 0
    noise = 3 + np.random.default_rng(3).standard_normal((2, 100))
    found = parts(noise, 0, "mae")
    assert found.seed >= 0
    assert found.data >= 0


def test_one_seed_says_nothing_about_seeds():
    found = parts(np.random.default_rng(4).standard_normal((1, 50)) + 3, 0, "mae")
    assert (found.seed, found.total) == (None, None)
    assert found.data > 0


def test_for_rmse_it_is_the_variance_of_the_root():
    """Monte Carlo: the root of a mean of squares, seed after seed and test after test."""
    rng = np.random.default_rng(5)
    squares = two_way(rng, 2000, 400, 0.05, 0.5, 0.0)
    roots = np.sqrt(squares.mean(axis=1))
    assert parts(squares[:50], 0, "rmse").seed == pytest.approx(roots[:50].var(ddof=1), rel=0.05)


def rows(seeds=(1, 2)):
    places = [(seed, one, cutoff) for seed in (None, *seeds) for cutoff in range(60) for one in "ab"]
    frame = pd.DataFrame(places, columns=["seed", "unique_id", "cutoff"])
    frame["seed"] = frame["seed"].astype("Int64")
    loss = frame["cutoff"] + (frame["unique_id"] == "b") + 100 * frame["seed"].fillna(9).astype(float)
    return frame.assign(loss=loss)


def test_the_losses_are_those_of_the_seeds_not_of_their_mean():
    def of(unit):
        return Sample(pd.DataFrame({"gru": np.zeros(60)}), pd.DataFrame(), unit, 5)

    assert seed_losses(rows(), of("origin"))[:, :2].tolist() == [[100.5, 101.5], [200.5, 201.5]]
    assert seed_losses(rows(), of("series")).tolist() == [[129.5, 130.5], [229.5, 230.5]]


def test_a_row_a_network_and_none_where_cutoffs_are_few():
    many, few = (Sample(pd.DataFrame({"gru": np.zeros(n)}), pd.DataFrame(), "origin", 5) for n in (60, 20))
    found = variance_rows({"lstm": rows(), "gru": rows((1,))}, many, "mae")
    assert [row[0] for row in found] == ["gru", "lstm"]
    assert found[0][1] is None
    assert found[1][1] == pytest.approx(5000)
    assert variance_rows({"gru": rows()}, few, "mae") == []
