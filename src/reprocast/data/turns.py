"""The manifest beside a live source's vintage: when its turn came, why, and whether it may be used.

`data/vintages/<name>.json` repeats what the vintage is named by (so that a clone without the rows knows what
it lacks) and lists its turns. Turns are only ever added, so that going back to an earlier answer is one, too.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from reprocast.deterministic import canonical_json
from reprocast.stages.publish import write_file


@dataclass(frozen=True)
class Turn:
    """The source answered this, and something else before."""

    number: int
    """1 for the first answer of this folder, then counting on over all vintages."""
    called: str
    """When the source was asked (UTC)."""
    change: str
    """first | appended | rebased | revised: against what was in use then."""
    accepted: bool
    """Whether `pull` may use it."""
    against: tuple[str, ...] = ()
    """The vintages it was compared with."""
    reasons: tuple[str, ...] = ()
    """What explains the change: splits and dividends with their factors, or `--accept-revision`."""


def parse_turns(values: list[Mapping[str, Any]]) -> tuple[Turn, ...]:
    """From a manifest's JSON."""
    tuples = (
        {**value, "against": tuple(value["against"]), "reasons": tuple(value["reasons"])} for value in values
    )
    return tuple(Turn(**value) for value in tuples)


def write_manifest(path: Path, content: Mapping[str, Any], turns: tuple[Turn, ...]) -> None:
    """Writes it atomically.

    Raises:
        CannotCreateError, DiskError: it cannot be written.
    """
    write_file(path, canonical_json({**content, "turns": [asdict(turn) for turn in turns]}))
