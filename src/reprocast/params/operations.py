"""operations.yaml: what is done with runs; changing it retrains nothing."""

from reprocast.params.base import Block


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
