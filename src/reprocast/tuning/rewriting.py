"""Values put into the text of params.yaml; every other character stays as it is, comments included."""

import copy
import json
import re
from collections.abc import Mapping
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError
from ruamel.yaml.nodes import MappingNode, Node

from reprocast.errors import ParamsError

PLAIN = re.compile(r"[a-z][a-z_]*")
WORDS = {"true", "false", "null", "yes", "no", "on", "off", "y", "n"}
"""Plain words that some reader of YAML takes for something else than text."""


def rewritten(text: str, values: Mapping[str, Mapping[str, Any]]) -> str:
    """The text with values by architecture and dotted key.

    Raises:
        ParamsError: the text is written so (with an alias, for instance) that they cannot be put in; it
            names them, for the user to write.
    """
    changed, wanted = text, plain(text)
    for name in sorted(values):
        for key, value in sorted(values[name].items()):
            keys = ["architectures", name, *key.split(".")]
            wanted = _with(wanted, keys, value)
            changed = put(changed, keys, value)
    if plain(changed) != wanted:
        named = "; ".join(
            f"{name}: {', '.join(f'{key} {_written(value)}' for key, value in sorted(values[name].items()))}"
            for name in sorted(values)
        )
        raise ParamsError(f"params.yaml: cannot be rewritten as it stands; put these in by hand: {named}")
    return changed


def plain(text: str) -> Any:
    """What the text says, where an alias stands as a copy of its own; None if it is not YAML."""
    try:
        return json.loads(json.dumps(YAML(typ="safe", pure=True).load(text), default=str))
    except YAMLError:
        return None


def _with(tree: Any, keys: list[str], value: Any) -> Any:
    tree = copy.deepcopy(tree)
    node = tree
    for key in keys[:-1]:
        node = node.setdefault(key, {})
    node[keys[-1]] = value
    return tree


def put(text: str, keys: list[str], value: Any) -> str:
    """Replaces what stands under the keys, or adds what is missing to the deepest block that is there."""
    node: Node = YAML(typ="safe", pure=True).compose(text)
    for depth, key in enumerate(keys):
        inner = _under(node, key)
        if inner is None:
            rest = keys[depth:]
            return _added(text, node, rest[0], _nested(rest[1:], value))
        node = inner
    return text[: node.start_mark.index] + _written(value) + text[node.end_mark.index :]


def _under(node: Node, key: str) -> Node | None:
    if not isinstance(node, MappingNode):
        return None
    return next((inner for name, inner in node.value if name.value == key), None)


def _nested(keys: list[str], value: Any) -> str:
    return f"{{{keys[0]}: {_nested(keys[1:], value)}}}" if keys else _written(value)


def _written(value: Any) -> str:
    """A value as flow YAML."""
    if isinstance(value, list | tuple):
        return f"[{', '.join(map(_written, value))}]"
    if isinstance(value, str) and PLAIN.fullmatch(value) and value not in WORDS:
        return value
    return json.dumps(value, ensure_ascii=False)


def _added(text: str, node: Node, key: str, value: str) -> str:
    """The text with another key at the end of a mapping."""
    if not isinstance(node, MappingNode) or not node.value:
        begin = node.start_mark.index
        return text[:begin] + f"{{{key}: {value}}}" + text[node.end_mark.index :]
    place = _end(node.value[-1][1])
    if node.flow_style:
        return f"{text[:place]}, {key}: {value}{text[place:]}"
    line = text.find("\n", place)
    place = len(text) if line < 0 else line
    indent = " " * node.value[0][0].start_mark.column
    return f"{text[:place]}\n{indent}{key}: {value}{text[place:]}"


def _end(node: Node) -> int:
    """Where what is written of a node ends; a block's own mark is where the next thing begins."""
    if isinstance(node, MappingNode) and not node.flow_style and node.value:
        return _end(node.value[-1][1])
    return int(node.end_mark.index)
