"""The run of a comparison: verdict and ranking as its description, the report and the figures as artifacts.

A model may belong to many comparisons (it is not trained again when another one changes), so it is no
child of one: the comparison's description and the tag `comparison` lead from one to the other.
"""

import math
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from mlflow.entities import Metric, Param, Run

from reprocast.errors import InternalError
from reprocast.tracking.artifacts import attach
from reprocast.tracking.comparison import Comparison
from reprocast.tracking.dataset import dataset_input
from reprocast.tracking.notes import NOTE, comparison_note, with_yours
from reprocast.tracking.outputs import ModelOutput, read_data
from reprocast.tracking.producer import this_process
from reprocast.tracking.store import Store
from reprocast.tracking.tagging import agree_tags

ROLE = "comparison"
SAID = ("chosen", "best_baseline", "score", "alpha", "folds")
"""Fields of the verdict that are parameters of the run."""


def agree_on(
    store: Store,
    root: Path,
    comparison: Comparison,
    outputs: Sequence[ModelOutput],
    models: Mapping[str, Run],
) -> tuple[Run, bool, int]:
    """The comparison's run, made where there is none; whether it was made; files and tags written.

    Args:
        store: where.
        root: the project.
        comparison: what the compare stage left.
        outputs: the models on disk.
        models: their runs by name.
    """
    found = _find(store, comparison)
    run = found or _create(store, root, comparison)
    places = {
        name: f"#/experiments/{store.experiment}/runs/{model.info.run_id}" for name, model in models.items()
    }
    note = with_yours(comparison_note(comparison, places), run.data.tags.get(NOTE))
    touched = attach(store, run, root, outputs) + agree_tags(store, run, {NOTE: note})
    return run, found is None, touched


def _find(store: Store, comparison: Comparison) -> Run | None:
    condition = f"tags.fingerprint = '{comparison.fingerprint}' AND attributes.status = 'FINISHED'"
    return next((run for run in store.runs(condition) if run.data.tags.get("role") == ROLE), None)


def _create(store: Store, root: Path, comparison: Comparison) -> Run:
    client, producer = store.client, this_process()
    tags = {
        "role": ROLE,
        "fingerprint": comparison.fingerprint,
        "stage": "compare",
        "origin": "outputs",
        "mlflow.source.name": "reprocast compare",
        "mlflow.source.type": "LOCAL",
        **producer.tags(),
    }
    run = str(client.create_run(store.experiment, tags=tags, run_name=ROLE).info.run_id)
    now = round(time.time() * 1000)
    metrics = [Metric(name, value, now, 0) for name, value in _figures(comparison)]
    params = [Param(key, str(comparison.verdict[key])) for key in SAID if key in comparison.verdict]
    client.log_batch(run, metrics, params)
    dataset = dataset_input(read_data(root), None)
    if dataset is not None:
        client.log_inputs(run, [dataset])
    client.set_terminated(run, "FINISHED")
    made = _find(store, comparison)
    if made is None:
        raise InternalError("MLflow does not show the run of the comparison just made")
    return made


def _figures(comparison: Comparison) -> Iterator[tuple[str, float]]:
    """What can be followed from comparison to comparison: the chosen network's error, skill and tests."""
    verdict = comparison.verdict
    rows = {row["model"]: row for row in comparison.leaderboard}
    yield f"chosen_{verdict['score']}", float(rows[verdict["chosen"]][verdict["score"]])
    for field in ("naive", "best_baseline"):
        for test in verdict.get("tests", ()):
            if (test["a"], test["b"]) == (verdict["chosen"], verdict.get(field)):
                yield from _finite(f"versus_{field}", {key: test[key] for key in ("difference", "p_value")})
                yield f"versus_{field}_origins", float(test["origins"])
    for skill in verdict.get("skill", ()):
        name = str(skill["against"]).replace(" ", "_")
        yield from _finite(f"skill_{name}", {key: skill.get(key) for key in ("value", "low", "high")})


def _finite(prefix: str, values: Mapping[str, float | None]) -> Iterator[tuple[str, float]]:
    for key, value in values.items():
        if value is not None and math.isfinite(value):
            yield f"{prefix}_{key}", float(value)
