"""Stage train@NAME: one architecture, a network a fold and seed: models/NAME, its curves and diagnostics."""

import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from pydantic import ConfigDict, create_model

from reprocast.data.window_files import read_windows, windows_sha256
from reprocast.deterministic import canonical_json, csv_text
from reprocast.errors import InternalError
from reprocast.fingerprint import fingerprint
from reprocast.model import Cost, Description, deployed_fold, fitted_folds, folder_of_fold, seen_in
from reprocast.networks.allocation import keep_memory
from reprocast.networks.forecaster import parameters
from reprocast.networks.watch import Epoch
from reprocast.networks.weights import weights_bytes
from reprocast.params.architecture import Architecture
from reprocast.params.base import Block
from reprocast.params.reading import read
from reprocast.params.seeds import Seeds
from reprocast.params.train import Runtime, Train, overridden
from reprocast.stages.events import Events, recording
from reprocast.stages.publish import STATE, new_folder, write_file
from reprocast.stages.reporter import Reporter
from reprocast.stages.stage import PARAMS, run
from reprocast.tasks import part
from reprocast.tasks.diagnosing import report
from reprocast.tasks.networks import save_networks
from reprocast.tasks.training import DivergedError, Trained, Training, train_seed

WINDOWS, MODELS, CURVES = Path("data/windows"), Path("models"), Path("results/training")
DIAGNOSTICS = Path("results/diagnostics")
DIVERGED = STATE / "diverged"
"""The last good weights of a training that failed."""
COLUMNS = (
    "fold", "seed", "epoch", "train_loss", "validation_loss", "learning_rate", "gradient_norm", "clipped",
)  # fmt: skip


class Shared(Block):
    """What this stage needs of params.yaml beside its own architecture."""

    task: str
    """What is learned."""
    seeds: Seeds
    """A network a seed."""
    train: Train = Train()
    """Optimisation."""
    runtime: Runtime = Runtime()
    """The machine."""


def read_params(name: str) -> tuple[Architecture, Shared]:
    """The named architecture and the shared blocks; a fault in another architecture is not ours to find."""
    others = ConfigDict(frozen=True, strict=True, extra="ignore")
    entries: Any = create_model("Entries", __config__=others, **{name: (Architecture, ...)})  # type: ignore[call-overload]
    model: Any = create_model("TrainParams", __base__=Shared, architectures=(entries, ...))
    params: Any = read(PARAMS, model, part=True)
    return getattr(params.architectures, name), params


@dataclass(frozen=True)
class Fitted:
    """The networks of one fold."""

    description: Description
    trained: Mapping[int, Trained]
    """By seed."""
    epochs: list[Epoch]


def main(name: str, *, follow: bool = True) -> None:
    """Trains architecture `name` on every fold and publishes its models and its curves.

    Args:
        name: entry of `architectures`.
        follow: whether another process records the training while it goes on.

    Raises:
        ParamsError: there is no such architecture, or a block is wrong.
        InternalError: a loss is not finite.
    """
    keep_memory()
    architecture, shared = read_params(name)
    learn: Any = part(shared.task, "learn")
    windows, settings = read_windows(WINDOWS), overridden(shared.train, architecture.train)
    trainings = {
        fold: Training(learn, architecture, windows, fold, settings, shared.runtime, STATE)
        for fold in fitted_folds(windows)
    }
    drafts = _describe(name, trainings, shared, learn.__name__)
    draft = drafts[deployed_fold(windows)]
    start = {"model": name, "fingerprint": draft.fingerprint, "description": draft.model_dump(mode="json")}
    with recording(name, start, follow=follow) as events:
        folds = [_train(drafts[fold], training, events) for fold, training in trainings.items()]
        newest = folds[-1]
        found = report(trainings[newest.description.fold], newest.trained, newest.epochs)
        _publish(folds, found)
    for line in found["warnings"]:
        print(f"{name}: warning: {line}", flush=True)


def _train(draft: Description, training: Training, events: Events) -> Fitted:
    """The networks of one fold, a seed after the other."""
    name = draft.name if draft.folds == 1 else f"{draft.name} fold {draft.fold}"
    report = Reporter(name, draft.fold, training.steps(), events)
    trained = {seed: report.seed(seed, partial(_train_seed, name, training, seed)) for seed in draft.seeds}
    return Fitted(_finish(draft, trained), trained, report.epochs)


def _train_seed(name: str, training: Training, seed: int, **watching: Any) -> Trained:
    """One network; what was good before a loss became no number is kept for the user to look at."""
    try:
        return train_seed(training, seed, **watching)
    except DivergedError as error:
        if not error.weights:
            raise
        kept = DIVERGED / f"{name.replace(' ', '-')}-seed-{seed}.safetensors"
        write_file(kept, weights_bytes(error.weights))
        raise InternalError(
            f"{error}; the weights of epoch {error.epoch}, the best before, are in {kept}"
        ) from None


def _describe(
    name: str, trainings: Mapping[int, Training], shared: Shared, learn: str
) -> dict[int, Description]:
    """By fold, what is known before training: everything but the steps it takes and what it fits."""
    any_fold = next(iter(trainings.values()))
    block = any_fold.architecture.model_dump(mode="json")
    blocks = {key: shared.model_dump(mode="json")[key] for key in Shared.model_fields}
    data, cost = windows_sha256(WINDOWS), _cost(any_fold, shared.seeds[0])
    mark = fingerprint({"architectures": {name: block}, **blocks}, data, ["reprocast.stages.train", learn])
    return {
        fold: Description(
            kind="network",
            name=name,
            task=shared.task,
            block=block,
            shared=blocks,
            seeds=shared.seeds,
            **seen_in(training.windows, fold),
            cost=cost,
            fitted={},
            fingerprint=mark,
            windows_sha256=data,
        )
        for fold, training in trainings.items()
    }


def _cost(training: Training, seed: int) -> Cost:
    """Of one network; the networks of all seeds and folds have the same form."""
    network: Any = training.network(seed)
    work = network.multiply_adds(training.windows.look_back)
    return Cost(parameters=parameters(network), multiply_adds=work, optimiser_steps=0)


def _finish(draft: Description, trained: Mapping[int, Trained]) -> Description:
    steps = sum(one.steps for one in trained.values())
    fitted = {
        "best_epoch": {str(seed): one.best_epoch for seed, one in trained.items()},
        "best_loss": {str(seed): one.best_loss for seed, one in trained.items()},
        "learning_rate": {str(seed): one.rate for seed, one in trained.items()},
    }
    return draft.model_copy(update={"cost": _with_steps(draft.cost, steps), "fitted": fitted})


def _with_steps(cost: Cost, steps: int) -> Cost:
    return cost.model_copy(update={"optimiser_steps": steps})


def _publish(folds: Sequence[Fitted], found: Mapping[str, Any]) -> None:
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


if __name__ == "__main__":
    run(f"train@{sys.argv[1]}", lambda: main(sys.argv[1]))
