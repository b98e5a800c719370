import numpy as np
import pandas as pd

from reprocast.evaluation.figure_data import (
    ACTUAL,
    FORECASTS,
    fold_rows,
    forecast_rows,
    horizon_rows,
    series_rows,
)

HORIZON, CUTOFFS = 3, 20


def table(offset, seeds=(), fold=0):
    """One series whose value at step t is t; forecasts are off by `offset` plus the seed."""
    rows = [
        {
            "fold": fold, "unique_id": "a", "target": "y", "cutoff": c, "seed": seed,
            "ds": np.arange(c + 1, c + 4), "y": np.arange(c + 1.0, c + 4),
            "mean": np.arange(c + 1.0, c + 4) + offset + (seed or 0),
        }
        for seed in (None, *seeds) for c in range(CUTOFFS)
    ]  # fmt: skip
    frame = pd.DataFrame(rows)
    return frame.assign(seed=frame["seed"].astype("Int64"))


def rows_of(tables):
    return [dict(zip(FORECASTS, row, strict=True)) for row in forecast_rows(tables, HORIZON)]


def test_every_step_is_forecast_once_and_stands_beside_what_happened():
    rows = rows_of({"gru": table(0.5, (1, 2)), "har": table(-0.5)})
    actual = [row for row in rows if row["model"] == ACTUAL]
    steps = [row["ds"] for row in actual]
    assert steps == list(range(steps[0], CUTOFFS - 1 + HORIZON + 1))
    for model, off in (("gru", 0.5), ("har", -0.5), (ACTUAL, 0)):
        own = [row for row in rows if row["model"] == model]
        assert [row["ds"] for row in own] == steps
        assert [row["value"] for row in own] == [ds + off for ds in steps]
        assert all(row["ds"] == row["cutoff"] + row["step"] for row in own)


def test_low_and_high_are_the_seeds_extremes():
    rows = rows_of({"gru": table(0.5, (1, 2)), "har": table(-0.5)})
    for row in rows:
        if row["model"] == "gru":
            assert (row["low"], row["high"]) == (row["ds"] + 1.5, row["ds"] + 2.5)
        else:
            assert (row["low"], row["high"]) == (None, None)


def test_a_horizon_longer_than_the_picture_shows_one_path():
    assert {row["cutoff"] for row in rows_of({"har": table(0)})} == set(range(1, CUTOFFS, 3))
    long = table(0).assign(**{name: [np.arange(80.0)] * CUTOFFS for name in ("ds", "y", "mean")})
    assert {row[7] for row in forecast_rows({"har": long}, 80)} == {CUTOFFS - 1}


def test_errors_by_step_and_series_are_those_of_the_scores():
    def part(value):
        return {"mae": value, "rmse": 2 * value}

    fold = {"test": {"horizon": [part(0.1), part(0.2)], "series": {"b": part(0.3), "a": part(0.4)}}}
    both = {"test": {"horizon": [part(0.5), part(0.6)], "series": {"a": part(0.7)}}}
    models = {"gru": {"folds": {"0": fold}}, "ann": {"folds": {"0": fold, "1": fold}, "pooled": both}}
    assert horizon_rows(models) == [
        ("ann", 1, 0.5, 1.0), ("ann", 2, 0.6, 1.2), ("gru", 1, 0.1, 0.2), ("gru", 2, 0.2, 0.4),
    ]  # fmt: skip
    assert series_rows(models) == [("ann", "a", 0.7, 1.4), ("gru", "a", 0.4, 0.8), ("gru", "b", 0.3, 0.6)]


def test_of_several_folds_the_picture_shows_the_latest():
    early = table(9.0, (1,), fold=0)
    late = table(0.5, (1,), fold=1)
    late["cutoff"] += CUTOFFS
    late["ds"] += CUTOFFS
    shown = forecast_rows({"gru": pd.concat([early, late])}, HORIZON)
    assert {row[7] for row in shown} <= set(range(CUTOFFS, 2 * CUTOFFS))
    assert len(shown) == 2 * HORIZON * len({row[7] for row in shown})


def test_each_fold_says_what_it_tested():
    late = table(0.5, (1,), fold=1)
    late["cutoff"] += CUTOFFS
    both = pd.concat([table(0.5, (1,)), late])
    said = {
        "validation": {"overall": {"mae": 0.3, "rmse": 0.4}},
        "test": {"overall": {"mae": 0.1, "rmse": 0.2}},
    }
    models = {"gru": {"folds": {"0": said, "1": said}}}
    figures = (0.1, 0.2, 0.3, 0.4)
    assert fold_rows(models, {"gru": both}) == [
        ("gru", 0, 0, CUTOFFS - 1, CUTOFFS, *figures),
        ("gru", 1, CUTOFFS, 2 * CUTOFFS - 1, CUTOFFS, *figures),
    ]
