"""A model's own entry of params.yaml in a few words: what it is, its size, and what is not as usual."""

from collections.abc import Iterator, Mapping
from typing import Any

from reprocast.params.architecture import Architecture

ALWAYS = ("hidden", "layers")
"""Sizes that are named even where they are the default."""


def in_words(block: Mapping[str, Any]) -> str:
    """Such as `gru, hidden 32, layers 1, decoder.kind steps`; a baseline's options all."""
    if "cell" not in block:
        options = {key: value for key, value in block.items() if key != "kind" and value is not None}
        return ", ".join([str(block.get("kind", "")), *_named(options)])
    usual = Architecture(cell=block["cell"]).model_dump(mode="json")
    sizes = {key: block.get(key, usual[key]) for key in ALWAYS}
    others = {key: value for key, value in block.items() if key not in (*ALWAYS, "cell")}
    return ", ".join([str(block["cell"]), *_named(sizes), *_named(_differing(others, usual))])


def _differing(block: Mapping[str, Any], usual: Mapping[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key, value in sorted(block.items()):
        inner = usual.get(key)
        if isinstance(value, Mapping) and isinstance(inner, Mapping):
            found |= {f"{key}.{name}": part for name, part in _differing(value, inner).items()}
        elif value != inner:
            found[key] = value
    return found


def _named(options: Mapping[str, Any]) -> Iterator[str]:
    for key, value in options.items():
        text = " ".join(map(str, value)) if isinstance(value, list) else str(value)
        yield f"{key} {text}"
