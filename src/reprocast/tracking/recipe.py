"""Which recipe the outputs were made with: the one whose values dvc.lock records, stage by stage.

Neither the name that `--recipe` was given nor params.yaml would do: both may have changed since.
"""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

PARAMS = "params.yaml"
LOCK = Path("dvc.lock")
RECIPES = Path("recipes")
ABSENT = object()


def recipe_of(root: Path) -> str | None:
    """Name of the recipe with just the values that the stages ran with; None if there is none."""
    made_with = _made_with(root / LOCK)
    for path in sorted((root / RECIPES).glob("*.yaml")) if made_with else ():
        values = _load(path.read_text(encoding="utf-8"))
        if all(_at(values, key) == value for key, value in made_with.items()):
            return path.stem
    return None


def _made_with(lock: Path) -> dict[str, Any]:
    """Values by key of params.yaml, as the present stages read them; empty where DVC has run nothing."""
    stages = _load(lock.read_text(encoding="utf-8")).get("stages", {}) if lock.is_file() else {}
    if "compare" not in stages:
        return {}
    compared = stages["compare"]["params"][PARAMS]
    models = {*compared.get("architectures", ()), *compared.get("baselines", ())}
    return dict(
        item
        for name, stage in stages.items()
        if (model := name.partition("@")[2]) in models or not model
        for item in _params(stage)
    )


def _params(stage: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    yield from stage.get("params", {}).get(PARAMS, {}).items()


def _at(values: Any, key: str) -> Any:
    """The value at a dotted key."""
    for part in key.split("."):
        values = values.get(part, ABSENT) if isinstance(values, Mapping) else ABSENT
    return values


def _load(text: str) -> Any:
    return YAML(typ="safe").load(text)
