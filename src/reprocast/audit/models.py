"""The models that the audit lets forecast: a network after a short training, and every baseline."""

from functools import lru_cache
from typing import cast

import pandas as pd

from reprocast.audit.fitting import fit
from reprocast.audit.learning import train
from reprocast.audit.subject import Subject
from reprocast.data.windows import Windows
from reprocast.evaluation import folds
from reprocast.model import Cost, Description, Model, deployed_fold, seen_in
from reprocast.tasks import part
from reprocast.tasks.networks import SavedNetworks
from reprocast.tasks.protocol import Score


def forecast_folds(model: Model, windows: Windows) -> list[int]:
    """The folds that a model forecasts: its own, or every one where it is not refitted."""
    return [model.description.fold] if windows.refit else sorted(windows.folds)


@lru_cache(maxsize=1)
def models(subject: Subject) -> tuple[Model, ...]:
    """The shortly trained network, and every baseline, fitted on the deployed fold; made once."""
    fold = deployed_fold(subject.windows)
    baselines = (fit(subject, name, subject.windows, fold) for name in subject.params.baselines)
    return (network(subject), *baselines)


def network(subject: Subject) -> SavedNetworks:
    """The first architecture, trained shortly with the first seed."""
    p, windows = subject.params, subject.windows
    name, architecture = next(iter(p.architectures.items()))
    short = train(subject, windows)
    short.network.load_state_dict(short.trained.weights)
    description = Description(
        kind="network",
        name=name,
        task=p.task,
        block=architecture.model_dump(mode="json"),
        shared={},
        seeds=p.seeds[:1],
        **seen_in(windows, deployed_fold(windows)),
        cost=Cost(parameters=0, multiply_adds=0, optimiser_steps=0),
        fitted={},
        fingerprint="",
        windows_sha256="",
    )
    return SavedNetworks(description, [short.network.eval()])


def tables(subject: Subject, model: Model, windows: Windows, fold: int) -> dict[str, pd.DataFrame]:
    """The model's forecast table of each split that is scored."""
    task = cast("Score", part(subject.params.task, "score"))
    return dict(folds.tabulate_fold(model, windows, fold, task).tables)
