"""Nested blocks as the flat parameters of a run: `train.learning_rate`, `columns.target`."""

from collections.abc import Iterator, Mapping
from typing import Any

LIMIT = 500
"""Characters of a value that are kept; every store takes that many."""


def flat_params(description: Mapping[str, Any]) -> dict[str, str]:
    """Every parameter of a model by name: its own block without a prefix, the shared ones with theirs."""
    own = {key: description[key] for key in ("look_back", "horizon", "season", "calendar", "series")}
    own["folds"] = description.get("folds", 1)
    columns = {f"columns.{role}": names for role, names in description["features"].items()}
    nested = {**description.get("shared", {}), **columns, **own, **description.get("block", {})}
    return {name: _text(value) for name, value in _leaves(nested, "") if value is not None}


def _leaves(block: Mapping[str, Any], prefix: str) -> Iterator[tuple[str, Any]]:
    for key, value in sorted(block.items()):
        if isinstance(value, Mapping):
            yield from _leaves(value, f"{prefix}{key}.")
        else:
            yield f"{prefix}{key}", value


def _text(value: Any) -> str:
    joined = ", ".join(str(part) for part in value) if isinstance(value, list | tuple) else str(value)
    return joined if len(joined) <= LIMIT else f"{joined[: LIMIT - 1]}…"
