"""What the machine did while a model was trained: mlflow's own system metrics (psutil), on the live run.

A run that is made later from the outputs has none, and a sync never looks at them.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from mlflow.system_metrics.system_metrics_monitor import SystemMetricsMonitor

EVERY = 5.0
"""Seconds between two samples; MLFLOW_SYSTEM_METRICS_SAMPLING_INTERVAL overrides it."""


class Machine:
    """Watches from `watch` to the end of the block, once."""

    def __init__(self, uri: str) -> None:
        self._uri = uri
        self._monitor: SystemMetricsMonitor | None = None

    def watch(self, run: str | None) -> None:
        """Begins to log to a run, if it has begun and nothing is watched yet."""
        if run is not None and self._monitor is None:
            monitor = SystemMetricsMonitor(run, sampling_interval=EVERY, tracking_uri=self._uri)  # type: ignore[no-untyped-call]  # mlflow's
            monitor.start()  # type: ignore[no-untyped-call]
            self._monitor = monitor

    def finish(self) -> None:
        """Ends it and sends what is left."""
        if self._monitor is not None:
            self._monitor.finish()  # type: ignore[no-untyped-call]


@contextmanager
def watching(uri: str) -> Iterator[Machine]:
    """A machine that is watched no longer than the block lasts."""
    machine = Machine(uri)
    try:
        yield machine
    finally:
        machine.finish()
