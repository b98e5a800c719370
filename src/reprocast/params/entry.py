"""An entry of `architectures` by dotted keys: what holds for it, and the same entry with other values."""

import difflib
from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel, ValidationError, create_model
from pydantic.fields import FieldInfo

from reprocast.deterministic import canonical_json
from reprocast.params.architecture import Architecture
from reprocast.params.base import Block
from reprocast.params.explaining import explain
from reprocast.params.root import Params
from reprocast.params.train import Train, overridden

Values = Mapping[str, Any]
"""Values by dotted key, such as `hidden` or `train.learning_rate`."""


def values_of(params: Params, name: str, keys: list[str]) -> dict[str, Any]:
    """What holds for an architecture under each key; one of `train` may come from the shared block."""
    network = params.architectures[name]
    entry = network.model_dump(mode="json")
    entry["train"] = overridden(params.train, network.train).model_dump(mode="json")
    return {key: _at(entry, key) for key in keys}


def _at(entry: Any, key: str) -> Any:
    for part in key.split("."):
        entry = entry[part]
    return entry


def with_values(params: Params, name: str, values: Values) -> Params:
    """The same parameters, but for these values of one architecture.

    Raises:
        ValidationError: the values do not go together.
    """
    tree = params.model_dump(mode="json")
    for key, value in values.items():
        *blocks, last = key.split(".")
        node = tree["architectures"][name]
        for block in blocks:
            node = node[block]
        node[last] = value
    return Params.model_validate_json(canonical_json(tree))


def fault(key: str, value: Any) -> str:
    """What is wrong with a value of a key of any entry, as a sentence; empty if nothing is."""
    found = _field(key)
    if isinstance(found, str):
        return found
    model: Any = create_model("Value", __base__=Block, **{key.split(".")[-1]: (found.annotation, found)})  # type: ignore[call-overload]
    tree = {key.split(".")[-1]: value}
    try:
        model.model_validate_json(canonical_json(tree))
    except ValidationError as error:
        return "; ".join(one.text.partition(": ")[2] for one in explain(error, tree, model))
    return ""


def _field(key: str) -> FieldInfo | str:
    """The field that a dotted key names, or why it names none that can be searched."""
    if key == "cell":
        return "is what the architectures differ in; search their other keys"
    block: type[BaseModel] = Architecture
    *blocks, last = key.split(".")
    for part in blocks:
        inner = Train if part == "train" else _annotation(block, part)
        if not (isinstance(inner, type) and issubclass(inner, BaseModel)):
            return (
                f"unknown key; {_hint(part, [name for name in Architecture.model_fields if _is_block(name)])}"
            )
        block = inner
    if last not in block.model_fields:
        return f"unknown key; {_hint(last, sorted(block.model_fields))}"
    if not blocks and _is_block(last):
        return f"is a block of keys; name one of them, like {last}.{next(iter(_inner(last).model_fields))}"
    return block.model_fields[last]


def _annotation(block: type[BaseModel], key: str) -> Any:
    return block.model_fields[key].annotation if key in block.model_fields else None


def _inner(name: str) -> type[BaseModel]:
    inner: type[BaseModel] = Train if name == "train" else _annotation(Architecture, name)
    return inner


def _is_block(name: str) -> bool:
    inner = _inner(name)
    return isinstance(inner, type) and issubclass(inner, BaseModel)


def _hint(key: str, allowed: list[str]) -> str:
    close = difflib.get_close_matches(key, allowed, n=1)
    return f"did you mean {close[0]}?" if close else f"allowed: {', '.join(allowed)}"
