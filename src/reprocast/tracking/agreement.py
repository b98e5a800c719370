"""The work of a sync: finds the runs of each model, makes what is missing, marks what is current.

Runs are found by fingerprint and role; their ids are random and stand in no output.
"""

import subprocess
import time
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from pathlib import Path

from mlflow.entities import Metric, Run

from reprocast.errors import InternalError, TryAgainError
from reprocast.params.operations import Tracking
from reprocast.tracking.compared import agree_on
from reprocast.tracking.comparison import STANDING, read_comparison, standings
from reprocast.tracking.diagnosed import Score
from reprocast.tracking.measured import measured
from reprocast.tracking.notes import experiment_note
from reprocast.tracking.outputs import ModelOutput, read_data, read_models
from reprocast.tracking.producer import from_tags
from reprocast.tracking.pyfunc import kept_with, log_model, logged_model
from reprocast.tracking.recipe import recipe_of
from reprocast.tracking.recorder import BATCH, Member, Recorder
from reprocast.tracking.replay import past_events
from reprocast.tracking.scores import model_scores, seed_scores
from reprocast.tracking.store import Store, explained, open_store
from reprocast.tracking.summary import Summary
from reprocast.tracking.tagging import agree_tags

CURRENT = "current"
"""Tag, `true` on the runs that belong to the outputs on disk."""


def agree(root: Path, tracking: Tracking) -> Summary:
    """Makes the store agree with the outputs of the project at `root`; raises what `sync` raises."""
    outputs = read_models(root)
    store = open_store(tracking)
    with explained(tracking.uri):
        done = _bury(store)
        found: dict[str, list[Run]] = {}
        for output in outputs:
            settled = settle(store, output, root)
            found[output.description.name] = settled.runs if settled else []
            done += settled.counts if settled else Counter()
        done += _conclude(store, root, outputs, found)
    return Summary(**done)


def _conclude(
    store: Store, root: Path, outputs: Sequence[ModelOutput], found: Mapping[str, list[Run]]
) -> Counter[str]:
    """The run of the comparison, how each model stands in it, and the experiment's description."""
    counts: Counter[str] = Counter()
    comparison = read_comparison(root, outputs)
    shared: dict[str, str | None] = {CURRENT: "true", "recipe": recipe_of(root), "comparison": None}
    current = [run for runs in found.values() for run in runs]
    if comparison is not None:
        parents = {name: runs[0] for name, runs in found.items() if runs}
        run, made, touched = agree_on(store, root, comparison, outputs, parents)
        current.append(run)
        counts["comparisons"], counts["described"] = int(made), touched
        shared["comparison"] = run.info.run_id
    standing = {} if comparison is None else standings(comparison)
    for run in current:
        own = dict.fromkeys(STANDING) | standing.get(run.data.tags.get("model", ""), {})
        is_model = run.data.tags.get("role") in ("network", "baseline")
        counts["described"] += agree_tags(store, run, shared | (own if is_model else {}))
    _unmark(store, current)
    counts["described"] += store.describe(experiment_note(comparison))
    return counts


def _bury(store: Store) -> Counter[str]:
    """Marks runs whose process is gone KILLED; leaves those alone that live or that nobody here can see."""
    counts: Counter[str] = Counter()
    for run in store.running():
        producer = from_tags(run.data.tags)
        if producer is not None and producer.is_gone():
            store.client.set_terminated(run.info.run_id, "KILLED")
            counts["killed"] += 1
        elif producer is not None and producer.lives_here():
            counts["running"] += 1
    return counts


@dataclass(frozen=True)
class Settled:
    """A model's runs after they were brought in line."""

    run: Run
    """The model's own."""
    members: Mapping[Member, Run]
    """Those of its folds and seeds."""
    model: str
    """Id of the logged model."""
    counts: Counter[str]
    """What it took."""

    @property
    def runs(self) -> list[Run]:
        """All of them, the model's own first."""
        return [self.run, *self.members.values()]


