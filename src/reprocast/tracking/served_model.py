"""What MLflow loads and serves: a model's folder as a pyfunc, from this file and safetensors, no pickle.

mlflow runs this file when a model is logged, too; what only forecasting needs is imported when it is used.
"""

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from mlflow.exceptions import MlflowException
from mlflow.models import set_model
from mlflow.protos.databricks_pb2 import BAD_REQUEST
from mlflow.pyfunc.model import PythonModel, PythonModelContext

from reprocast.data.windows import Channels
from reprocast.errors import DataError, ReprocastError
from reprocast.model import Description
from reprocast.panel import from_frame


class ServedModel(PythonModel):
    """Forecasts the steps after the last row of each series in a long panel."""

    def load_context(self, context: PythonModelContext) -> None:
        """Reads description and weights from the artifact `model`, and `intervals`, where there are some."""
        from reprocast.tasks.loading import load_model
        from reprocast.tracking.interval_file import read_intervals

        self.model, kept = load_model(Path(context.artifacts["model"])), context.artifacts.get("intervals")
        self.intervals = read_intervals(Path(kept), self.model.description) if kept else None

    def predict(
        self,
        context: PythonModelContext,  # noqa: ARG002  # mlflow passes it by this name
        model_input: pd.DataFrame,
        params: dict[str, Any] | None = None,  # noqa: ARG002
    ) -> pd.DataFrame:
        """Forecasts (unique_id, cutoff, ds, target, mean, q-…), H rows per series and target.

        Args:
            context: not used.
            model_input: unique_id, ds and the columns the model needs, a row per series and time.
            params: not used.

        Raises:
            MlflowException: a value is missing, a series is unknown or too short, times are out of order; of
                mlflow's kind, because its server answers 400 with the reason to such only.
        """
        from reprocast.tasks.forecast.predict import forecast_panel

        try:
            _refuse_infinite(model_input)
            _refuse_missing(model_input, self.model.description)
            return _answer(forecast_panel(self.model, from_frame(model_input), self.intervals))
        except ReprocastError as error:
            raise MlflowException(str(error), BAD_REQUEST) from error


def _answer(table: pd.DataFrame) -> pd.DataFrame:
    """With None for ends of intervals that are not known: NaN is no JSON."""
    unknown = [name for name in table.columns if name.startswith("q-") and table[name].hasnans]
    filled = {name: table[name].astype(object).where(table[name].notna(), None) for name in unknown}
    return table.assign(**filled)


def _refuse_infinite(frame: pd.DataFrame) -> None:
    """No column may hold one, read or not: a feature can turn it into a number that looks like any other."""
    for name in frame.select_dtypes("float").columns:
        infinite = np.isinf(frame[name].to_numpy())
        if infinite.any():
            row = int(infinite.argmax())
            series = frame["unique_id"].iloc[row]
            raise DataError(f"series {series}, row {row}: {name} is not finite; mend it or leave the row out")


FILLED = ("forward_fill", "interpolate", "mask")
"""What window.missing says where missing values are no fault; what still lacks is refused later."""


def _refuse_missing(frame: pd.DataFrame, description: Description) -> None:
    """The signature lets NaN pass; a forecast from it would be NaN without a word.

    Rows that hold nothing but what is known ahead are steps to be forecast.
    """
    from reprocast.data.channels import known_columns
    from reprocast.data.transforms import needed_columns

    if description.missing in FILLED:
        return
    features, there = Channels(**dict(description.features)), tuple(frame.columns)
    known = known_columns(features, there)
    read = needed_columns(features.target + features.past, there)
    ahead = (
        frame[[name for name in read if name in there and name not in known]].isna().all(axis=1).to_numpy()
    )
    for name in frame.columns:
        to_come = ahead & bool(known) & (name not in ("unique_id", "ds", *known))
        missing = frame[name].isna().to_numpy() & ~to_come
        if missing.any():
            series, row = frame["unique_id"].iloc[missing.argmax()], int(missing.argmax())
            raise DataError(f"series {series}, row {row}: {name} is missing; fill it or leave the row out")


set_model(ServedModel())
