"""What a round knows: what is asked of it, and what its steps have found so far."""

from dataclasses import dataclass, field
from typing import Any

from reprocast.commands.rounds.place import Tips
from reprocast.commands.rounds.status import Status
from reprocast.params.operations import Operations
from reprocast.params.retrain import Retrain


@dataclass
class Round:
    """What is asked of a round, and what its steps have found so far."""

    operations: Operations
    """operations.yaml."""
    proposes: bool
    """Whether it ends with a proposal."""
    as_of: str | int
    """Nothing later is looked at."""
    status: Status
    """What run_status.json says."""
    base: str = ""
    """The commit it starts from."""
    tips: Tips = field(default_factory=lambda: Tips(None, None))
    """Where the remote's branches were."""
    pushes: bool = False
    """Whether outputs go to DVC's remote."""
    acquired: str = ""
    """What came of asking the source, in a line."""
    vintage: Any = None
    """The vintage in use from now on."""
    text: str = ""
    """params.yaml of the round."""
    entry: Any = None
    """The decision."""
    commit: str = ""
    """The round's commit."""
    pushed: int | None = None
    """Files that DVC's remote was seen to have; none: they stay here."""
    results: list[str] = field(default_factory=list)
    """Leaderboard and changes of the metrics, as Markdown."""
    notes: list[str] = field(default_factory=list)
    """What else is worth saying."""

    @property
    def policy(self) -> Retrain:
        """The `retrain` block of operations.yaml."""
        return self.operations.retrain