def settle(store: Store, output: ModelOutput, root: Path) -> Settled | None:
    """Makes or completes the runs of one model; None while it is being trained and recorded here."""
    counts: Counter[str] = Counter()
    found = _runs(store, output)
    if found is None and _is_live(store, output):
        return None
    if found is None:
        counts["created"] += 1
        recorder = Recorder(store, read_data(root), "outputs")
        recorder.consume(past_events(root, output, _commit(root)))
        found = _runs(store, output)
    if found is None:
        raise InternalError(f"MLflow does not show the runs of {output.description.name} just made")
    parent, children = found
    model = logged_model(store, parent, kept_with(output))
    if model is None:
        counts["models"] += 1
        model = log_model(store, parent.info.run_id, output, root)
    counts["scores"] += _log_missing(store, parent, [*model_scores(output), *measured(root, output)], model)
    for (fold, seed), child in children.items():
        counts["scores"] += _log_missing(store, child, seed_scores(output, fold, seed), None)
    return Settled(parent, children, model, counts)


def settled_run(store: Store, output: ModelOutput, root: Path) -> Settled:
    """The model's runs, for somebody who needs them now.

    Raises:
        TryAgainError: it is being trained and recorded here.
    """
    settled = settle(store, output, root)
    if settled is None:
        raise TryAgainError(f"models/{output.description.name}: is being trained here; try again later")
    return settled


def _runs(store: Store, output: ModelOutput) -> tuple[Run, Mapping[Member, Run]] | None:
    """The newest finished run of the model with its folds' and seeds' runs; None if there is none."""
    description = output.description
    runs = store.runs(f"tags.fingerprint = '{description.fingerprint}' AND attributes.status = 'FINISHED'")
    for parent in runs:
        if parent.data.tags.get("role") == description.kind:
            own = [run for run in runs if run.data.tags.get("mlflow.parentRunId") == parent.info.run_id]
            members = {_member(run): run for run in reversed(own)}
            if set(members) == set(product(range(description.folds), description.seeds)):
                return parent, members
    return None


def _member(run: Run) -> Member:
    """Fold and seed of a seed's run; a run from before there were folds has the only one."""
    return int(run.data.tags.get("fold", 0)), int(run.data.tags["seed"])


def _is_live(store: Store, output: ModelOutput) -> bool:
    """Whether a training of this very model is being recorded on this machine now."""
    mark = output.description.fingerprint
    own = [tags for run in store.running() if (tags := run.data.tags).get("fingerprint") == mark]
    return any(producer.lives_here() for tags in own if (producer := from_tags(tags)))


def _log_missing(store: Store, run: Run, scores: Iterable[Score], model: str | None) -> int:
    """Logs the figures the run does not show yet; those over steps are compared by their last step."""
    scores = list(scores)
    last = {score.name: score.value for score in scores}
    wrong = {name for name, value in last.items() if run.data.metrics.get(name) != value}
    now = round(time.time() * 1000)
    batch = [
        Metric(score.name, score.value, now, score.step, model_id=model, run_id=run.info.run_id)
        for score in scores
        if score.name in wrong
    ]
    for first in range(0, len(batch), BATCH):
        store.client.log_batch(run.info.run_id, batch[first : first + BATCH])
    return len(batch)


def _unmark(store: Store, current: Sequence[Run]) -> None:
    """Takes the tag `current` from the runs of outputs that are gone."""
    kept = {run.info.run_id for run in current}
    for run in store.runs(f"tags.{CURRENT} = 'true'"):
        if run.info.run_id not in kept:
            store.client.delete_tag(run.info.run_id, CURRENT)


def _commit(root: Path) -> str | None:
    """The commit that is checked out, if this is a git repository."""
    command = ["git", "-C", str(root), "rev-parse", "--verify", "--quiet", "HEAD"]
    try:
        found = subprocess.run(command, capture_output=True, text=True, check=False)
    except FileNotFoundError:
        return None
    return found.stdout.strip() or None
