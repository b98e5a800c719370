"""operations.yaml: what is done with runs; changing it retrains nothing."""

from pathlib import Path
from typing import Annotated

from pydantic import Field, PositiveInt

from reprocast.params.base import Block
from reprocast.params.drift import Drift
from reprocast.params.reading import read
from reprocast.params.registry import Gate, Registry
from reprocast.params.retention import Retention
from reprocast.params.retrain import Retrain
from reprocast.params.tuning import Tuning

OPERATIONS = Path("operations.yaml")


class Tracking(Block):
    """Where runs are recorded."""

    experiment: str = "reprocast"
    """Name of the MLflow experiment."""
    uri: str = "sqlite:///mlruns/mlflow.db"
    """MLflow store; the environment variable MLFLOW_TRACKING_URI overrides it."""
    artifacts: str | None = None
    """Folder or address (`s3://…`) for the files of a store that is a database. Without it they lie beside a
    SQLite file, and in `mlruns/artifacts` for a database that is served; an MLflow server has its own."""


class Yahoo(Block):
    """How patiently and politely Yahoo is asked."""

    attempts: Annotated[int, Field(ge=1, le=20)] = 4
    """How often a ticker is asked for in all, while what fails may pass."""
    timeout: Annotated[float, Field(gt=0)] = 20
    """Seconds an attempt may take."""
    requests_per_second: Annotated[float, Field(gt=0)] = 2
    """No more requests a second than that."""


class Vintages(Block):
    """How long a source's answers are kept in the workspace, and whether they are pushed."""

    keep: PositiveInt = 10
    """The newest that stay; one that is pinned, in use or the next to be accepted is never removed."""
    push: bool = True
    """Whether `reprocast acquire` pushes a new one to DVC's default remote, where there is one."""


class Operations(Block):
    """operations.yaml."""

    tracking: Tracking = Tracking()
    """Where runs are recorded."""
    yahoo: Yahoo = Yahoo()
    """How patiently and politely Yahoo is asked."""
    vintages: Vintages = Vintages()
    """How long a source's answers are kept, and whether they are pushed."""
    retention: Retention = Retention()
    """How much of the past `reprocast tidy` keeps at hand."""
    tuning: Tuning = Tuning()
    """How better values are looked for."""
    registry: Registry = Registry()
    """Where models are registered."""
    gate: Gate = Gate()
    """What a challenger must show to become champion."""
    retrain: Retrain = Retrain()
    """How a scheduled round publishes what it found."""
    drift: Drift = Drift()
    """When drift is looked for, what counts, and what is proposed."""


def read_operations() -> Operations:
    """operations.yaml of this folder, or the defaults where there is none.

    Raises:
        ParamsError: it is wrong; a line for each fault.
    """
    return read(OPERATIONS, Operations) if OPERATIONS.exists() else Operations()
