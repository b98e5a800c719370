"""One link of the chain: its name, whether it holds, and what was found in words."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Literal

SHORT = 12
"""Digits of a hash that are shown."""
State = Literal["holds", "broken", "unseen", "unkept"]
"""`unseen`: what it rests on is not here, so that nobody can tell; `unkept`: nobody promised to keep it."""


@dataclass(frozen=True)
class Link:
    """One link and what came of following it."""

    name: str
    state: State
    said: str

    def __str__(self) -> str:
        return f"{self.state:<7} {self.name:<12} {self.said}"


def differs(name: str, what: str, found: str | None, who: str, said: str | None) -> Link:
    """A link that is broken, because two values differ that should not."""
    return Link(name, "broken", f"{what} {short(found)}, {who} {short(said)}")


def short(value: str | None) -> str:
    """The first digits of a hash."""
    return "nothing" if value is None else value[:SHORT]


def some(names: Collection[str]) -> str:
    """The first three names."""
    return ", ".join(sorted(names)[:3]) + (" …" if len(names) > 3 else "")
