"""A small project of one's own files, from pull to evaluate: what the tests of roles and gaps run."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from reprocast.stages import baseline, evaluate, evaluate_baseline, pull, train, validate, window

FIRST, DAYS, END = "2023-01-01", 260, "2023-09-17"
"""Days of load; `END` is the last of them."""
PARAMS = {
    "schema_version": "1",
    "task": "forecast",
    "seeds": "[1]",
    "data": f'{{source: files, path: mine.csv, id: unique_id, end: "{END}", calendar: D, season: 7}}',
    "validation": "{}",
    "columns": "{target: [load]}",
    "window": "{look_back: 6, horizon: 2}",
    "split": "{test: 40, validation: 40}",
    "architectures": "{net: {cell: gru, hidden: 8}}",
    "train": "{max_epochs: 12, batch_size: 64, learning_rate: 0.02}",
    "baselines": "{naive: {}, har: {kind: har}}",
    "compare": "{}",
    "runtime": "{}",
}


def write_params(**blocks: str) -> None:
    """PARAMS with other text for some blocks."""
    lines = [f"{name}: {text}" for name, text in (PARAMS | blocks).items()]
    Path("params.yaml").write_text("\n".join(lines) + "\n", encoding="utf-8")


def planned(days: int = DAYS + 5, noise: float = 0.2, seed: int = 1) -> pd.DataFrame:
    """Two series whose load is what was planned for the day; the plan itself cannot be foreseen."""
    rng = np.random.default_rng(seed)
    parts = []
    for name, kind, size in (("a", "north", 3.0), ("b", "south", 8.0)):
        plan = rng.normal(size=days)
        load = 10 * size + 2 * plan + noise * rng.normal(size=days)
        ds = pd.date_range(FIRST, periods=days)
        parts.append(
            pd.DataFrame(
                {"unique_id": name, "ds": ds, "load": load, "plan": plan, "size": size, "kind": kind}
            )
        )
    return pd.concat(parts, ignore_index=True)


def prepare(frame: pd.DataFrame) -> None:
    """The file, then pull, validate and window."""
    frame.to_csv("mine.csv", index=False)
    for stage in (pull, validate, window):
        stage.main()


def scores(name: str) -> dict[str, Any]:
    """Trains or fits and evaluates one model; its scores on the test span."""
    if name == "net":
        train.main(name, follow=False)
        evaluate.main(name)
    else:
        baseline.main(name)
        evaluate_baseline.main(name)
    found: Mapping[str, Any] = json.loads(Path(f"results/scores/{name}.json").read_text(encoding="utf-8"))
    return dict(found["folds"]["0"]["test"])
