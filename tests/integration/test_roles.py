"""Roles and gaps through the stages: pull, validate, window, train, baseline and evaluate."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from integration.roles_project import DAYS, END, planned, prepare, scores, write_params

from reprocast.data.window_files import read_windows
from reprocast.data.windows import gather
from reprocast.errors import DataError, ParamsError
from reprocast.panel import read_panel
from reprocast.tasks.forecast.predict import forecast_panel
from reprocast.tasks.forecast.score import read_table
from reprocast.tasks.networks import load_network

COLUMNS = "{target: [load], future: [plan, day_of_week], static: [kind, size]}"
GAPPY = "{missing_share: 0.3, gap_share: 0.3}"


@pytest.fixture(autouse=True)
def _folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def test_what_is_known_ahead_is_known_to_the_network(tmp_path: Path) -> None:
    write_params(columns=COLUMNS)
    prepare(planned())
    windows = read_windows(Path("data/windows"))
    assert windows.channels.static == ("kind=north", "kind=south", "size")
    assert windows.static.tolist() == [[1, 0, -1], [0, 1, 1]]
    assert windows.ds.max() == np.datetime64(END)  # the splits end where the load does
    assert scores("net")["overall"]["mae"] < 0.3 * scores("naive")["overall"]["mae"]
    network = load_network(tmp_path / "models/net")
    raw = read_panel(Path("data/raw/panel.parquet"))
    found = forecast_panel(network, raw)
    assert set(found["cutoff"]) == {pd.Timestamp(END)}
    truth = planned().set_index(["unique_id", "ds"])["load"]
    error = found["mean"].to_numpy() - truth.loc[list(zip(found["unique_id"], found["ds"], strict=True))]
    assert np.abs(error).max() < 1.5  # the load itself moves by 2 a day, and was never read
    starts = np.asarray(windows.folds[0].starts["test"][:5])
    batch = gather(windows, windows.folds[0], starts)
    other = network.forecast(replace(batch, static=batch.static[:, ::-1]))
    assert (network.forecast(batch) != other).all()


def test_pull_keeps_later_rows_for_what_is_known_ahead_only() -> None:
    write_params(columns=COLUMNS)
    prepare(planned())
    raw = read_panel(Path("data/raw/panel.parquet"))
    later = raw.ds > np.datetime64(END)
    assert later.sum() == 2 * 2  # the horizon of two series
    frame = planned()
    expected = frame[(frame["ds"] > END) & (frame["ds"] <= pd.Timestamp(END) + pd.Timedelta(days=2))]
    assert raw.columns["plan"][later].tolist() == expected["plan"].tolist()
    assert np.isnan(raw.columns["load"][later]).all()
    assert raw.static["kind"].tolist() == ["north", "south"]


def test_without_columns_known_ahead_nothing_later_is_kept() -> None:
    write_params(columns="{target: [load], past: [plan]}")
    prepare(planned())
    raw = read_panel(Path("data/raw/panel.parquet"))
    assert raw.ds.max() == np.datetime64(END)


def test_later_values_of_the_target_change_no_byte() -> None:
    write_params(columns=COLUMNS)
    files = [Path("data/raw/panel.parquet"), Path("data/windows/values.npy")]
    prepare(planned())
    before = [path.read_bytes() for path in files]
    frame = planned()
    frame.loc[frame["ds"] > END, "load"] = 1e6
    prepare(frame)
    assert [path.read_bytes() for path in files] == before


def without(frame: pd.DataFrame) -> pd.DataFrame:
    """Single values, runs and rows are missing; every split is touched."""
    rng = np.random.default_rng(4)
    day = (frame["ds"] - frame["ds"].min()).dt.days.to_numpy()
    gone = (rng.random(len(frame)) < 0.06) & (day > 10) & (day < DAYS - 3)
    runs = np.isin(day, [50, 51, 120, 121, 122, 123, 124, 200, 201, 240])
    frame.loc[gone | runs, "load"] = np.nan
    return frame[~(np.isin(day, [30, 31, 100, 230]))]


@pytest.mark.parametrize("missing", ["leave_out", "forward_fill", "interpolate", "mask"])
def test_every_model_copes_with_every_policy(missing: str) -> None:
    write_params(
        columns="{target: [load], past: [plan]}",
        validation=GAPPY,
        window=f"{{look_back: 6, horizon: 2, missing: {missing}, fill_steps: 2}}",
        split="{test: 60, validation: 60}",
        baselines="{naive: {}, slow: {kind: moving_average, steps: 5}}",
        train="{max_epochs: 2, batch_size: 64}",
    )
    prepare(without(planned(DAYS)))
    windows = read_windows(Path("data/windows"))
    assert len(windows.ds) == 2 * DAYS  # a row at every due time
    for name in ("net", "naive", "slow"):
        assert np.isfinite(scores(name)["overall"]["mae"])
        table = read_table(Path(f"results/forecasts/{name}.parquet"))
        assert np.isfinite(np.stack(table["mean"].to_list())).all()
        assert np.isnan(np.stack(table["y"].to_list())).any() == (missing == "mask")
    observed = answers(without(planned(DAYS)))
    found = [
        (row.unique_id, time, y)
        for row in table.itertuples()
        for time, y in zip(row.ds, row.y, strict=True)
        if not np.isnan(y)
    ]
    assert len(found) > 100
    assert all(y == pytest.approx(observed[name, pd.Timestamp(time)]) for name, time, y in found)


def answers(frame: pd.DataFrame) -> dict[tuple[str, pd.Timestamp], float]:
    known = frame.dropna(subset="load")
    return dict(zip(zip(known["unique_id"], known["ds"], strict=True), known["load"], strict=True))


def test_har_learns_from_what_was_observed() -> None:
    write_params(
        validation=GAPPY,
        window="{look_back: 22, horizon: 2, missing: mask}",
        baselines="{har: {kind: har}}",
        split="{test: 60, validation: 60}",
    )
    prepare(without(planned(DAYS)))
    assert np.isfinite(scores("har")["overall"]["mae"])


Break = Callable[[pd.DataFrame], pd.DataFrame]
REFUSED: dict[str, tuple[dict[str, str], Break, type[Exception], str]] = {
    "a plan that ends with the load": (
        {"columns": COLUMNS},
        lambda frame: frame[frame["ds"] <= END],
        DataError,
        r"plan.*2",
    ),
    "a size that changes": (
        {"columns": "{target: [load], static: [size]}"},
        lambda frame: frame.assign(size=frame["size"] + (frame["ds"] > "2023-05-01")),
        DataError,
        "size",
    ),
    "an unknown column in a role": (
        {"columns": "{target: [load], static: [colour]}"},
        lambda frame: frame,
        DataError,
        "column colour must exist",
    ),
    "the target known ahead": (
        {"columns": "{target: [load], future: [diff(load)]}"},
        lambda frame: frame,
        ParamsError,
        r"columns\.future: 'diff\(load\)' reads load, which columns\.target forecasts",
    ),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_does_not_fit_its_role_is_refused(name: str) -> None:
    blocks, change, error, said = REFUSED[name]
    write_params(**blocks)
    with pytest.raises(error, match=said):
        prepare(change(planned()))


def test_a_new_category_is_refused_by_name() -> None:
    write_params(columns=COLUMNS, train="{max_epochs: 1}")
    prepare(planned())
    scores("net")
    network = load_network(Path("models/net"))
    raw = read_panel(Path("data/raw/panel.parquet"))
    for kind, said in (
        ("west", "series b, kind: 'west' was not there"),
        ("north", "is 'north' here, but was"),
    ):
        strange: Any = replace(raw, static={**raw.static, "kind": np.array(["north", kind], object)})
        with pytest.raises(DataError, match=said):
            forecast_panel(network, strange)


def test_a_forecast_needs_the_plan_up_to_its_horizon() -> None:
    write_params(columns=COLUMNS, train="{max_epochs: 1}")
    prepare(planned())
    scores("net")
    raw = read_panel(Path("data/raw/panel.parquet"))
    short = raw.take(raw.ds <= np.datetime64(END) + np.timedelta64(1, "D"))
    with pytest.raises(DataError, match=r"series a, plan: not known at 1 of the 2 steps .* first 2023-09-19"):
        forecast_panel(load_network(Path("models/net")), short)
