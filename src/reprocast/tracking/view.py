"""The view that the UI opens with: the current models, best first, their scores as columns, and charts.

mlflow keeps a shared view as a tag of the experiment.
"""

import json
from typing import Any
from urllib.parse import urlencode

from mlflow import MlflowClient

KEY = "leaderboard"
TAG = f"mlflow.sharedViewState.{KEY}"
"""Tag of the experiment under which mlflow keeps a shared view."""
FILTER = "tags.current = 'true' AND tags.role != 'seed'"
ORDER = "metrics.`test_mae`"
COLUMNS = (
    "metrics.`test_mae`",
    "metrics.`test_skill_naive`",
    "metrics.`validation_mae`",
    "metrics.`parameters`",
    "metrics.`training_seconds`",
    "tags.`versus_naive`",
    "tags.`versus_best_baseline`",
    "tags.`selected`",
)
"""In the order in which they stand."""
WIDTHS = {"metrics.`test_skill_naive`": 130, "tags.`versus_best_baseline`": 160}
CHARTS = (
    ("BAR", "test_mae"),
    ("BAR", "test_skill_naive"),
    ("LINE", "validation_loss"),
    ("LINE", "test_mae_by_step"),
    ("BAR", "parameters"),
    ("BAR", "training_seconds"),
)
"""Kind and metric of each chart: errors, learning curves, and what they cost."""
SECTION = "comparison"


def share_view(client: MlflowClient, experiment: str) -> None:
    """Leaves the view with the experiment."""
    view = {
        "searchFilter": FILTER,
        "orderByKey": ORDER,
        "orderByAsc": True,
        "selectedColumns": list(COLUMNS),
        "columnOrder": list(COLUMNS),
        "columnWidths": WIDTHS,
        "compareRunCharts": [_chart(*chart) for chart in CHARTS],
        "compareRunSections": [{"uuid": SECTION, "name": "Comparison", "display": True, "isReordered": True}],
        "isAccordionReordered": True,
    }
    client.set_experiment_tag(experiment, TAG, json.dumps(view))


def _chart(kind: str, metric: str) -> dict[str, Any]:
    """A chart as mlflow's page keeps it."""
    shown = {"uuid": metric, "type": kind, "metricKey": metric}
    lines = {"selectedMetricKeys": [metric], "xAxisKey": "step", "useGlobalXaxisKey": False}
    fixed = {"metricSectionId": SECTION, "deleted": False, "isGenerated": False, "runsCountToCompare": 20}
    return {**shown, **fixed, **(lines if kind == "LINE" else {})}


def view_address(server: str, experiment: str, *, charts: bool = False) -> str:
    """Where a browser finds the view, as a table or as charts."""
    query = {"workflowType": "machine_learning", "viewStateShareKey": KEY}
    query |= {"compareRunsMode": "CHART"} if charts else {}
    return f"{server}/#/experiments/{experiment}/runs?{urlencode(query)}"
