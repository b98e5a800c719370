"""The logged model: loads without pickle, forecasts as the folder does, refuses what it cannot know."""

import json
from io import StringIO
from pathlib import Path

import mlflow
import numpy as np
import pandas as pd
import pytest
from backtested_project import RADIUS, put_backtest
from mlflow.exceptions import MlflowException
from mlflow.pyfunc import PyFuncModel
from mlflow.pyfunc.scoring_server import predictions_to_json

from reprocast.baselines.saved import load_baseline
from reprocast.errors import DataError
from reprocast.model import Shown
from reprocast.panel import from_frame, read_panel
from reprocast.tasks.forecast.predict import forecast_panel
from reprocast.tracking.address import tracking_of
from reprocast.tracking.outputs import read_models
from reprocast.tracking.pyfunc import kept_with, logged_model
from reprocast.tracking.served_model import _refuse_missing
from reprocast.tracking.store import Store
from reprocast.tracking.sync import sync


@pytest.fixture
def served(outputs: Path, store: Store, monkeypatch: pytest.MonkeyPatch) -> PyFuncModel:
    """The naive baseline as MLflow hands it out."""
    sync(outputs)
    (run,) = store.runs("tags.model = 'naive'")
    monkeypatch.setenv("MLFLOW_TRACKING_URI", tracking_of(outputs).uri)
    return mlflow.pyfunc.load_model(f"runs:/{run.info.run_id}/model")


@pytest.fixture
def frame(outputs: Path) -> pd.DataFrame:
    """The project's panel in long form."""
    return read_panel(outputs / "data" / "validated" / "panel.parquet").to_frame()


def test_it_forecasts_what_the_model_in_the_folder_does(
    outputs: Path, served: PyFuncModel, frame: pd.DataFrame
) -> None:
    expected = forecast_panel(load_baseline(outputs / "models" / "naive"), from_frame(frame))
    pd.testing.assert_frame_equal(served.predict(frame), expected)
    assert expected["mean"].tolist() == [39.0**1.5] * 3 + [79.0**1.5] * 3


@pytest.mark.parametrize(("series", "rows"), [(["A"], 8), (["B"], 40), (["A", "B"], 11)])
def test_rows_and_series_are_free(
    served: PyFuncModel, frame: pd.DataFrame, series: list[str], rows: int
) -> None:
    chosen = frame[frame["unique_id"].isin(series)].groupby("unique_id").tail(rows)
    forecast = served.predict(chosen)
    assert forecast["unique_id"].unique().tolist() == series
    assert len(forecast) == 3 * len(series)


def test_the_example_can_be_forecast_from(served: PyFuncModel) -> None:
    assert len(served.predict(served.input_example)) == 3


@pytest.mark.parametrize("row", [0, 25, 79])
def test_a_missing_value_is_refused_wherever_it_stands(
    served: PyFuncModel, frame: pd.DataFrame, row: int
) -> None:
    frame.loc[row, "close"] = np.nan
    series = frame["unique_id"][row]
    with pytest.raises(MlflowException, match=f"series {series}, row {row}: close is missing"):
        served.predict(frame)


@pytest.mark.parametrize("value", [np.inf, -np.inf])
def test_an_infinite_value_is_refused_wherever_it_stands(
    served: PyFuncModel, frame: pd.DataFrame, value: float
) -> None:
    """A feature such as log_volatility would make a number of it."""
    frame.loc[1, "close"] = value
    with pytest.raises(MlflowException, match="series A, row 1: close is not finite"):
        served.predict(frame)


def test_missing_values_pass_to_a_model_that_fills_them(outputs: Path, frame: pd.DataFrame) -> None:
    model = load_baseline(outputs / "models" / "naive")
    frame.loc[20, "close"] = np.nan
    filling = model.description.model_copy(update={"missing": "forward_fill"})
    _refuse_missing(frame, filling)
    with pytest.raises(DataError, match="close is missing"):
        _refuse_missing(frame, model.description)


def test_rows_ahead_hold_only_what_is_known(outputs: Path, frame: pd.DataFrame) -> None:
    description = load_baseline(outputs / "models" / "naive").description
    roles = description.features.model_copy(update={"future": ("plan",)})
    planned = description.model_copy(update={"features": roles})
    ahead = frame.tail(3).assign(close=np.nan)
    both = pd.concat([frame, ahead], ignore_index=True)[["unique_id", "ds", "close"]].assign(plan=1.0)
    _refuse_missing(both, planned)
    both.loc[len(both) - 1, "plan"] = np.nan
    with pytest.raises(DataError, match="plan is missing"):
        _refuse_missing(both, planned)
    with pytest.raises(DataError, match="close is missing"):
        _refuse_missing(both.drop(columns="plan"), description)


