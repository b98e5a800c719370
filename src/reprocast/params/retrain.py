"""The `retrain` block of operations.yaml: where a scheduled round goes."""

from typing import Annotated, Self

from pydantic import StringConstraints, model_validator

from reprocast.params.base import Block

Ref = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][\w.-]*(/[\w-][\w.-]*)*$")]
"""Name of a git remote or branch."""


class Retrain(Block):
    """How a scheduled round publishes what it found."""

    remote: Ref | None = "origin"
    """Git remote that rounds are pushed to; none: they stay in this clone."""
    branch: Ref = "main"
    """Branch that a round starts from and ends on."""
    propose: bool | None = None
    """Whether a round is pushed as a proposal for a pull request; none: where the environment has CI."""
    proposal: Ref = "reprocast/proposal"
    """Branch of the open proposal; the next proposal supersedes it."""
    webhook: Annotated[str, StringConstraints(pattern=r"^https?://")] | None = None
    """Address that a failed round is told to; the environment variable REPROCAST_WEBHOOK overrides it."""

    @model_validator(mode="after")
    def _a_proposal_is_a_branch_of_its_own(self) -> Self:
        if self.proposal == self.branch:
            raise ValueError(f"proposal: {self.proposal} is the branch itself; name another one")
        if self.propose and self.remote is None:
            raise ValueError("propose: true needs a remote to push the proposal to")
        return self
