"""The figures of the report one by one, for places that show no page; found wherever its content has them."""

from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from typing import Any

from reprocast.evaluation.report_figures import Picture


def pictures(content: Any) -> dict[str, str]:
    """SVG text by name: the field's, with a number where a field holds several."""
    return dict(_found(content, ""))


def _found(value: Any, name: str) -> Iterator[tuple[str, str]]:
    if isinstance(value, Picture):
        yield name, value.svg
    elif isinstance(value, tuple):
        for n, part in enumerate(value, start=1):
            yield from _found(part, f"{name}-{n}")
    elif is_dataclass(value):
        for field in fields(value):
            yield from _found(getattr(value, field.name), f"{name}-{field.name}".lstrip("-"))