def test_a_changed_unit_is_refused(served: PyFuncModel, outputs: Path, frame: pd.DataFrame) -> None:
    model = served.unwrap_python_model().model
    shown = Shown(low=((1.0,),) * 2, high=((500.0,),) * 2, least=((0.1,),) * 2, most=((90.0,),) * 2)
    object.__setattr__(model, "description", model.description.model_copy(update={"shown": shown}))
    served.predict(frame)
    with pytest.raises(MlflowException, match=r"series A, close: holds .* as if it had another unit"):
        served.predict(frame.assign(close=frame["close"] * 1000))


def test_a_missing_column_is_refused(served: PyFuncModel, frame: pd.DataFrame) -> None:
    with pytest.raises(MlflowException, match=r"missing inputs.*close"):
        served.predict(frame.drop(columns="close"))


def test_text_in_a_number_is_refused(served: PyFuncModel, frame: pd.DataFrame) -> None:
    with pytest.raises(MlflowException, match="enforce schema"):
        served.predict(frame.assign(close="one"))


def test_an_unknown_series_is_refused_by_a_model_that_would_have_to_know_it(
    served: PyFuncModel, frame: pd.DataFrame
) -> None:
    other = frame.assign(unique_id=frame["unique_id"].replace("B", "ZZZ"))
    assert served.predict(other)["mean"].tolist() == served.predict(frame)["mean"].tolist()
    model = served.unwrap_python_model().model
    knows = model.description.model_copy(update={"block": {"kind": "climatology"}})
    object.__setattr__(model, "description", knows)
    with pytest.raises(MlflowException, match="series ZZZ: not among those that naive was trained on"):
        served.predict(other)


def test_intervals_go_with_it_and_are_null_where_nothing_is_known(
    outputs: Path, store: Store, monkeypatch: pytest.MonkeyPatch, frame: pd.DataFrame
) -> None:
    put_backtest(outputs, "naive")
    sync(outputs)
    (run,) = store.runs("tags.model = 'naive'")
    monkeypatch.setenv("MLFLOW_TRACKING_URI", tracking_of(outputs).uri)
    served = mlflow.pyfunc.load_model(f"runs:/{run.info.run_id}/model")
    said = served.metadata.get_output_schema().input_names()
    both = served.predict(frame)
    assert list(both) == said == ["unique_id", "cutoff", "ds", "target", "mean", "q-0.1", "q-0.9"]
    assert (both["q-0.9"] - both["mean"]).tolist() == pytest.approx([2 * RADIUS] * 6)
    found = served.predict(frame.assign(unique_id=frame["unique_id"].replace("B", "ZZZ")))
    rows = json.loads(as_json(found))["predictions"]
    assert [row["q-0.1"] is None for row in rows] == [False] * 3 + [True] * 3


def test_a_model_that_was_logged_before_it_was_scored_is_logged_with_its_intervals(
    outputs: Path, store: Store
) -> None:
    assert sync(outputs, force=True).models == 2
    assert sync(outputs, force=True).models == 0
    put_backtest(outputs, "naive")
    assert sync(outputs, force=True).models == 1
    assert sync(outputs, force=True).models == 0
    (run,) = store.runs("tags.model = 'naive'")
    output = next(one for one in read_models(outputs) if one.description.name == "naive")
    model = logged_model(store, run, kept_with(output))
    assert model is not None
    files = Path(store.client.get_logged_model(model).artifact_location.removeprefix("file://"))
    assert (files / "artifacts" / "intervals.json").is_file()
    (outputs / "results" / "forecasts" / "naive.parquet").unlink()  # a clone without them leaves it as it is
    assert sync(outputs, force=True).models == 0


def as_json(found: pd.DataFrame) -> str:
    """As the server writes it."""
    stream = StringIO()
    predictions_to_json(found, stream)
    assert "NaN" not in stream.getvalue()
    return stream.getvalue()


def test_nothing_of_it_is_pickled(outputs: Path, served: PyFuncModel) -> None:
    assert served.metadata.flavors["python_function"]["loader_module"] == "mlflow.pyfunc.loaders.code_model"
    files = [path for path in (outputs / "mlruns" / "artifacts").rglob("*") if path.is_file()]
    assert any(path.name == "model.json" for path in files)
    assert not [path for path in files if path.suffix in {".pkl", ".pickle", ".pt", ".pth", ".joblib"}]
    assert not [path for path in files if path.read_bytes()[:1] == b"\x80"]
