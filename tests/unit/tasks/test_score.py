from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from reprocast.data.starts import Starts
from reprocast.data.windows import Channels, Fold, Windows
from reprocast.errors import DataError, InternalError, NoInputError
from reprocast.model import Cost, Description, Roles
from reprocast.tasks.forecast.forecast_table import read_table, table_bytes
from reprocast.tasks.forecast.long_form import to_nixtla
from reprocast.tasks.forecast.score import losses, scores, tabulate

LOOK_BACK, HORIZON, ROWS = 3, 2, 9
STARTS = np.array([2, 3, 4, 11, 12, 13])


def make(targets: int = 1, positive: bool = True, steps: bool = False) -> Windows:
    rng = np.random.default_rng(5)
    values = rng.uniform(1, 4, (2 * ROWS, targets + 1)) - (0 if positive else 2)
    days = np.datetime64("2020-01-01", "us") + np.tile(np.arange(ROWS), 2) * np.timedelta64(1, "D")
    names = tuple(f"y{k}" for k in range(targets))
    channels = Channels(names, ("x",))
    loc, scale = rng.normal(size=(2, targets + 1)), rng.uniform(0.5, 2, (2, targets + 1))
    fold = Fold(
        loc=loc,
        scale=scale,
        starts={"test": Starts.of(STARTS)},
        score_loc=loc[:, :targets],
        score_scale=scale[:, :targets],
    )
    ds = np.tile(np.arange(ROWS), 2) if steps else days
    offsets = np.array([0, ROWS, 2 * ROWS])
    return Windows(values, ds, ("a", "b"), offsets, channels, channels, LOOK_BACK, HORIZON, 1, "D", {0: fold})


def describe(windows: Windows, seeds: tuple[int, ...]) -> Description:
    roles = Roles(target=windows.channels.target, past=("x",), future=())
    return Description(
        kind="network" if seeds else "baseline", name="m", task="forecast", block={}, shared={}, seeds=seeds,
        features=roles, channels=roles, look_back=LOOK_BACK, horizon=HORIZON, season=1, calendar="D",
        series=("a", "b"), loc=(), scale=(), cost=Cost(parameters=0, multiply_adds=0, optimiser_steps=0),
        fitted={}, fingerprint="f", windows_sha256="w",
    )  # fmt: skip


def table_of(windows: Windows, seeds: tuple[int, ...] = (), split: str = "test"):
    targets = len(windows.channels.target)
    shape = (max(1, len(seeds)), len(STARTS), HORIZON, targets)
    forecasts = np.random.default_rng(6).normal(size=shape)
    return forecasts, tabulate(windows, 0, split, STARTS, forecasts, describe(windows, seeds))


@pytest.mark.parametrize("targets", [1, 2])
def test_every_row_holds_what_the_panel_held(targets):
    windows = make(targets)
    forecasts, table = table_of(windows, (7, 3))
    assert len(table) == 3 * targets * len(STARTS)
    for _, row in table.iterrows():
        n = windows.ids.index(row["unique_id"])
        k = windows.channels.target.index(row["target"])
        first = n * ROWS
        at = first + int(np.flatnonzero(windows.ds[first : first + ROWS] == row["cutoff"].to_datetime64())[0])
        m = STARTS.tolist().index(at - LOOK_BACK + 1)
        assert row["last"] == windows.values[at, k]
        np.testing.assert_array_equal(row["y"], windows.values[at + 1 : at + 3, k])
        np.testing.assert_array_equal(row["ds"], windows.ds[at + 1 : at + 3])
        scaled = forecasts.mean(axis=0) if row["seed"] is pd.NA else forecasts[[7, 3].index(row["seed"])]
        loc, scale = windows.folds[0].loc[n, k], windows.folds[0].scale[n, k]
        assert (row["loc"], row["scale"]) == (loc, scale)
        np.testing.assert_allclose(row["mean"], scaled[m, :, k] * scale + loc)
        seen = windows.values[first : at + 1, k]
        assert row["season_error"] == pytest.approx(np.abs(np.diff(seen)).mean())


def test_the_mean_of_the_seeds_comes_first_and_a_baseline_has_nothing_else():
    _, network = table_of(make(), (7, 3))
    assert network["seed"].tolist() == [pd.NA] * 6 + [3] * 6 + [7] * 6
    _, baseline = table_of(make())
    assert baseline["seed"].isna().all()


