"""reprocast predict: the newest panel in, forecasts with intervals out; what is wrong is refused by name."""

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow.parquet as pq
import pytest
from backtested_project import RADIUS, put_backtest
from unit.tracking.conftest import description, migrated, outputs, put, root, write

from reprocast.baselines.saved import SavedBaseline
from reprocast.commands.predict import ABOUT, OUT, predict
from reprocast.errors import DataError, NoInputError, UsageError
from reprocast.panel import read_panel

__all__ = ["migrated", "outputs", "put", "root"]

LAST = {"A": 39.0**1.5, "B": 79.0**1.5}


STRICT = {"missing": "refuse"}


@pytest.fixture
def project(outputs: Path) -> Path:
    write(outputs / "models" / "naive" / "model.json", description("naive", "baseline") | STRICT)
    put_backtest(outputs, "naive")
    return outputs


@pytest.fixture
def frame(project: Path) -> pd.DataFrame:
    return read_panel(project / "data" / "validated" / "panel.parquet").to_frame()


def test_the_panel_of_the_last_run_is_forecast_with_intervals(project: Path) -> None:
    said = predict(project, "naive")
    assert said == (
        "naive forecasts 2 series, 3 steps after 2001-02-09: reports/predictions.parquet\n"
        "Intervals: conformal, 80 %, from 24 errors of its backtest"
    )
    found = pd.read_parquet(project / OUT)
    assert list(found) == ["unique_id", "cutoff", "ds", "target", "mean", "q-0.1", "q-0.9"]
    for name, rows in found.groupby("unique_id"):
        assert rows["mean"].tolist() == [LAST[str(name)]] * 3
        assert rows["q-0.9"].tolist() == pytest.approx([LAST[str(name)] + 2 * RADIUS] * 3)
        assert rows["q-0.1"].tolist() == pytest.approx([LAST[str(name)] - 2 * RADIUS] * 3)
        assert rows["ds"].tolist() == [pd.Timestamp(2001, 2, day) for day in (10, 11, 12)]
    about = json.loads(pq.read_schema(project / OUT).metadata[ABOUT.encode()])
    assert about == {"fingerprint": "naive-1", "intervals": "split_conformal", "model": "naive"}


def test_a_csv_holds_the_same_numbers_and_the_same_bytes_again(project: Path) -> None:
    predict(project, "naive")
    predict(project, "naive", out=Path("a.csv"))
    predict(project, "models/naive", out=Path("b.csv"))
    assert (project / "a.csv").read_bytes() == (project / "b.csv").read_bytes()
    found = pd.read_csv(project / "a.csv", parse_dates=["cutoff", "ds"])
    pd.testing.assert_frame_equal(found, pd.read_parquet(project / OUT), check_dtype=False, check_exact=True)
    first = (project / OUT).read_bytes()
    predict(project, "naive")
    assert (project / OUT).read_bytes() == first


@pytest.mark.parametrize("name", ["new.csv", "new.parquet"])
def test_newer_rows_come_from_a_file(project: Path, frame: pd.DataFrame, name: str) -> None:
    day = pd.Timestamp("2001-02-10")
    newer = pd.concat([frame, pd.DataFrame({"unique_id": ["A", "B"], "ds": day, "close": [300.0, 600.0]})])
    newer = newer.assign(unique_id=newer["unique_id"].astype(str))
    (newer.to_csv if name.endswith("csv") else newer.to_parquet)(project / name, index=False)
    assert "3 steps after 2001-02-10" in predict(project, "naive", Path(name))
    found = pd.read_parquet(project / OUT)
    assert found.groupby("unique_id")["mean"].first().to_dict() == {"A": 300.0, "B": 600.0}


def test_a_folder_needs_neither_project_nor_registry(
    project: Path, tmp_path: Path, frame: pd.DataFrame
) -> None:
    alone = tmp_path / "alone"
    write(alone / "naive" / "model.json", description("naive", "baseline") | STRICT)
    frame.to_csv(alone / "panel.csv", index=False)
    said = predict(alone, "naive", Path("panel.csv"), Path("out.csv"))
    assert said.endswith("Intervals: none; this model's backtest is not there, or too short for one")
    assert list(pd.read_csv(alone / "out.csv")) == ["unique_id", "cutoff", "ds", "target", "mean"]


def test_the_backtest_of_another_model_is_not_taken(project: Path, put: Callable) -> None:
    put("naive", "baseline", fingerprint="naive-2")
    scores = project / "results" / "scores" / "naive.json"
    write(scores, json.loads(scores.read_text()) | {"fingerprint": "naive-1"})
    assert "Intervals: none" in predict(project, "naive")


CHANGES: dict[str, tuple[Callable[[pd.DataFrame], pd.DataFrame], str]] = {
    "a gap": (lambda f: f.drop(index=20), "series A lacks 1 of 40 due times"),
    "a missing value": (
        lambda f: f.assign(close=f["close"].where(f.index != 79)),
        "close must not be missing",
    ),
    "infinite": (lambda f: f.assign(close=f["close"].where(f.index != 70, np.inf)), "close must be finite"),
    "a time twice": (lambda f: pd.concat([f, f.tail(1)]), "2001-02-09 stands twice"),
    "a stale series": (lambda f: f.drop(index=range(30, 40)), "series A lacks 10 due times"),
    "no rows": (lambda f: f.head(0), "no rows"),
    "too short": (lambda f: f.groupby("unique_id").tail(5), "has 5 rows, but naive looks back 8"),
    "no such column": (lambda f: f.rename(columns={"close": "price"}), "column close must exist"),
    "text": (lambda f: f.assign(close=f["close"].astype(str) + "x"), "no column of numbers"),
}


