"""The view that the UI opens with."""

import json
from urllib.parse import parse_qs, urlsplit

from reprocast.tracking.store import Store
from reprocast.tracking.view import share_view, view_address


def test_the_address_names_the_view_that_was_shared(store: Store) -> None:
    share_view(store.client, store.experiment)
    address = urlsplit(view_address("http://127.0.0.1:5000", store.experiment))
    path, _, query = address.fragment.partition("?")
    key = parse_qs(query)["viewStateShareKey"][0]
    tags = store.client.get_experiment(store.experiment).tags
    view = json.loads(tags[f"mlflow.sharedViewState.{key}"])
    assert path == f"/experiments/{store.experiment}/runs"
    assert view["orderByKey"] in view["selectedColumns"]
    sections = {section["uuid"] for section in view["compareRunSections"]}
    assert {chart["metricSectionId"] for chart in view["compareRunCharts"]} == sections


def test_the_charts_are_another_address_of_the_same_view() -> None:
    table, charts = (view_address("http://x", "1", charts=charts) for charts in (False, True))
    assert charts == f"{table}&compareRunsMode=CHART"


def test_the_views_filter_is_one_the_store_understands(store: Store) -> None:
    share_view(store.client, store.experiment)
    tags = store.client.get_experiment(store.experiment).tags
    view = json.loads(tags["mlflow.sharedViewState.leaderboard"])
    for name, role in (("model", "network"), ("seed", "seed"), ("old", "baseline")):
        current = {} if name == "old" else {"current": "true"}
        store.client.create_run(store.experiment, tags={"role": role, **current}, run_name=name)
    assert [run.info.run_name for run in store.runs(view["searchFilter"])] == ["model"]
