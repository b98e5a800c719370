"""A baseline as a model: fitted from windows, kept as `model.json`, loaded again."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from pydantic import ValidationError

from reprocast.baselines.refusing import refuse_unfit
from reprocast.baselines.table import BASELINES
from reprocast.data.windows import Batch, Windows
from reprocast.deterministic import canonical_json
from reprocast.errors import DataError, NoInputError
from reprocast.model import Cost, Description, seen_in
from reprocast.params.baselines import Baseline

FILE = "model.json"


@dataclass(frozen=True)
class SavedBaseline:
    """A fitted baseline; all there is to it stands in its description."""

    description: Description

    def forecast(self, batch: Batch) -> NDArray[np.float64]:
        """Scaled forecasts (1, B, H, K)."""
        return BASELINES[self.description.block["kind"]].forecast(batch, self.description)[None]


def fit_baseline(
    name: str,
    baseline: Baseline,
    windows: Windows,
    fold: int,
    windows_sha256: str,
    fingerprint: str,
    task: str = "forecast",
) -> SavedBaseline:
    """Fits on the training windows of a fold and describes the result.

    Raises:
        ParamsError: the baseline needs what these windows do not have.
        UnavailableError: it needs a package that is not installed.
    """
    refuse_unfit(name, baseline, windows)
    method, block = BASELINES[baseline.kind], baseline.model_dump()
    draft = _describe(name, task, baseline, windows, fold, method.fit(windows, windows.folds[fold], block))
    targets = len(windows.channels.target)
    cost = Cost(
        parameters=method.parameters(draft),
        multiply_adds=method.multiply_adds(draft) * targets,
        optimiser_steps=0,
    )
    origin = {"windows_sha256": windows_sha256, "fingerprint": fingerprint}
    return SavedBaseline(draft.model_copy(update={"cost": cost, **origin}))


def _describe(
    name: str, task: str, baseline: Baseline, windows: Windows, fold: int, fitted: dict[str, Any]
) -> Description:
    """All that `forecast` needs; what it costs and where it comes from is added afterwards."""
    return Description(
        kind="baseline",
        name=name,
        task=task,
        block=baseline.model_dump(),
        shared={},
        seeds=(),
        **seen_in(windows, fold),
        cost=Cost(parameters=0, multiply_adds=0, optimiser_steps=0),
        fitted=fitted,
        fingerprint="",
        windows_sha256="",
    )


def save_baseline(model: SavedBaseline, folder: Path) -> None:
    """Writes `model.json` into an existing folder."""
    text = canonical_json(model.description.model_dump(mode="json"))
    (folder / FILE).write_text(text, encoding="utf-8")


def load_baseline(folder: Path) -> SavedBaseline:
    """Reads what `save_baseline` wrote.

    Raises:
        NoInputError: no such model.
        DataError: the file is not the description of a baseline.
    """
    path = folder / FILE
    try:
        description = Description.model_validate_json(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise NoInputError(f"{path}: no such model; run `reprocast repro`") from None
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        raise DataError(f"{path}: is not a model: {where}: {first['msg']}; run `reprocast repro`") from None
    if description.kind != "baseline" or description.block.get("kind") not in BASELINES:
        raise DataError(f"{path}: is not a baseline; run `reprocast repro`")
    return SavedBaseline(description)
