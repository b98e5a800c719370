"""A model's folder as a model; neither MLflow nor, for a baseline, PyTorch is imported."""

from pathlib import Path

from pydantic import ValidationError

from reprocast.errors import DataError, NoInputError
from reprocast.model import Description, Model

FILE = "model.json"


def read_description(folder: Path) -> Description:
    """What the model in a folder says of itself.

    Raises:
        NoInputError: the folder holds no model.
        DataError: model.json is none.
    """
    path = folder / FILE
    try:
        return Description.model_validate_json(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise NoInputError(f"{path}: no such model; run `reprocast repro`") from None
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        raise DataError(f"{path}: is not a model: {where}: {first['msg']}; run `reprocast repro`") from None


def load_model(folder: Path) -> Model:
    """The model in a folder.

    Raises:
        NoInputError: the folder holds no model.
        DataError: a file of it is not what it should be.
    """
    if read_description(folder).kind == "baseline":
        from reprocast.baselines.saved import load_baseline

        return load_baseline(folder)
    from reprocast.tasks.networks import load_network

    return load_network(folder)
