"""Jumps and frozen values against loops over single rows."""

import math
import statistics

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from reprocast.data.oddities import frozen, is_flag, jumps, robust_z
from reprocast.panel import Panel

LENGTHS = (30, 45)


def panel(values: np.ndarray, lengths: tuple[int, ...] = LENGTHS) -> Panel:
    names = tuple("abcdefgh"[: len(lengths)])
    ds = np.concatenate([np.arange(length) for length in lengths]).astype(np.int64)
    return Panel(names, np.concatenate([[0], np.cumsum(lengths)]), ds, {"y": values})


def z_by_hand(changes: list[float]) -> list[float]:
    finite = [change for change in changes if math.isfinite(change)]
    middle = statistics.median(finite)
    away = [abs(change - middle) for change in finite]
    mad = statistics.median(away) or statistics.median([one for one in away if one] or [0])
    return [abs(change - middle) / (1.4826 * mad) if mad else 0.0 for change in finite]


VALUES = st.one_of(st.integers(-4, 4).map(float), st.floats(-1e6, 1e6), st.just(math.nan))


@example([0.0, 1.0, 2e-313])
@given(st.lists(VALUES, min_size=1, max_size=40))
def test_z_is_the_distance_from_the_median_in_normal_mads(changes: list[float]) -> None:
    z = robust_z(np.asarray(changes))
    finite = np.isfinite(changes)
    assert np.isnan(z[~finite]).all()
    if finite.any():
        np.testing.assert_allclose(z[finite], z_by_hand(changes), rtol=1e-9)


def test_z_is_a_deviation_where_changes_are_normal() -> None:
    changes = np.random.default_rng(0).normal(3, 5, 100_000)
    assert robust_z(changes) == pytest.approx(np.abs(changes - 3) / 5, abs=0.1)


@pytest.mark.parametrize("seed", range(5))
def test_a_planted_jump_is_found_and_nothing_else(seed: int) -> None:
    rng = np.random.default_rng(seed)
    values = 100 + np.concatenate([rng.normal(0, 1, length).cumsum() for length in LENGTHS])
    assert jumps(panel(values), "y", "numeric", 10) == []
    values[40:] += 100  # the level of series b from its row 10 on
    [found] = jumps(panel(values), "y", "numeric", 10)
    assert (found.series, found.count, found.of, found.first) == ("b", 1, 44, ("10",))
    spike = values.copy()
    spike[5] = 1000.0
    [first, _] = jumps(panel(spike), "y", "numeric", 10)
    assert (first.count, first.first) == (2, ("5", "6"))
    assert first.detail.endswith((" on 5", " on 6"))


def test_prices_are_compared_by_their_logarithm() -> None:
    """A price that grows by a percent a day has no jump, though its last change is 20 times its first."""
    values = np.concatenate([1.1 ** np.arange(length) for length in LENGTHS])
    values *= 1 + 1e-3 * np.random.default_rng(0).normal(size=len(values))
    assert jumps(panel(values), "y", "prices", 10) == []
    values[50] *= 2
    assert [(one.series, one.first) for one in jumps(panel(values), "y", "prices", 10)] == [
        ("b", ("20", "21"))
    ]


def test_large_counts_may_change_more_than_small_ones() -> None:
    """Half of the counts are about 5, half about 5000, where a change of 100 is nothing."""
    counts = np.random.default_rng(0).poisson(np.repeat([5, 5000], 300))
    one = panel(counts, (600,))
    [found] = jumps(one, "y", "counts", 10)
    assert (found.count, found.first) == (1, ("300",))
    [plain] = jumps(one, "y", "numeric", 10)
    assert plain.count > 100


def test_a_rate_that_is_set_now_and_then_does_not_jump() -> None:
    values = np.repeat([4.0, 4.25, 4.5, 4.25, 4.0], 15)
    assert jumps(panel(values), "y", "numeric", 10) == []
    assert jumps(panel(np.full(75, 7.0)), "y", "numeric", 10) == []


def test_a_missing_value_is_no_jump() -> None:
    values = np.random.default_rng(1).normal(size=75)
    values[20] = math.nan
    assert jumps(panel(values), "y", "numeric", 10) == []


def runs_by_hand(values: list[float], steps: int, zeros: bool) -> list[tuple[int, int]]:
    runs: list[tuple[int, int]] = []
    for row, value in enumerate(values):
        if runs and value == values[runs[-1][0]] and runs[-1][0] + runs[-1][1] == row:
            runs[-1] = (runs[-1][0], runs[-1][1] + 1)
        else:
            runs.append((row, 1))
    return [(begin, n) for begin, n in runs if n >= steps and (zeros or values[begin] != 0)]


@given(
    values=arrays(float, 75, elements=st.sampled_from([0.0, 1.0, 2.0, math.nan])),
    steps=st.integers(2, 6),
    zeros=st.booleans(),
)
def test_runs_of_equal_values(values: np.ndarray, steps: int, zeros: bool) -> None:
    slow = {}
    for name, part in (("a", values[:30]), ("b", values[30:])):
        runs = runs_by_hand(part.tolist(), steps, zeros)
        if runs:
            longest = f", the longest of {max(n for _, n in runs)} rows"
            slow[name] = (len(runs), tuple(str(begin) for begin, _ in runs[:3]), longest)
    found = {
        one.series: (one.count, one.first, one.detail)
        for one in frozen(panel(values), "y", steps, zeros=zeros)
    }
    assert found == slow


def test_equal_values_on_both_sides_of_a_series_end_are_no_run() -> None:
    values = np.arange(75.0)
    values[27:33] = 5.0
    assert frozen(panel(values), "y", 4) == []
    assert [one.series for one in frozen(panel(values), "y", 3)] == ["a", "b"]


def test_a_flag_is_nought_and_one() -> None:
    flag = np.arange(75) % 2 * 1.0
    assert is_flag(panel(flag), "y")
    assert is_flag(panel(np.where(flag, np.nan, 1.0)), "y")
    assert not is_flag(panel(flag + 0.5), "y")