@pytest.mark.parametrize("steps", [False, True])
def test_a_table_is_read_as_it_was_written(tmp_path, steps):
    _, table = table_of(make(2, steps=steps), (7, 3))
    path = tmp_path / "table.parquet"
    path.write_bytes(table_bytes(table))
    again = read_table(path)
    shared = [name for name in table.columns if name not in ("y", "mean", "ds")]
    pd.testing.assert_frame_equal(again[shared], table[shared], check_dtype=False)
    for name in ("y", "mean", "ds"):
        np.testing.assert_array_equal(np.stack(again[name].to_list()), np.stack(table[name].to_list()))
    shuffled = table.sample(frac=1, random_state=0)
    assert table_bytes(shuffled) == path.read_bytes()


def test_what_is_no_table_is_refused(tmp_path):
    with pytest.raises(NoInputError, match="no such file"):
        read_table(tmp_path / "none.parquet")
    (tmp_path / "text.parquet").write_text("hello")
    with pytest.raises(DataError, match="is not a Parquet file"):
        read_table(tmp_path / "text.parquet")
    pd.DataFrame({"y": [1.0]}).to_parquet(tmp_path / "other.parquet")
    with pytest.raises(DataError, match="lacks cutoff"):
        read_table(tmp_path / "other.parquet")


def test_the_long_form_has_a_row_a_step():
    windows = make()
    _, table = table_of(windows, (7, 3))
    long = to_nixtla(table)
    assert list(long.columns) == ["unique_id", "cutoff", "ds", "y", "m"]
    assert len(long) == len(STARTS) * HORIZON
    ahead = (long["ds"] - long["cutoff"]).dt.days
    assert ahead.tolist() == [1, 2] * len(STARTS)
    series = {name: windows.values[n * ROWS : (n + 1) * ROWS, 0] for n, name in enumerate("ab")}
    for _, row in long.iterrows():
        assert row["y"] == series[row["unique_id"]][(row["ds"] - pd.Timestamp("2020-01-01")).days]
    assert set(to_nixtla(table_of(make(2))[1])["unique_id"]) == {"a/y0", "a/y1", "b/y0", "b/y1"}


def loop(table, value):
    """Averages `value(y, mean, row)` over rows and steps of the deployed forecasts, one at a time."""
    found = [
        value(y, mean, row)
        for _, row in table[table["seed"].isna()].iterrows()
        for y, mean in zip(row["y"], row["mean"], strict=True)
    ]
    return sum(found) / len(found)


def test_scores_equal_loops_over_the_table():
    _, table = table_of(make(2), (7, 3))
    found = scores(table)
    assert found["overall"]["mae"] == pytest.approx(loop(table, lambda y, m, r: abs(y - m) / r["scale"]))
    assert found["overall"]["rmse"] ** 2 == pytest.approx(
        loop(table, lambda y, m, r: ((y - m) / r["scale"]) ** 2)
    )
    assert found["overall"]["mase"] == pytest.approx(
        loop(table, lambda y, m, r: abs(y - m) / r["season_error"])
    )
    assert found["overall"]["rmsse"] ** 2 == pytest.approx(
        loop(table, lambda y, m, r: (y - m) ** 2 / r["season_square"])
    )
    only_b = table[table["unique_id"] == "b"]
    assert found["series"]["b"]["mae"] == pytest.approx(loop(only_b, lambda y, m, r: abs(y - m) / r["scale"]))
    only_y1 = table[table["target"] == "y1"]
    assert found["target"]["y1"]["mae_units"] == pytest.approx(loop(only_y1, lambda y, m, r: abs(y - m)))
    seed_7 = table[table["seed"] == 7].assign(seed=pd.array([pd.NA] * 12, "Int64"))
    assert found["seed"]["7"]["mae"] == pytest.approx(loop(seed_7, lambda y, m, r: abs(y - m) / r["scale"]))
    assert [step["mae"] for step in found["horizon"]] == pytest.approx(
        [
            np.mean([abs(r["y"][h] - r["mean"][h]) / r["scale"] for _, r in table[:12].iterrows()])
            for h in (0, 1)
        ]
    )


def test_the_unit_of_rmsse_is_the_squared_change_of_all_steps_up_to_the_cutoff():
    windows = make()
    _, table = table_of(windows)
    for start, (_, row) in zip(STARTS, table.iterrows(), strict=True):
        seen = windows.values[ROWS * (start >= ROWS) : start + LOOK_BACK, 0]
        assert row["season_square"] == pytest.approx(np.mean(np.diff(seen) ** 2))


