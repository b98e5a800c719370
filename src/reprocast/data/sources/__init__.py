"""Where series come from: one small file a source, and the table that maps names to functions."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from reprocast.data.sources import files, sample, yahoo
from reprocast.data.sources.answer import Answer
from reprocast.params.operations import Operations


@dataclass(frozen=True)
class Source:
    """What a source must offer."""

    request: Callable[[Any], dict[str, Any]]
    """From its `data` block to what a vintage must answer; asks nobody outside this machine."""
    ask: Callable[[Any, Operations], Answer]
    """From its `data` block to its answer; operations.yaml says how patiently to ask."""


SOURCES = {
    "files": Source(files.request, files.ask),
    "sample": Source(sample.request, sample.ask),
    "yahoo": Source(yahoo.request, yahoo.ask),
}
"""Name in params.yaml (data.source) -> source."""
