"""Tells how a search goes: bars on a terminal, a line for each trial everywhere."""

import sys
from collections.abc import Callable, Sequence
from typing import Self

from reprocast.commands.searches.table import said
from reprocast.evaluation.tuned import Question, Trial
from reprocast.networks.progress import Bars
from reprocast.tuning.space import Point
from reprocast.tuning.trial import Trials, Watching


class Telling:
    """Watches the trials of one architecture."""

    def __init__(self, question: Question, budget: int, known: Sequence[Trial]) -> None:
        """Begins.

        Args:
            question: what is searched.
            budget: trials in all.
            known: those that were made before.
        """
        self._question, self._budget, self._made = question, budget, list(known)
        left = budget - len(known)
        self._bars = Bars(question.architecture, left, shown=sys.stdout.isatty() and left > 0)
        if known:
            print(f"{question.architecture}: {len(known)} of {budget} trials were made before", flush=True)

    def __enter__(self) -> Self:
        """Shows the bars."""
        self._bars.__enter__()
        return self

    def __exit__(self, *_: object) -> None:
        """Takes them away, also after an error."""
        self._bars.__exit__()

    def watched(self, trials: Trials) -> Callable[[Point], Trial]:
        """Training with values, shown while it goes on."""
        return lambda values: trials.score(values, lambda seed: self._watching(trials.steps(values), seed))

    def tell(self, trial: Trial) -> None:
        """Says what became of a trial, and the best so far."""
        self._made.append(trial)
        self._bars.end()
        scores = [one.score for one in self._made if one.score is not None]
        best = f" (best {min(scores):.4f})" if scores else ""
        score = f"validation {self._question.score.upper()}"
        came = f"failed: {trial.reason}" if trial.score is None else f"{score} {trial.score:.4f}{best}"
        print(f"{self._title(len(self._made))}: {said(trial.values)}: {came}", flush=True)

    def _title(self, number: int) -> str:
        return f"{self._question.architecture} trial {number} of {self._budget}"

    def _watching(self, steps: int, seed: int) -> Watching:
        self._bars.begin(f"{self._title(len(self._made) + 1)} seed {seed}", steps)
        return Watching(self._bars.tell, [self._bars] if self._bars.shown else [])
