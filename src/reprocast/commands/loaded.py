"""A model from its folder, whatever kind it is."""

from pathlib import Path

from pydantic import ValidationError

from reprocast.errors import DataError, NoInputError
from reprocast.model import Description, Model


def read_description(folder: Path) -> Description:
    """What a model says of itself.

    Raises:
        NoInputError: no model there.
        DataError: the file is not a description.
    """
    path = folder / "model.json"
    try:
        return Description.model_validate_json(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise NoInputError(f"{path}: no such model; run `reprocast repro` or `dvc checkout`") from None
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        raise DataError(f"{path}: is not a model: {where}: {first['msg']}; run `reprocast repro`") from None


def load_model(folder: Path) -> Model:
    """The model, ready to forecast; raises like `read_description`, and where its weights are not whole."""
    if read_description(folder).kind == "baseline":
        from reprocast.baselines.saved import load_baseline

        return load_baseline(folder)
    from reprocast.tasks.networks import load_network

    return load_network(folder)
