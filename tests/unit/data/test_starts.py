import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from reprocast.data.starts import Starts

sets = st.sets(st.integers(0, 40)).map(sorted)


@given(sets)
def test_runs_are_a_sequence(rows: list[int]) -> None:
    starts = Starts.of(rows)
    assert len(starts) == len(rows)
    assert np.asarray(starts).tolist() == rows
    assert [starts[i] for i in range(-len(rows), len(rows))] == rows + rows
    assert starts[::-2].tolist() == rows[::-2]
    order = np.random.default_rng(0).permutation(len(rows)).astype(np.int32)
    assert starts[order].tolist() == [rows[i] for i in order]
    assert starts[order].dtype == np.int64


@given(sets, st.lists(st.integers(-2, 45)))
def test_how_many_come_before(rows: list[int], asked: list[int]) -> None:
    found = Starts.of(rows).before(np.array(asked, np.int64))
    assert found.tolist() == [sum(row < each for row in rows) for each in asked]


@pytest.mark.parametrize("place", [3, -4, 100])
def test_places_that_are_not_there(place: int) -> None:
    starts = Starts.of([4, 5, 9])
    with pytest.raises(IndexError):
        starts[place]
    with pytest.raises(IndexError):
        starts[np.array([0, place])]


def test_neighbours_are_one_run() -> None:
    starts = Starts.of([2, 3, 4, 9, 11, 12])
    assert starts.runs.tolist() == [[2, 3], [9, 1], [11, 2]]
    again = Starts.of_runs(starts.runs)
    assert again[:].tolist() == starts[:].tolist()


def test_a_hundred_million_starts_take_no_room() -> None:
    starts = Starts.between(np.arange(10_000) * 10_000, np.arange(10_000) * 10_000 + 9_881)
    assert len(starts) == 98_810_000
    assert starts[98_809_999] == 99_999_880
    assert starts[np.array([0, 9_880, 9_881])].tolist() == [0, 9_880, 10_000]
