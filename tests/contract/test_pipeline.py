"""dvc.yaml keeps its promises: its params exist, every param is used, and each stage's code is its deps."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from reprocast.closure import import_closure
from reprocast.params.reading import read
from reprocast.params.root import Params

ROOT = Path(__file__).parents[2]
PIPELINE = YAML(typ="safe").load((ROOT / "dvc.yaml").read_text(encoding="utf-8"))["stages"]
STAGES = sorted(PIPELINE)
LOADED_BY_NAME = {
    "window": ["reprocast.tasks.forecast.cut"],
    "train": ["reprocast.tasks.forecast.learn"],
    "evaluate": ["reprocast.tasks.forecast.learn", "reprocast.tasks.forecast.score"],
    "evaluate_baseline": ["reprocast.tasks.forecast.score"],
    "compare": ["reprocast.tasks.forecast.score"],
}
"""Parts of the task, which stages load by name and an import closure cannot see."""
NOT_A_RESULT = {"schema_version"}
"""Leaves that no stage reads: they say how to read the file."""


def command_module(stage: str) -> str:
    return str(PIPELINE[stage]["cmd"].split(" -m ")[1].split()[0])


@pytest.mark.parametrize("stage", STAGES)
def test_the_code_deps_are_the_import_closure(stage: str) -> None:
    expected = import_closure(command_module(stage), *LOADED_BY_NAME.get(stage, []))
    declared = [path for path in PIPELINE[stage]["deps"] if path.startswith("src/")]
    assert declared == sorted(declared), f"{stage}: keep the code deps sorted"
    listing = "\n".join(f"      - {path}" for path in expected)
    assert declared == list(expected), f"{stage}: its code deps should be\n{listing}"


def resolved() -> dict[str, Any]:
    return json.loads(read(ROOT / "params.yaml", Params).model_dump_json())  # type: ignore[no-any-return]


def leaves(tree: Any, prefix: str = "") -> set[str]:
    if not isinstance(tree, dict) or not tree:
        return {prefix}
    return set().union(*(leaves(value, f"{prefix}.{key}".lstrip(".")) for key, value in tree.items()))


def declared_params(stage: str) -> list[str]:
    raw = PIPELINE[stage].get("params", [])
    block = {"train": "architectures", "adding": "architectures", "baseline": "baselines"}.get(stage, "")
    names = resolved().get(block, {"": None})
    return [entry.replace("${key}", name) for entry in raw for name in (names if "${key}" in entry else [""])]


@pytest.mark.parametrize("stage", STAGES)
def test_every_declared_param_exists(stage: str) -> None:
    every = leaves(resolved())
    for entry in declared_params(stage):
        assert any(leaf == entry or leaf.startswith(f"{entry}.") for leaf in every), f"{stage}: {entry}"


def test_every_leaf_of_the_schema_is_used_by_some_stage() -> None:
    used = {entry for stage in STAGES for entry in declared_params(stage)}
    unused = {
        leaf
        for leaf in leaves(resolved())
        if not any(leaf == entry or leaf.startswith(f"{entry}.") for entry in used)
    }
    assert unused == NOT_A_RESULT


def test_the_resolved_graph() -> None:
    command = [sys.executable, "-m", "dvc", "stage", "list", "--name-only"]
    run = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    networks, baselines = resolved()["architectures"], resolved()["baselines"]
    expected = {"pull", "validate", "window", "compare"}
    expected |= {f"{stage}@{name}" for stage in ("train", "adding", "evaluate") for name in networks}
    expected |= {f"{stage}@{name}" for stage in ("baseline", "evaluate_baseline") for name in baselines}
    assert set(run.stdout.split()) == expected
