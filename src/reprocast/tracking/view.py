"""The view that the UI opens with: the current models, best first, their scores as columns."""

import json
from urllib.parse import urlencode

from mlflow import MlflowClient

KEY = "leaderboard"
TAG = f"mlflow.sharedViewState.{KEY}"
"""Tag of the experiment under which mlflow keeps a shared view."""
FILTER = "tags.current = 'true' AND tags.role != 'seed'"
ORDER = "metrics.`test_mae`"
COLUMNS = (
    "test_mae",
    "test_skill_naive",
    "test_rmse",
    "test_mase",
    "test_r2",
    "validation_mae",
    "parameters",
    "training_seconds",
)


def share_view(client: MlflowClient, experiment: str) -> None:
    """Leaves the view with the experiment."""
    columns = [f"metrics.`{name}`" for name in COLUMNS]
    view = {"searchFilter": FILTER, "orderByKey": ORDER, "orderByAsc": True, "selectedColumns": columns}
    client.set_experiment_tag(experiment, TAG, json.dumps(view))


def view_address(server: str, experiment: str) -> str:
    """Where a browser finds the view."""
    query = urlencode({"workflowType": "machine_learning", "viewStateShareKey": KEY})
    return f"{server}/#/experiments/{experiment}/runs?{query}"
