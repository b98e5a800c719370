"""Static covariates: standardised numbers, a channel a category, and nothing that is unknown or changes."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from reprocast.data.statics import refuse_other_categories, static_channels
from reprocast.errors import DataError, ParamsError
from reprocast.panel import Panel


@pytest.fixture
def panel() -> Panel:
    nan = np.nan
    columns = {"size": np.array([2.0, 2.0, 4.0, nan, 9.0]), "load": np.arange(5.0), "hole": np.full(5, nan)}
    static = {"kind": np.array(["x", "b", "x"], object), "height": np.array([1.0, 1.0, 1.0])}
    return Panel(("p", "q", "r"), np.array([0, 2, 4, 5]), np.array([0, 1, 0, 1, 0]), columns, static)


def test_numbers_are_standardised_over_the_series(panel: Panel) -> None:
    values, names = static_channels(panel, ["size", "height"])
    sizes = np.array([2.0, 4.0, 9.0])
    assert names == ("size", "height")
    assert values[:, 0] == pytest.approx((sizes - sizes.mean()) / sizes.std())
    assert values[:, 1].tolist() == [0, 0, 0]  # the same everywhere


def test_text_becomes_a_channel_a_category_in_alphabetical_order(panel: Panel) -> None:
    values, names = static_channels(panel, ["kind"])
    assert names == ("kind=b", "kind=x")
    assert values.tolist() == [[0, 1], [1, 0], [0, 1]]


def test_without_static_columns_there_are_no_channels(panel: Panel) -> None:
    values, names = static_channels(panel, [])
    assert values.shape == (3, 0)
    assert names == ()


def test_what_is_wrong_is_named(panel: Panel) -> None:
    with pytest.raises(DataError, match=r"series p, load: has several values \(0, 1\), but columns\.static"):
        static_channels(panel, ["load"])
    with pytest.raises(DataError, match="series p, hole: has no value"):
        static_channels(panel, ["hole"])
    kinds: Any = np.array(["x", "", "x"], object)
    with pytest.raises(DataError, match="series q, kind: has no value"):
        static_channels(replace(panel, static={"kind": kinds}), ["kind"])
    with pytest.raises(ParamsError, match=r"columns\.static: 'colour' is not there; .*: kind, height, size"):
        static_channels(panel, ["colour"])


def test_a_category_that_was_not_there_in_training_is_refused(panel: Panel) -> None:
    values, names = static_channels(panel, ["kind"])
    refuse_other_categories(panel, ["kind"], names, values)
    refuse_other_categories(replace(panel, static={}), ["kind"], names, values)
    kinds: Any = np.array(["x", "new", "x"], object)
    with pytest.raises(DataError, match="series q, kind: 'new' was not there in training, only b, x"):
        refuse_other_categories(replace(panel, static={"kind": kinds}), ["kind"], names, values)
    kinds = np.array(["b", "b", "x"], object)
    with pytest.raises(DataError, match="series p, kind: is 'b' here, but was not in training"):
        refuse_other_categories(replace(panel, static={"kind": kinds}), ["kind"], names, values)
