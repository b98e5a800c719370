"""One trial: networks with some values, trained as `train` trains them, scored on validation windows only."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, cast

import numpy as np
import pytorch_lightning as pl
from pydantic import ValidationError
from torch import nn

from reprocast.data.windows import Windows
from reprocast.deterministic import figure
from reprocast.errors import DataError
from reprocast.evaluation.forecasting import forecast_windows
from reprocast.evaluation.tuned import Trial
from reprocast.model import Cost, Description, seen_in
from reprocast.networks.watch import Epoch
from reprocast.params.entry import Values, with_values
from reprocast.params.root import Params
from reprocast.params.train import overridden
from reprocast.tasks import part
from reprocast.tasks.networks import SavedNetworks
from reprocast.tasks.protocol import Score
from reprocast.tasks.training import DivergedError, Training, train_seed


def without_test(windows: Windows) -> tuple[Windows, int]:
    """The windows of the oldest fold, its test left out, and its number.

    A later fold validates on what an earlier one is tested on; the oldest has seen none of it.
    """
    number = min(windows.folds)
    fold = windows.folds[number]
    starts = {split: fold.starts[split] for split in ("train", "validation")}
    return replace(windows, folds={number: replace(fold, starts=starts)}), number


@dataclass(frozen=True)
class Watching:
    """Who watches the training of a seed."""

    on_epoch: Callable[[Epoch], None] = lambda _: None
    callbacks: Sequence[pl.Callback] = ()


class Trials:
    """Trains one architecture with other values, on the same windows, from the same seeds."""

    def __init__(
        self, params: Params, name: str, windows: Windows, seeds: Sequence[int], scratch: Path
    ) -> None:
        """Begins.

        Args:
            params: params.yaml.
            name: the architecture.
            windows: what to learn from; test windows are put aside at once.
            seeds: a network each.
            scratch: where Lightning may write; it has nothing to.
        """
        self._params, self._name, self._seeds, self._scratch = params, name, tuple(seeds), scratch
        self._windows, self._fold = without_test(windows)
        self._seen = seen_in(self._windows, self._fold)

    def fits(self, values: Values) -> bool:
        """Whether the values go together, and with the rest of params.yaml."""
        try:
            with_values(self._params, self._name, values)
        except ValidationError:
            return False
        return True

    def steps(self, values: Values) -> int:
        """Most optimiser steps of a seed."""
        return self._training(values).steps()

    def score(self, values: Values, watching: Callable[[int], Watching] = lambda _: Watching()) -> Trial:
        """Trains with the values; what diverges is a trial without a score, with the reason."""
        try:
            found = self._score(values, watching)
        except (DivergedError, DataError) as error:
            return Trial(values=dict(values), reason=str(error))
        if found is None:
            return Trial(values=dict(values), reason="the validation score is not a number")
        return Trial(values=dict(values), score=found)

    def _score(self, values: Values, watching: Callable[[int], Watching]) -> float | None:
        training = self._training(values)
        networks = [self._trained(training, seed, watching(seed)) for seed in self._seeds]
        model = SavedNetworks(self._description(training), networks)
        task = cast("Score", part(self._params.task, "score"))
        fold = self._windows.folds[self._fold]
        starts = np.asarray(fold.starts["validation"])
        forecasts = forecast_windows(model, self._windows, fold, starts)
        table = task.tabulate(self._windows, self._fold, "validation", starts, forecasts, model.description)
        return figure(task.scores(table)["overall"].get(self._params.compare.score))

    def _training(self, values: Values) -> Training:
        params = with_values(self._params, self._name, values)
        network, learn = params.architectures[self._name], cast("Any", part(params.task, "learn"))
        settings = overridden(params.train, network.train)
        return Training(learn, network, self._windows, self._fold, settings, params.runtime, self._scratch)

    def _trained(self, training: Training, seed: int, watching: Watching) -> nn.Module:
        trained = train_seed(training, seed, watching.on_epoch, watching.callbacks)
        network = training.network(seed)
        network.load_state_dict(trained.weights)
        return network.eval()

    def _description(self, training: Training) -> Description:
        """As much of a model's description as forecasting and scoring read."""
        return Description(
            kind="network",
            name=self._name,
            task=self._params.task,
            block=training.architecture.model_dump(mode="json"),
            shared={},
            seeds=self._seeds,
            **self._seen,
            cost=Cost(parameters=0, multiply_adds=0, optimiser_steps=0),
            fitted={},
            fingerprint="",
            windows_sha256="",
        )
