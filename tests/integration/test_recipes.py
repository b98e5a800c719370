"""Every recipe runs end to end, small: a few windows of its own data, one seed, one epoch."""

import json
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from little_adding import add_little
from ruamel.yaml import YAML

from reprocast.panel import read_panel, time_text
from reprocast.params.reading import read
from reprocast.params.root import Params
from reprocast.stages import (
    baseline,
    compare,
    evaluate,
    evaluate_baseline,
    pull,
    train,
    validate,
    window,
)

ROOT = Path(__file__).parents[2]
RECIPES = sorted((ROOT / "recipes").glob("*.yaml"))
SAMPLE = {"source": "sample", "series": ["IBM", "MSFT"], "start": "2000-03-01", "end": "2013-03-01"}
"""Stands in for Yahoo, whose prices have the same form."""
EXTRA = 40
"""Windows for training."""


@pytest.fixture(autouse=True)
def _project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    shutil.copytree(ROOT / "data" / "samples", "data/samples")


def small(path: Path) -> dict[str, Any]:
    """The recipe with short spans, one seed and one epoch, on data that is here."""
    tree: dict[str, Any] = YAML(typ="safe").load(path.read_text(encoding="utf-8"))
    steps = tree["window"]["horizon"] + 5
    if tree["data"]["source"] == "yahoo":
        tree["data"] |= SAMPLE
    elif tree["data"].get("form") == "rows":
        write_stand_in_rows(tree)
    elif tree["data"]["source"] == "files":
        write_stand_in(tree)
    tree["seeds"] = [1]
    tree["split"] |= {"test": steps, "validation": steps}
    tree["train"] |= {"max_epochs": 1}
    for network in tree["architectures"].values():
        network["train"] = network.get("train", {}) | {"max_epochs": 1}
    return tree


def write_stand_in(tree: dict[str, Any]) -> None:
    """A file of noise under the recipe's columns, at the times the recipe asks for."""
    data, columns, steps = tree["data"], tree["columns"], rows(tree)
    names = [*columns["target"], *columns.get("past", [])]
    given = {ours: theirs for theirs, ours in data.get("rename", {}).items()}
    step = {"h": "1h", "15min": "15min", "D": "1D"}[data["calendar"]]
    amount = {"1h": 3600, "15min": 900, "1D": 86400}[step]
    times = np.datetime64(data["end"], "s") - np.arange(steps)[::-1] * np.timedelta64(amount, "s")
    noise = np.random.default_rng(0).standard_normal((steps, len(names)))
    lines = [",".join([data.get("time", "ds"), *(given.get(name, name) for name in names)])]
    lines += [
        f"{str(at).replace('T', ' ')}," + ",".join(map(str, row))
        for at, row in zip(times, noise, strict=True)
    ]
    Path("mine.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    data |= {"path": "mine.csv", "start": None, "sha256": None}


def write_stand_in_rows(tree: dict[str, Any]) -> None:
    """Two files of six series, a row each, of different lengths; the second holds what is tested."""
    data, steps, rng = tree["data"], rows(tree), np.random.default_rng(0)
    ahead = tree["window"]["horizon"] + 5
    waves = 10 + np.sin(2 * np.pi * np.arange(steps) / data["season"]) + rng.random((6, steps))
    seen = [[f"s{n}", *map(str, wave[n:-ahead]), *[""] * n] for n, wave in enumerate(waves)]
    tested = [[f"s{n}", *map(str, wave[-ahead:])] for n, wave in enumerate(waves)]
    for name, lines in (("train.csv", seen), ("test.csv", tested)):
        head = [f"V{n}" for n in range(len(lines[0]))]
        Path(name).write_text("\n".join(map(",".join, [head, *lines])) + "\n", encoding="utf-8")
    data |= {"path": ["train.csv", "test.csv"], "sha256": None, "end": steps}


def rows(tree: dict[str, Any]) -> int:
    """Rows that hold the three splits."""
    shape = tree["window"]
    spans = 2 * (shape["horizon"] + 5 + shape.get("embargo", 0))
    return int(shape["look_back"] + shape["horizon"] + spans + EXTRA + tree["data"]["season"])


def write(tree: dict[str, Any]) -> None:
    with Path("params.yaml").open("w", encoding="utf-8") as stream:
        YAML().dump(tree, stream)


@pytest.mark.parametrize("path", RECIPES, ids=lambda path: path.stem)
def test_each_recipe_runs_to_a_verdict(path: Path) -> None:
    tree = small(path)
    write(tree)
    pull.main()
    times = read_panel(pull.RAW / "panel.parquet").ds
    tree["data"]["start"] = time_text(np.unique(times)[-rows(tree)])
    write(tree)
    params = read(Path("params.yaml"), Params)
    pull.main()
    validate.main()
    window.main()
    for name in params.architectures:
        train.main(name, follow=False)
        evaluate.main(name)
    for name in params.baselines:
        baseline.main(name)
        evaluate_baseline.main(name)
    add_little(*params.architectures)
    compare.main()
    said = json.loads(Path("metrics.json").read_text(encoding="utf-8"))
    errors = said[f"test_{params.compare.score}"]
    assert set(errors) == {*params.architectures, *params.baselines}
    assert all(np.isfinite(error) for error in errors.values())
