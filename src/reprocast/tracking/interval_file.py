"""Where the conformal intervals of a model's folder are: beside it, or in the results of its project."""

from pathlib import Path

from pydantic import ValidationError

from reprocast.errors import DataError
from reprocast.model import Description
from reprocast.registry.refit import refit_of
from reprocast.tasks.forecast.forecast_table import read_table
from reprocast.tasks.forecast.kept_intervals import FILE, Intervals, calibrated
from reprocast.tracking.outputs import read_json

MODELS, RESULTS = "models", Path("results")


def intervals_of(folder: Path, description: Description) -> Intervals | None:
    """The intervals that belong to the model in a folder; None where nothing is known of its errors.

    A refitted model was never scored: it has those of the model that it was refitted from.

    A registered model has `intervals.json` beside its folder. For models/<name> of a project they are
    calibrated from results/forecasts/<name>.parquet, if results/scores say that it is of this very model.

    Raises:
        DataError: the file beside the folder is no such file, was changed, or is of another model.
    """
    beside = folder.parent / FILE
    if beside.is_file():
        return read_intervals(beside, description)
    models = folder.resolve().parent
    results = models.parent / RESULTS
    scored = read_json(results / "scores" / f"{folder.name}.json").get("fingerprint")
    table = results / "forecasts" / f"{folder.name}.parquet"
    if models.name != MODELS or scored != description.fingerprint or not table.is_file():
        return None
    return calibrated(read_table(table), description)


def read_intervals(path: Path, description: Description) -> Intervals:
    """Reads what went with a model.

    Raises:
        DataError: it is no such file, was changed, or is of another model.
    """
    try:
        found = Intervals.model_validate_json(path.read_text(encoding="utf-8"))
    except (ValidationError, UnicodeDecodeError):
        raise DataError(f"{path}: holds no intervals; register the model again") from None
    if not found.is_whole:
        raise DataError(f"{path}: was changed after it was written; register the model again")
    if found.fingerprint not in (description.fingerprint, refit_of(description.fitted)):
        raise DataError(f"{path}: belongs to another model than {description.name}; register the model again")
    return found
