"""The logged model: loads without pickle, forecasts as the folder does, refuses what it cannot know."""

from pathlib import Path

import mlflow
import numpy as np
import pandas as pd
import pytest
from mlflow.exceptions import MlflowException
from mlflow.pyfunc import PyFuncModel

from reprocast.baselines.saved import load_baseline
from reprocast.errors import DataError
from reprocast.panel import from_frame, read_panel
from reprocast.tasks.forecast.predict import forecast_panel
from reprocast.tracking.address import tracking_of
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
    with pytest.raises(DataError, match=f"series {series}, row {row}: close is missing"):
        served.predict(frame)


def test_a_missing_column_is_refused(served: PyFuncModel, frame: pd.DataFrame) -> None:
    with pytest.raises(MlflowException, match=r"missing inputs.*close"):
        served.predict(frame.drop(columns="close"))


def test_text_in_a_number_is_refused(served: PyFuncModel, frame: pd.DataFrame) -> None:
    with pytest.raises(MlflowException, match="enforce schema"):
        served.predict(frame.assign(close="one"))


def test_an_unknown_series_is_refused(served: PyFuncModel, frame: pd.DataFrame) -> None:
    with pytest.raises(DataError, match="ZZZ"):
        served.predict(frame.assign(unique_id=frame["unique_id"].replace("A", "ZZZ")))


def test_nothing_of_it_is_pickled(outputs: Path, served: PyFuncModel) -> None:
    assert served.metadata.flavors["python_function"]["loader_module"] == "mlflow.pyfunc.loaders.code_model"
    files = [path for path in (outputs / "mlruns" / "artifacts").rglob("*") if path.is_file()]
    assert any(path.name == "model.json" for path in files)
    assert not [path for path in files if path.suffix in {".pkl", ".pickle", ".pt", ".pth", ".joblib"}]
    assert not [path for path in files if path.read_bytes()[:1] == b"\x80"]
