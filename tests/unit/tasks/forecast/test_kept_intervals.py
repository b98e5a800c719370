"""Half widths that go with a model: a slow oracle, the deployed fold alone, what few errors do not allow."""

import math
from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest
from unit.tasks.forecast.backtested import COVERAGES, SCALE, SERIES, TARGETS, H, description, table

from reprocast.tasks.forecast.kept_intervals import Intervals, calibrated, ends, quantile_names


def slow(rows: pd.DataFrame, target: str, h: int, coverage: float) -> float:
    """The ⌈(n + 1) · coverage⌉-th smallest absolute error of the deployed fold, by a loop."""
    errors = sorted(
        abs(row["y"][h] - row["mean"][h]) / row["scale"]
        for _, row in rows.iterrows()
        if pd.isna(row["seed"]) and row["fold"] == 1 and row["target"] == target
    )
    return errors[math.ceil((len(errors) + 1) * coverage - 1e-9) - 1]


@pytest.fixture(scope="module")
def kept() -> Intervals:
    found = calibrated(table(), description())
    assert found is not None
    return found


def test_half_widths_are_those_of_the_deployed_models_own_errors(kept: Intervals) -> None:
    rows = table()
    assert kept.coverages == COVERAGES
    assert kept.errors == dict.fromkeys(TARGETS, 2 * 2 * 30)
    for target in TARGETS:
        expected = [[slow(rows, target, h, one) for one in COVERAGES] for h in range(H)]
        assert np.asarray(kept.radii[target]) == pytest.approx(np.asarray(expected))
    assert kept.units == {target: {name: SCALE[name, target] for name in SERIES} for target in TARGETS}


def test_a_model_that_was_fitted_once_counts_each_origin_once() -> None:
    rows = table()
    found = calibrated(rows, description(folds=1, fold=0))
    assert found is not None
    # the test of fold 0 is the validation of fold 1: three spans of origins, not four
    assert found.errors == dict.fromkeys(TARGETS, 2 * 3 * 30)


def test_a_coverage_that_so_few_errors_do_not_support_is_left_out() -> None:
    found = calibrated(table(origins=1), description())  # 2 series x 2 splits: 4 errors a step
    assert found is not None
    assert found.coverages == COVERAGES  # the 4th of 5 ranks
    rows = table(origins=1)
    fewer = calibrated(rows[(rows["split"] == "test")], description())
    assert fewer is not None
    assert fewer.coverages == (0.5,)
    assert np.shape(fewer.radii["load"]) == (H, 1)


def test_answers_that_were_not_observed_do_not_count() -> None:
    rows = table()
    rows["y"] = [[math.nan, *y[1:]] if n % 2 else y for n, y in enumerate(rows["y"])]
    found = calibrated(rows[rows["seed"].isna()].assign(y=rows["y"]), description())
    assert found is not None
    assert all(math.isfinite(part) for part in np.ravel(found.radii["close"]))


@pytest.mark.parametrize(
    "change",
    [
        lambda rows: rows.drop(columns="conformal_levels"),
        lambda rows: rows.assign(conformal_levels=None),
    ],
)
def test_without_conformal_intervals_in_the_backtest_there_are_none(change: Callable) -> None:
    assert calibrated(change(table()), description()) is None


def test_a_model_with_quantiles_of_its_own_needs_none() -> None:
    own = description(block={"kind": "naive", "head": {"kind": "quantile", "levels": [0.1, 0.9]}})
    assert calibrated(table(), own) is None
    assert quantile_names(own, None) == ["q-0.1", "q-0.9"]


def forecasts(names: tuple[str, ...] = SERIES) -> pd.DataFrame:
    rows = [
        {"unique_id": name, "target": target, "ds": h, "mean": 100.0 * n + 10 * k + h}
        for n, name in enumerate(names)
        for k, target in enumerate(TARGETS)
        for h in range(H)
    ]
    return pd.DataFrame(rows)


def test_ends_lie_a_half_width_in_units_from_the_mean(kept: Intervals) -> None:
    given = forecasts()
    found = ends(given, kept)
    assert list(found) == ["q-0.1", "q-0.25", "q-0.75", "q-0.9"] == quantile_names(description(), kept)
    for n, row in given.iterrows():
        radii = kept.radii[row["target"]][row["ds"]]
        for a, names in enumerate([("q-0.25", "q-0.75"), ("q-0.1", "q-0.9")]):
            reach = radii[a] * SCALE[row["unique_id"], row["target"]]
            assert found[names[0]][n] == pytest.approx(row["mean"] - reach)
            assert found[names[1]][n] == pytest.approx(row["mean"] + reach)


def test_nothing_is_claimed_of_a_series_that_was_not_scored(kept: Intervals) -> None:
    given = forecasts(("A", "Z"))
    found = pd.DataFrame(ends(given, kept))
    assert found[given["unique_id"] == "Z"].isna().all(axis=None)
    assert found[given["unique_id"] == "A"].notna().all(axis=None)


def test_they_cover_what_they_claim(kept: Intervals) -> None:
    """New answers from the same law as the errors of calibration."""
    rng = np.random.default_rng(5)
    radii = np.asarray(kept.radii["close"])[0]
    drawn = np.abs(rng.normal(size=20_000))[:, None]
    assert (drawn <= radii).mean(axis=0) == pytest.approx(COVERAGES, abs=0.08)