@pytest.mark.parametrize("case", CHANGES)
def test_what_fails_validation_is_refused(project: Path, frame: pd.DataFrame, case: str) -> None:
    change, words = CHANGES[case]
    change(frame).to_csv(project / "new.csv", index=False)
    with pytest.raises(DataError, match=words):
        predict(project, "naive", Path("new.csv"))
    assert not (project / OUT).exists()


def test_a_series_that_the_model_would_have_to_know_is_refused(project: Path) -> None:
    own = description("naive", "baseline") | {"series": ["A"], "loc": [[0.0]], "scale": [[1.0]]}
    write(
        project / "models" / "naive" / "model.json", own | {"block": {"kind": "climatology", "steps": None}}
    )
    with pytest.raises(DataError, match="series B: not among those that naive was trained on"):
        predict(project, "naive")


def test_values_unlike_those_of_training_are_refused(project: Path) -> None:
    shown = {"low": [[1.0]] * 2, "high": [[2.0]] * 2, "least": [[0.1]] * 2, "most": [[1.0]] * 2}
    write(project / "models" / "naive" / "model.json", description("naive", "baseline") | {"shown": shown})
    with pytest.raises(DataError, match=r"series A, close: holds .*, while training has shown 1 … 2"):
        predict(project, "naive")


def test_a_row_without_a_series_is_refused(project: Path, frame: pd.DataFrame) -> None:
    frame = frame.astype({"unique_id": object})
    frame.loc[3, "unique_id"] = None
    for name, where in (("new.parquet", "row 3"), ("new.csv", "line 5")):
        getattr(frame, {"parquet": "to_parquet", "csv": "to_csv"}[name.partition(".")[2]])(
            project / name, index=False
        )
        with pytest.raises(
            DataError, match=rf"{name}.*{where}, column unique_id: the series' name is missing"
        ):
            predict(project, "naive", Path(name))


def test_a_forecast_that_is_no_number_is_refused(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = SavedBaseline.forecast
    monkeypatch.setattr(
        SavedBaseline, "forecast", lambda *said: whole(*said) * np.array([[[1.0]], [[np.nan]]])
    )
    with pytest.raises(DataError, match="series B: the forecast of naive is not finite"):
        predict(project, "naive")
    assert not (project / OUT).exists()


def test_what_is_not_there_is_named(project: Path) -> None:
    with pytest.raises(NoInputError, match=r"--model nobody: neither a model of models/ \(gru, naive\)"):
        predict(project, "nobody")
    with pytest.raises(NoInputError, match=r"--panel none\.csv: no such file"):
        predict(Path(), "naive", Path("none.csv"))
    with pytest.raises(UsageError, match=r"--out x.xlsx: must end in .parquet or .csv"):
        predict(project, "naive", out=Path("x.xlsx"))


PARAMS = """\
data:
  source: files
  path: old.csv
  id: shop
  time: day
  rename: {sales: close}
  date_format: "%d.%m.%Y"
  end: "2001-02-09"
  calendar: D
  season: 7
  kind: counts
"""


def test_a_file_is_read_and_judged_as_params_yaml_says(project: Path, frame: pd.DataFrame) -> None:
    write(project / "params.yaml", PARAMS)
    shops = frame.assign(ds=frame["ds"].dt.strftime("%d.%m.%Y"), close=np.arange(80))
    shops = shops.rename(columns={"unique_id": "shop", "ds": "day", "close": "sales"})
    shops.to_csv(project / "new.csv", index=False)
    assert "3 steps after 2001-02-09" in predict(project, "naive", Path("new.csv"))
    assert pd.read_parquet(project / OUT)["mean"].tolist() == [39.0] * 3 + [79.0] * 3
    shops.assign(sales=shops["sales"] + 0.5).to_csv(project / "new.csv", index=False)
    with pytest.raises(DataError, match="close must be whole numbers"):
        predict(project, "naive", Path("new.csv"))


def test_plans_reach_beyond_the_cutoff(project: Path, frame: pd.DataFrame) -> None:
    own = description("naive", "baseline") | STRICT
    roles = {"target": ["close"], "past": [], "future": ["plan"]}
    numbers = {"loc": [[0.0, 0.0]] * 2, "scale": [[1.0, 1.0]] * 2}
    write(project / "models" / "naive" / "model.json", own | {"features": roles, "channels": roles} | numbers)
    days = pd.date_range("2001-02-10", periods=3)
    ahead = pd.DataFrame({"unique_id": ["A"] * 3 + ["B"] * 3, "ds": [*days, *days], "plan": 2.0})
    planned = pd.concat([frame.assign(plan=1.0, unique_id=frame["unique_id"].astype(str)), ahead])
    planned.to_csv(project / "new.csv", index=False)
    assert "3 steps after 2001-02-09" in predict(project, "naive", Path("new.csv"))
    planned.iloc[:-1].to_csv(project / "new.csv", index=False)
    with pytest.raises(DataError, match="plan must be known at the 3 due times"):
        predict(project, "naive", Path("new.csv"))
