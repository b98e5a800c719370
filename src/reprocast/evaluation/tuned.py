"""What a search for better values leaves, tuning/<architecture>.json, and whether it still holds."""

from collections.abc import Mapping
from typing import Any

from pydantic import JsonValue, PositiveInt

from reprocast.deterministic import canonical_json, sha256_of_text
from reprocast.params.base import Block
from reprocast.params.entry import values_of
from reprocast.params.root import Params
from reprocast.params.tuning import Space, Tuning

SAMPLER = "TPE after 5 random trials"
"""How values are drawn (Bergstra et al. 2011), said in every record."""


class Trial(Block):
    """One training with some values; `score` is null where it failed, and `reason` says why."""

    values: dict[str, JsonValue]
    """By dotted key of the entry."""
    score: float | None = None
    """On validation windows."""
    reason: str = ""
    """Why there is no score."""


class Question(Block):
    """What a search asked; two searches with the same question have the same trials."""

    architecture: str
    score: str
    """What was to be small on validation, scaled: compare.score."""
    seed: int
    """That drew the values."""
    seeds: tuple[int, ...]
    """Of the networks of a trial."""
    sampler: str = SAMPLER
    space: Space
    windows_sha256: str
    """Of the windows' manifest."""
    settings_sha256: str
    """Of everything else in params.yaml that a training depends on."""
    first: dict[str, JsonValue]
    """Values of the first trial: those that stood in params.yaml."""

    @property
    def sha256(self) -> str:
        """Its name."""
        return sha256_of_text(canonical_json(self.model_dump(mode="json")))


class Record(Question):
    """A finished search."""

    schema_version: int = 1
    budget: PositiveInt
    """Trials asked for; there are fewer where the whole space was tried."""
    trials: tuple[Trial, ...]
    """In their order."""
    best: int
    """Place of the best trial, from 0; the first of those with the same score."""
    values: dict[str, JsonValue]
    """Its values."""

    @property
    def question(self) -> Question:
        """What it asked."""
        return Question(**{key: getattr(self, key) for key in Question.model_fields})


def question_of(params: Params, name: str, tuning: Tuning, windows_sha256: str) -> Question:
    """What `reprocast tune` asks about an architecture."""
    keys = sorted(tuning.space)
    return Question(
        architecture=name,
        score=params.compare.score,
        seed=tuning.seed,
        seeds=params.seeds if tuning.seeds == "all" else params.seeds[:1],
        space=tuning.space,
        windows_sha256=windows_sha256,
        settings_sha256=_settings(params, name, keys),
        first=values_of(params, name, keys),
    )


def _settings(params: Params, name: str, keys: list[str]) -> str:
    """Hash of an architecture's entry and training without the keys that are searched."""
    entry = params.architectures[name].model_dump(mode="json")
    entry["train"] = {**params.train.model_dump(mode="json"), **entry["train"]}
    for key in keys:
        *blocks, last = key.split(".")
        node = entry
        for block in blocks:
            node = node[block]
        del node[last]
    return sha256_of_text(canonical_json({"task": params.task, "entry": entry}))


def record_of(question: Question, budget: int, trials: tuple[Trial, ...]) -> Record | None:
    """The record of a search; None if no trial has a score."""
    scored = [(trial.score, n) for n, trial in enumerate(trials) if trial.score is not None]
    if not scored:
        return None
    best = min(scored)[1]
    asked = {key: getattr(question, key) for key in Question.model_fields}
    return Record(**asked, budget=budget, trials=trials, best=best, values=trials[best].values)


def changed_since(record: Record, params: Params, windows_sha256: str) -> tuple[str, ...]:
    """What is no longer as the search left it: `windows`, `settings`, `score`, `values`."""
    name, keys = record.architecture, sorted(record.space)
    now: Mapping[str, tuple[Any, Any]] = {
        "windows": (record.windows_sha256, windows_sha256),
        "settings": (record.settings_sha256, _settings(params, name, keys)),
        "score": (record.score, params.compare.score),
        "values": (record.values, values_of(params, name, keys)),
    }
    return tuple(what for what, (then, here) in now.items() if then != here)


def goes_on(record: Record, question: Question) -> bool:
    """Whether a search is the same as the recorded one, whose best or first values stand in params.yaml."""
    same = record.question.model_copy(update={"first": question.first}) == question
    return same and question.first in (record.values, record.first)
