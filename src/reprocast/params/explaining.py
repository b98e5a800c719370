"""Turns pydantic's findings into sentences a user can act on."""

import difflib
from collections.abc import Iterator
from dataclasses import dataclass
from types import UnionType
from typing import Any, Union, get_args, get_origin

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from reprocast.params.base import CrossFieldError

Location = tuple[str | int, ...]


@dataclass(frozen=True)
class Fault:
    """One fault: the keys that lead to it, and a sentence that begins with them."""

    location: Location
    text: str


def explain(error: ValidationError, values: Any, model: type[BaseModel]) -> list[Fault]:
    """Every finding as a fault, in the order of the file's keys; alternatives of one value are joined."""
    faults: dict[Location, list[str]] = {}
    for details in error.errors():
        location = _within(values, details)
        sentence = _sentence(details, model)
        if sentence not in faults.setdefault(location, []):
            faults[location].append(sentence)
    return [Fault(location, _join(location, said)) for location, said in faults.items()]


def _join(location: Location, sentences: list[str]) -> str:
    said = " and ".join(sentences)
    key = ".".join(str(part) for part in location)
    return f"{key}: {said}" if key else said


def _within(values: Any, details: ErrorDetails) -> Location:
    """The location without the tags of unions, which the file does not have."""
    misplaced = details.get("ctx", {}).get("error")
    if isinstance(misplaced, CrossFieldError):
        return misplaced.location
    loc, found = details["loc"], list[str | int]()
    for position, key in enumerate(loc):
        names_a_key = details["type"] == "missing" and position == len(loc) - 1
        is_key = isinstance(values, dict) and key in values
        is_item = isinstance(values, list) and isinstance(key, int) and key < len(values)
        if is_key or is_item:
            values = values[key]
            found.append(key)
        elif names_a_key:
            found.append(key)
    return tuple(found)


def _sentence(details: ErrorDetails, model: type[BaseModel]) -> str:
    kind, value, context = details["type"], details["input"], details.get("ctx", {})
    shown = "null" if value is None else repr(value)
    whole = "a whole number" if all(isinstance(v, int) for v in context.values()) else "a number"
    if kind == "greater_than" and isinstance(context["gt"], int):
        return f"{shown} is not a whole number ≥ {context['gt'] + 1}"
    if kind in _BOUNDS:
        sign, key = _BOUNDS[kind]
        return f"{shown} is not {whole} {sign} {context[key]:g}"
    match kind:
        case "missing":
            return "is missing"
        case "extra_forbidden":
            return _unknown_key(str(details["loc"][-1]), sorted(_keys_at(model, details["loc"][:-1])))
        case "literal_error":
            return f"{shown} is not {_or(context['expected'])}"
        case "union_tag_invalid":
            tag = _or(context["discriminator"])
            return f"{tag} {context['tag']!r} is not {_or(context['expected_tags'])}"
        case "union_tag_not_found":
            return f"{_or(context['discriminator'])} is missing"
        case "value_error":
            said = str(context["error"])
            about_value = said.startswith(("is ", "has ", "names ")) and not isinstance(value, dict)
            return f"{shown} {said}" if about_value else said
        case "too_short":
            return "needs at least one entry"
        case "string_pattern_mismatch":
            return f"{shown} does not look as it must ({context['pattern']})"
        case "finite_number":
            return f"{shown} is not a finite number"
    nouns = {"int": "a whole number", "float": "a number", "string": "text", "bool": "true or false"}
    noun = nouns.get(kind.split("_")[0], "a list" if kind.startswith("tuple") else "a mapping of keys")
    return f"{shown} is not {noun}"


_BOUNDS = {
    "greater_than": (">", "gt"),
    "greater_than_equal": ("≥", "ge"),
    "less_than": ("<", "lt"),
    "less_than_equal": ("≤", "le"),
}


def _or(expected: str) -> str:
    return expected.replace("'", "").replace('"', "")


def _unknown_key(key: str, allowed: list[str]) -> str:
    close = difflib.get_close_matches(key, allowed, n=1)
    hint = f"did you mean {close[0]}?" if close else f"allowed: {', '.join(allowed)}"
    return f"unknown key; {hint}"


def _keys_at(model: type[BaseModel], location: Location) -> set[str]:
    """Keys allowed at a location, over all alternatives of a union."""
    types: list[Any] = [model]
    for key in location:
        types = [inner for outer in types for inner in _inside(outer, key)]
    return {name for outer in types if _is_model(outer) for name in outer.model_fields}


def _inside(outer: Any, key: str | int) -> Iterator[Any]:
    if _is_model(outer):
        source = outer.model_fields.get("source")
        if key in outer.model_fields:
            yield from _alternatives(outer.model_fields[str(key)].annotation)
        elif source is not None and key in get_args(source.annotation):
            yield outer  # the tag of a union
    elif get_origin(outer) is dict:
        yield from _alternatives(get_args(outer)[1])


def _alternatives(annotation: Any) -> Iterator[Any]:
    if get_origin(annotation) in (Union, UnionType):
        for inner in get_args(annotation):
            yield from _alternatives(inner)
    else:
        yield annotation


def _is_model(outer: Any) -> bool:
    return isinstance(outer, type) and issubclass(outer, BaseModel)
