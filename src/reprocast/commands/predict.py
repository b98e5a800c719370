"""predict: the newest panel in, forecasts with intervals out."""

import io
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from reprocast.commands.panel_file import Accepted, accepted, panel_of_file
from reprocast.commands.served import chosen
from reprocast.deterministic import canonical_json
from reprocast.errors import UsageError
from reprocast.model import Description, Model, levels_of
from reprocast.panel import Panel, read_panel, time_text
from reprocast.params.validation import Validation
from reprocast.registry.refit import refit_of
from reprocast.stages.publish import write_file
from reprocast.tasks.forecast.forecastable import refuse_invalid
from reprocast.tasks.forecast.kept_intervals import Intervals
from reprocast.tasks.forecast.predict import forecast_panel
from reprocast.tasks.loading import load_model
from reprocast.tracking.interval_file import intervals_of

PANEL = Path("data/validated/panel.parquet")
OUT = Path("reports/predictions.parquet")
EXPORTED = ".onnx"
"""Ending of a file that holds a model."""
ABOUT = "reprocast"
"""Key of the Parquet file's metadata under which stands, as JSON, whose forecasts these are."""


def predict(root: Path, model: str, panel: Path | None = None, out: Path | None = None) -> str:
    """Forecasts the steps after each series' last row, writes them, and says what was done.

    Args:
        root: folder of the project.
        model: champion, a name under models/, a folder, a registered version, or a file that
            `reprocast export` wrote.
        panel: a file; none: the panel of the last run, which has been validated.
        out: a .parquet or .csv file.

    Raises:
        NoInputError: no such model or panel.
        DataError: the panel fails validation, has a series that the model does not know, lacks values, or
            holds such as the model was not trained on.
        UsageError: `out` is neither .parquet nor .csv.
    """
    target = root / (out or OUT)
    if target.suffix not in WRITERS:
        raise UsageError(f"--out {out}: must end in {' or '.join(WRITERS)}")
    loaded, intervals = _model(root, model)
    description = loaded.description
    newest = _panel(root, panel, description)
    table = forecast_panel(loaded, newest, intervals)
    write_file(target, WRITERS[target.suffix](table, _about(description, intervals)))
    return _said(description, table, intervals, out or OUT)


def _model(root: Path, model: str) -> tuple[Model, Intervals | None]:
    """The model that is meant, and what is known of its errors."""
    if model.endswith(EXPORTED):
        from reprocast.tasks.forecast.onnx_model import read_onnx  # an optional package

        exported = read_onnx(root / model)
        return exported, exported.intervals
    folder = chosen(root, model).folder
    loaded = load_model(folder)
    return loaded, intervals_of(folder, loaded.description)


def _panel(root: Path, file: Path | None, description: Description) -> Panel:
    """What is forecast from; a file is held to what the run's own data had to meet."""
    if file is None:
        return read_panel(root / PANEL)
    asked = accepted(root)
    panel = panel_of_file(root / file, description.calendar, asked)
    kind, validation = _limits(asked, description)
    refuse_invalid(panel, description, kind, validation)
    return panel


def _limits(asked: Accepted | None, description: Description) -> tuple[str, Validation]:
    """Kind of data and what is accepted of it; where no params.yaml is, as strict as the model allows."""
    if asked is not None:
        return asked.data.kind, asked.validation
    if description.missing == "refuse":
        return "numeric", Validation()
    return "numeric", Validation(missing_share=None, gap_share=None)


def _about(description: Description, intervals: Intervals | None) -> dict[str, str | None]:
    return {
        "model": description.name,
        "fingerprint": description.fingerprint,
        **({"refit_of": scored} if (scored := refit_of(description.fitted)) else {}),
        "intervals": "model" if levels_of(description) else getattr(intervals, "method", None),
    }


def _parquet(table: pd.DataFrame, about: dict[str, str | None]) -> bytes:
    """Bytes that depend on forecasts and model only."""
    arrow = pa.Table.from_pandas(table, preserve_index=False).replace_schema_metadata(None)
    buffer = io.BytesIO()
    with pq.ParquetWriter(buffer, arrow.schema, compression="zstd", store_schema=False) as writer:
        writer.write_table(arrow)
        writer.add_key_value_metadata({ABOUT: canonical_json(about)})
    return buffer.getvalue()


def _csv(table: pd.DataFrame, _about: dict[str, str | None]) -> bytes:
    return table.to_csv(index=False, lineterminator="\n").encode()


WRITERS = {".parquet": _parquet, ".csv": _csv}
"""By the ending of the file."""


def _said(description: Description, table: pd.DataFrame, intervals: Intervals | None, out: Path) -> str:
    series, cutoffs = table["unique_id"].nunique(), table["cutoff"]
    first, last = (time_text(time) for time in (cutoffs.to_numpy().min(), cutoffs.to_numpy().max()))
    after = f"{last}" if first == last else f"their last rows ({first} to {last})"
    plural = "" if description.horizon == 1 else "s"
    return (
        f"{description.name} forecasts {series:,} series, {description.horizon} step{plural} after {after}: "
        f"{out}\nIntervals: {_intervals_said(description, intervals)}"
    )


def _intervals_said(description: Description, intervals: Intervals | None) -> str:
    if levels_of(description):
        return "the model's own quantiles"
    if intervals is None or not intervals.coverages:
        return "none; this model's backtest is not there, or too short for one"
    shares = " and ".join(f"{100 * one:g} %" for one in intervals.coverages)
    whose = "its backtest"
    if intervals.fingerprint != description.fingerprint:
        scored = intervals.fingerprint[:8]
        whose = f"the backtest of the model it was refitted from ({scored}); it was itself never scored"
    return f"conformal, {shares}, from {min(intervals.errors.values()):,} errors of {whose}"
