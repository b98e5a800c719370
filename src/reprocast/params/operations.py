"""operations.yaml: what is done with runs; changing it retrains nothing."""

from pathlib import Path

from reprocast.params.base import Block
from reprocast.params.reading import read

OPERATIONS = Path("operations.yaml")


class Tracking(Block):
    """Where runs are recorded."""

    experiment: str = "reprocast"
    """Name of the MLflow experiment."""
    uri: str = "sqlite:///mlruns/mlflow.db"
    """MLflow store; the environment variable MLFLOW_TRACKING_URI overrides it."""


class Operations(Block):
    """operations.yaml."""

    tracking: Tracking = Tracking()
    """Where runs are recorded."""


def read_operations() -> Operations:
    """operations.yaml of this folder, or the defaults where there is none.

    Raises:
        ParamsError: it is wrong; a line for each fault.
    """
    return read(OPERATIONS, Operations) if OPERATIONS.exists() else Operations()
