"""Stage train@NAME: one architecture, a network a fold and seed: models/NAME, its curves and diagnostics."""

import sys
from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import Any

from pydantic import ConfigDict, create_model

from reprocast.data.window_files import read_windows, windows_sha256
from reprocast.errors import InternalError
from reprocast.fingerprint import fingerprint
from reprocast.model import Cost, Description, deployed_fold, fitted_folds, seen_in
from reprocast.networks.allocation import keep_memory
from reprocast.networks.forecaster import parameters
from reprocast.networks.progress import Bars
from reprocast.networks.weights import weights_bytes
from reprocast.params.architecture import Architecture
from reprocast.params.base import Block
from reprocast.params.reading import read
from reprocast.params.seeds import Seeds
from reprocast.params.train import Runtime, Train, overridden
from reprocast.stages.events import recording
from reprocast.stages.finished import Finished, Shelf
from reprocast.stages.publish import STATE, write_file
from reprocast.stages.reporter import Reporter
from reprocast.stages.stage import PARAMS, run
from reprocast.stages.trained import Fitted, finish, publish
from reprocast.tasks import part
from reprocast.tasks.diagnosing import report
from reprocast.tasks.training import DivergedError, Trained, Training, train_seed

WINDOWS = Path("data/windows")
DIVERGED = STATE / "diverged"
"""The last good weights of a training that failed."""


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


def main(name: str, *, follow: bool = True) -> dict[str, float]:
    """Trains architecture `name` on every fold and publishes its models and its curves.

    Args:
        name: entry of `architectures`.
        follow: whether another process records the training while it goes on.

    Returns:
        Seconds that an interrupted run before this one has trained, as `earlier`.

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
    shelf = Shelf(name, draft.fingerprint, shared.runtime.accelerator)
    bars = Bars(name, len(drafts) * len(shared.seeds), shown=sys.stdout.isatty())
    with recording(name, start, follow=follow) as events, bars:
        reporter = Reporter(bars, events)
        folds = [_train(drafts[fold], training, reporter, shelf) for fold, training in trainings.items()]
        newest = folds[-1]
        found = report(trainings[newest.description.fold], newest.trained, newest.epochs)
        publish(folds, found)
        shelf.clear()
    for line in found["warnings"]:
        print(f"{name}: warning: {line}", flush=True)
    return {"earlier": events.earlier}


def _train(draft: Description, training: Training, reporter: Reporter, shelf: Shelf) -> Fitted:
    """The networks of one fold, a seed after the other."""
    found = {seed: _network(draft, training, seed, reporter, shelf) for seed in draft.seeds}
    trained = {seed: one.trained for seed, one in found.items()}
    return Fitted(finish(draft, trained), trained, [epoch for one in found.values() for epoch in one.epochs])


def _network(draft: Description, training: Training, seed: int, reporter: Reporter, shelf: Shelf) -> Finished:
    """One network: that of a run that was interrupted after it had trained it, or a new one."""
    name = draft.name if draft.folds == 1 else f"{draft.name} fold {draft.fold}"
    found, title = shelf.find(draft.fold, seed), f"{name} seed {seed}"
    if found:
        reporter.again(title, draft.fold, seed, found)
        return found
    work = partial(_train_seed, name, training, seed)
    finished = reporter.network(title, draft.fold, seed, training.steps(), work)
    shelf.keep(draft.fold, seed, finished)
    return finished


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


if __name__ == "__main__":
    run(f"train@{sys.argv[1]}", lambda: main(sys.argv[1]))