def test_units_are_not_mixed_and_percentages_need_positive_targets():
    _, two = table_of(make(2))
    assert "mae_units" not in scores(two)["overall"]
    _, one = table_of(make())
    assert {"mae_units", "rmse_units", "smape", "wape"} <= set(scores(one)["overall"])
    _, signed = table_of(make(positive=False))
    assert "mae_units" in scores(signed)["overall"]
    assert not {"smape", "wape"} & set(scores(signed)["overall"])


@pytest.mark.parametrize("score", ["mae", "rmse"])
def test_losses_are_means_over_series_targets_and_steps(score):
    _, table = table_of(make(2), (7, 3))
    found = losses(table, score)
    assert len(found) == 3
    power = 1 if score == "mae" else 2
    for cutoff, loss in found.items():
        rows = table[(table["cutoff"] == cutoff) & table["seed"].isna()]
        assert loss == pytest.approx(loop(rows, lambda y, m, r: (abs(y - m) / r["scale"]) ** power))
    overall = scores(table)["overall"][score]
    assert found.mean() ** (1 / power) == pytest.approx(overall)


def test_forecasts_of_the_wrong_shape_are_our_own_fault():
    windows = make()
    with pytest.raises(InternalError, match="forecasts of shape"):
        tabulate(windows, 0, "test", STARTS, np.zeros((1, 6, 3, 1)), describe(windows, ()))
    with pytest.raises(InternalError, match="for seeds"):
        tabulate(windows, 0, "test", STARTS, np.zeros((1, 6, 2, 1)), describe(windows, (1, 2)))


def masked(missing: list[tuple[int, int]]) -> Windows:
    """Windows of two targets, not observed at these (row, target)."""
    plain = make(2)
    seen = np.ones((2 * ROWS, 3))
    for row, k in missing:
        seen[row, k] = 0
    names = plain.channels.names
    channels = Channels(names[:2], names[2:], observed=tuple(f"observed({name})" for name in names))
    return replace(plain, values=np.hstack([plain.values, seen]), channels=channels, missing="mask")


def test_what_was_not_observed_is_no_answer(tmp_path):
    windows = masked([(6, 0), (7, 0), (7, 1), (14, 1)])
    _, table = table_of(windows, (7, 3))
    for _, row in table.iterrows():
        n, k = windows.ids.index(row["unique_id"]), windows.channels.target.index(row["target"])
        cutoff = n * ROWS + (row["cutoff"] - pd.Timestamp("2020-01-01")).days
        missing = [(cutoff + h, k) in [(6, 0), (7, 0), (7, 1), (14, 1)] for h in (1, 2)]
        assert np.isnan(row["y"]).tolist() == missing
        assert row["last"] == windows.values[cutoff, k]
    path = tmp_path / "table.parquet"
    path.write_bytes(table_bytes(table))
    np.testing.assert_array_equal(*(np.stack(one["y"].to_list()) for one in (table, read_table(path))))


def test_scores_and_losses_count_what_was_observed():
    _, table = table_of(masked([(6, 0), (7, 0), (7, 1), (14, 1)]), (7, 3))
    deployed, errors, by_cutoff = table[table["seed"].isna()], [], {}
    by_step = ([], [])
    for _, row in deployed.iterrows():
        own = []
        for h in range(HORIZON):
            if not np.isnan(row["y"][h]):
                own.append(abs(row["y"][h] - row["mean"][h]) / row["scale"])
                by_step[h].append(own[-1])
        errors += own
        if own:
            by_cutoff.setdefault(row["cutoff"], []).append(np.mean(own))
    assert len(errors) < deployed["y"].map(len).sum()
    found = scores(table)
    assert found["overall"]["mae"] == pytest.approx(np.mean(errors))
    assert found["overall"]["rmse"] == pytest.approx(np.sqrt(np.mean(np.square(errors))))
    assert [step["mae"] for step in found["horizon"]] == pytest.approx([np.mean(step) for step in by_step])
    assert all(np.isfinite(value) for value in found["overall"].values())
    loss = losses(table, "mae")
    assert loss.to_dict() == pytest.approx({key: np.mean(values) for key, values in by_cutoff.items()})


def test_a_series_without_any_answer_is_not_scored():
    _, table = table_of(masked([(row, k) for row in range(ROWS) for k in (0, 1)]))
    found = scores(table)
    assert list(found["series"]) == ["b"]
    assert len(losses(table, "rmse")) == 3
    _, nothing = table_of(masked([(row, k) for row in range(2 * ROWS) for k in (0, 1)]))
    assert scores(nothing)["overall"] == {}
    assert losses(nothing, "mae").empty
