"""What stage train@NAME leaves: the models of every fold, curves and diagnostics."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from reprocast.deterministic import canonical_json, csv_text
from reprocast.model import Cost, Description, folder_of_fold
from reprocast.networks.watch import Epoch
from reprocast.stages.publish import new_folder, write_file
from reprocast.tasks.networks import save_networks
from reprocast.tasks.training import Trained

MODELS, CURVES, DIAGNOSTICS = Path("models"), Path("results/training"), Path("results/diagnostics")
COLUMNS = (
    "fold", "seed", "epoch", "train_loss", "validation_loss", "learning_rate", "gradient_norm", "clipped",
)  # fmt: skip


@dataclass(frozen=True)
class Fitted:
    """The networks of one fold."""

    description: Description
    trained: Mapping[int, Trained]
    """By seed."""
    epochs: list[Epoch]


def finish(draft: Description, trained: Mapping[int, Trained]) -> Description:
    """The description with what training has found."""
    steps = sum(one.steps for one in trained.values())
    fitted = {
        "best_epoch": {str(seed): one.best_epoch for seed, one in trained.items()},
        "best_loss": {str(seed): one.best_loss for seed, one in trained.items()},
        "learning_rate": {str(seed): one.rate for seed, one in trained.items()},
    }
    return draft.model_copy(update={"cost": _with_steps(draft.cost, steps), "fitted": fitted})


def _with_steps(cost: Cost, steps: int) -> Cost:
    return cost.model_copy(update={"optimiser_steps": steps})


def publish(folds: Sequence[Fitted], found: Mapping[str, Any]) -> None:
    """Writes the model of every fold, the last as what is deployed, the curves of all, and diagnostics."""
    deployed = folds[-1].description
    steps = sum(one.description.cost.optimiser_steps for one in folds)
    with new_folder(MODELS / deployed.name) as folder:
        for one in folds:
            said = one.description
            path = folder_of_fold(folder, said.fold, deployed.fold)
            path.mkdir(parents=True, exist_ok=True)
            if said is deployed:
                said = said.model_copy(update={"cost": _with_steps(said.cost, steps)})
            save_networks(said, {seed: fit.weights for seed, fit in one.trained.items()}, path)
    rows = (
        [one.description.fold, *(getattr(epoch, column) for column in COLUMNS[1:])]
        for one in folds
        for epoch in one.epochs
    )
    write_file(CURVES / f"{deployed.name}.csv", csv_text(COLUMNS, rows))
    told = {"model": deployed.name, "fingerprint": deployed.fingerprint, **found}
    write_file(DIAGNOSTICS / f"{deployed.name}.json", canonical_json(told))
