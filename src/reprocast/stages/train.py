"""Stage train@NAME: trains one architecture once a seed; writes models/NAME and results/training/NAME.csv."""

import sys
from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from pydantic import ConfigDict, create_model

from reprocast.data.window_files import read_windows, windows_sha256
from reprocast.deterministic import csv_text
from reprocast.fingerprint import fingerprint
from reprocast.model import Cost, Description, seen_in
from reprocast.networks.allocation import keep_memory
from reprocast.networks.forecaster import parameters
from reprocast.networks.watch import Epoch
from reprocast.params.architecture import Architecture
from reprocast.params.base import Block
from reprocast.params.reading import read
from reprocast.params.seeds import Seeds
from reprocast.params.train import Runtime, Train
from reprocast.stages.events import recording
from reprocast.stages.publish import STATE, new_folder, write_file
from reprocast.stages.reporter import Reporter
from reprocast.stages.stage import PARAMS, run
from reprocast.tasks import part
from reprocast.tasks.networks import save_networks
from reprocast.tasks.training import FOLD, Trained, Training, train_seed

WINDOWS, MODELS, CURVES = Path("data/windows"), Path("models"), Path("results/training")
COLUMNS = ("seed", "epoch", "train_loss", "validation_loss", "learning_rate", "gradient_norm")


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


def main(name: str, *, follow: bool = True) -> None:
    """Trains architecture `name` and publishes its model and its curves.

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
    training = Training(learn, architecture, read_windows(WINDOWS), shared.train, shared.runtime, STATE)
    draft = _describe(name, training, shared, learn.__name__)
    start = {"model": name, "fingerprint": draft.fingerprint, "description": draft.model_dump(mode="json")}
    with recording(name, start, follow=follow) as events:
        report = Reporter(name, training.steps(), events)
        trained = {seed: report.seed(seed, partial(train_seed, training, seed)) for seed in shared.seeds}
        _publish(_finish(draft, trained), trained, report.epochs)


def _describe(name: str, training: Training, shared: Shared, learn: str) -> Description:
    """What is known before training: everything but the steps it takes and what it fits."""
    windows, scaler = training.windows, training.windows.folds[FOLD]
    block = training.architecture.model_dump(mode="json")
    blocks = {key: shared.model_dump(mode="json")[key] for key in Shared.model_fields}
    data = windows_sha256(WINDOWS)
    code = ["reprocast.stages.train", learn]
    return Description(
        kind="network",
        name=name,
        task=shared.task,
        block=block,
        shared=blocks,
        seeds=shared.seeds,
        **seen_in(windows, scaler),
        cost=_cost(training, shared.seeds[0]),
        fitted={},
        fingerprint=fingerprint({"architectures": {name: block}, **blocks}, data, code),
        windows_sha256=data,
    )


def _cost(training: Training, seed: int) -> Cost:
    """Of one network; the networks of all seeds have the same form."""
    network: Any = training.network(seed)
    work = network.multiply_adds(training.windows.look_back)
    return Cost(parameters=parameters(network), multiply_adds=work, optimiser_steps=0)


def _finish(draft: Description, trained: Mapping[int, Trained]) -> Description:
    steps = sum(one.steps for one in trained.values())
    fitted = {
        "best_epoch": {str(seed): one.best_epoch for seed, one in trained.items()},
        "best_loss": {str(seed): one.best_loss for seed, one in trained.items()},
    }
    cost = draft.cost.model_copy(update={"optimiser_steps": steps})
    return draft.model_copy(update={"cost": cost, "fitted": fitted})


def _publish(description: Description, trained: Mapping[int, Trained], curves: Sequence[Epoch]) -> None:
    with new_folder(MODELS / description.name) as folder:
        save_networks(description, {seed: one.weights for seed, one in trained.items()}, folder)
    rows = ([getattr(epoch, column) for column in COLUMNS] for epoch in curves)
    write_file(CURVES / f"{description.name}.csv", csv_text(COLUMNS, rows))


if __name__ == "__main__":
    run(f"train@{sys.argv[1]}", lambda: main(sys.argv[1]))
