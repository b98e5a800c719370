"""The looks for drift in MLflow: a run a champion, a point a look, so that its figures are curves."""

import math
import time
from pathlib import Path

from mlflow.entities import Metric, Run

from reprocast.evaluation.drift.report import DriftReport
from reprocast.tracking.address import tracking_of
from reprocast.tracking.producer import this_process
from reprocast.tracking.store import Store, explained, open_store

ROLE = "drift"
STEP = "looked_step"
"""The metric that every look has."""


def record(root: Path, report: DriftReport) -> int:
    """Logs the looks that the store does not have yet, at their due step after the as-of date; how many.

    Raises:
        UnavailableError: the store cannot be reached.
    """
    tracking = tracking_of(root)
    store = open_store(tracking)
    with explained(tracking.uri):
        run = _find(store, report) or _create(store, report)
        known = {point.step for point in store.client.get_metric_history(run.info.run_id, STEP)}
        new = [look for look in report.looks if look.step not in known]
        now = round(time.time() * 1000)
        for look in new:
            figures = {f"drift_{name}": value for name, value in look.figures.items()}
            alarms = {f"drift_{name}_alarm": float(name in look.alarms) for name in ("input", "performance")}
            points = {STEP: float(look.step)} | alarms | figures
            metrics = [
                Metric(key, value, now, look.step) for key, value in points.items() if math.isfinite(value)
            ]
            store.client.log_batch(run.info.run_id, metrics)
        if run.data.tags.get("proposes") != str(report.proposes).lower():
            store.client.set_tag(run.info.run_id, "proposes", str(report.proposes).lower())
    return len(new)


def _find(store: Store, report: DriftReport) -> Run | None:
    condition = f"tags.role = '{ROLE}' AND tags.champion = '{report.fingerprint}'"
    return next((run for run in store.runs(condition) if run.data.tags["as_of"] == str(report.as_of)), None)


def _create(store: Store, report: DriftReport) -> Run:
    tags = {
        "role": ROLE,
        "champion": report.fingerprint,
        "as_of": str(report.as_of),
        "mlflow.source.name": "reprocast drift",
        "mlflow.source.type": "LOCAL",
        **this_process().tags(),
    }
    made = store.client.create_run(store.experiment, tags=tags, run_name=f"drift of {report.model}")
    store.client.set_terminated(made.info.run_id, "FINISHED")
    return store.client.get_run(made.info.run_id)
