"""Reads a YAML file into a block and says what is wrong with it: file, line, key, value, what is allowed."""

import json
from datetime import date
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError
from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap, CommentedSeq
from ruamel.yaml.error import MarkedYAMLError, YAMLError

from reprocast.errors import NoInputError, ParamsError
from reprocast.params.explaining import explain

Model = TypeVar("Model", bound=BaseModel)


def read(path: Path, model: type[Model], *, part: bool = False) -> Model:
    """Reads `path` as `model`; with `part`, other top-level keys are left to the stages that own them.

    Raises:
        NoInputError: the file does not exist.
        ParamsError: it is not YAML, or not what the model allows; a line for each fault.
    """
    tree = _parse(path)
    _refuse_dates(tree, (), path, tree)
    values = {key: tree[key] for key in tree if not part or key in model.model_fields}
    try:
        text = json.dumps(values)
    except (TypeError, ValueError) as error:
        raise ParamsError(f"{path}: holds something that is no plain value: {error}") from None
    try:
        return model.model_validate_json(text)
    except ValidationError as error:
        lines = [
            f"{path}:{line_of(tree, fault.location)} {fault.text}" for fault in explain(error, values, model)
        ]
        raise ParamsError("\n".join(dict.fromkeys(lines))) from None


def _parse(path: Path) -> CommentedMap:
    try:
        tree = YAML(typ="rt").load(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise NoInputError(f"{path}: no such file; run `reprocast init` or `cp recipes/…`") from None
    except UnicodeDecodeError as error:
        raise ParamsError(f"{path}: is not UTF-8 (byte {error.start})") from None
    except MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        problem = " ".join(str(error.problem or error.context).split())
        raise ParamsError(f"{path}:{line} is not YAML: {problem}") from None
    except YAMLError as error:
        raise ParamsError(f"{path}: is not YAML: {' '.join(str(error).split())}") from None
    if not isinstance(tree, CommentedMap):
        raise ParamsError(f"{path}:1 holds no keys; it must be a mapping like `seeds: [1, 2, 3]`")
    return tree


def line_of(tree: Any, location: tuple[str | int, ...]) -> int:
    """Line (from 1) of the deepest part of `location` that the tree has."""
    line = 1
    for key in location:
        if isinstance(tree, CommentedMap) and key in tree:
            line = tree.lc.key(key)[0] + 1
        elif isinstance(tree, CommentedSeq) and isinstance(key, int) and key < len(tree):
            line = tree.lc.item(key)[0] + 1
        else:
            break
        tree = tree[key]
    return line


def _refuse_dates(node: Any, location: tuple[str | int, ...], path: Path, root: CommentedMap) -> None:
    """DVC fails without naming the line when a value it templates is a bare date."""
    if isinstance(node, date):
        where = f"{path}:{line_of(root, location)} {'.'.join(str(part) for part in location)}"
        raise ParamsError(f'{where}: a date must be quoted, "{node}" (DVC takes no bare dates)')
    items = node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ()
    for key, value in items:
        _refuse_dates(value, (*location, key), path, root)
