"""What a source answers: raw values and actions, and the request that they answer."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from reprocast.panel import Panel


@dataclass(frozen=True)
class Answer:
    """A source's answer, as a vintage keeps it."""

    panel: Panel
    """Raw values; prices with their actions."""
    request: Mapping[str, Any]
    """What was asked, as plain values: the source's name, its options, hashes of files that were read."""
    called: str | None = None
    """When a live source was asked (UTC); no output depends on it."""
    lacking: Mapping[str, str] = field(default_factory=dict)
    """Series asked for that are not there, or not to the end -> why: then the answer is partial."""
    notes: Mapping[str, Any] = field(default_factory=dict)
    """What else is worth keeping, as plain values: columns left out and why, the hash of a download."""

    def complaint(self) -> str:
        """What is lacking, in a line."""
        reasons = "; ".join(f"{name}: {reason}" for name, reason in self.lacking.items())
        return f"{self.request['source']}: {reasons}"
