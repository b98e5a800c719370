"""Scores do not depend on the scaler: what the drift scores is the same with each of them."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from property.panels import day, prices

from reprocast.panel import Panel, write_panel
from reprocast.stages import baseline, evaluate_baseline, window

PARAMS = """
task: forecast
data: {{source: files, path: load.csv, end: "2022-05-01", season: 7, calendar: D}}
columns: {{target: [log_volatility, load], past: [log_volume], future: [day_of_week]}}
window: {{look_back: 5, horizon: 2, embargo: 2, scaling: {scaling}, scaling_over: {over}}}
split: {{test: 20, validation: 15}}
baselines: {{drift: {{}}}}
"""


def scores(scaling: str, over: str) -> dict[str, Any]:
    Path("params.yaml").write_text(PARAMS.format(scaling=scaling, over=over), encoding="utf-8")
    window.main()
    baseline.main("drift")
    evaluate_baseline.main("drift")
    return json.loads(Path("results/scores/drift.json").read_text(encoding="utf-8"))["folds"]


def test_a_baseline_scores_the_same_with_every_scaler(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "data" / "validated").mkdir(parents=True)
    days = np.array([day(n) for n in [*range(100), *range(20, 100)]])
    values = prices(np.random.default_rng(1), 180)
    values["load"][100:] *= 1000  # the series have scales of their own
    panel = Panel(("a", "b"), np.array([0, 100, 180]), days, values)
    write_panel(panel, tmp_path / "data" / "validated" / "panel.parquet")
    expected = flat(scores("standard", "series"))
    assert len(expected) > 20
    for scaling, over in [
        ("robust", "series"),
        ("minmax", "panel"),
        ("window", "series"),
        ("none", "series"),
    ]:
        found = flat(scores(scaling, over))
        assert found == pytest.approx(expected, rel=1e-6, nan_ok=True), scaling


def flat(tree: Any, key: str = "") -> dict[str, float]:
    """Every number of a tree by its place."""
    if isinstance(tree, dict | list):
        items = tree.items() if isinstance(tree, dict) else enumerate(tree)
        return {where: leaf for name, part in items for where, leaf in flat(part, f"{key}.{name}").items()}
    return {key: tree} if isinstance(tree, float) else {}
