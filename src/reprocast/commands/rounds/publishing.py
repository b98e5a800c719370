"""The last steps of a round: from its results to the remotes and the registry."""

from pathlib import Path
from typing import Any

from reprocast.commands.rounds import back, place
from reprocast.commands.rounds.round import Round
from reprocast.commands.rounds.status import changed


def push_data(one: Round) -> None:
    """Pushes outputs and vintages to DVC's remote."""
    if one.pushes:
        from reprocast.commands.rounds.remote import push_outputs

        push_outputs()
    else:
        one.notes.append(
            "Outputs stay in the cache of this machine (no DVC remote, or vintages.push is false)."
        )


def verify_data(one: Round) -> None:
    """Looks whether the remote has them."""
    if one.pushes:
        from reprocast.commands.rounds.remote import verify_push

        one.pushed = verify_push()


def commit(one: Round) -> None:
    """Makes the commit; no branch has it yet."""
    from reprocast.commands.rounds.words import message

    one.commit = place.committed(
        one.base, message(one.status, f"vintage {one.vintage.name}, up to {one.vintage.last}")
    )
    one.status = changed(one.status, commit=one.commit)


def publish(one: Round) -> None:
    """Pushes the commit: from here on the round counts."""
    if one.proposes:
        place.proposed(one.commit, one.tips, one.policy)
        one.status = changed(one.status, proposal=one.policy.proposal)
    else:
        place.published(one.commit, one.policy)


def follow(one: Round) -> None:
    """The branch here follows; after a proposal everything here is again as the branch has it."""
    if one.proposes:
        back.put_back()
        return
    place.follow(one.commit, one.base, one.policy)
    back.finished()


def alias(one: Round) -> None:
    """Makes the registry agree with the decision; of a proposal, the merge does that."""
    if not one.proposes:
        one.notes.append(gate().enact(Path.cwd(), one.entry))


def gate() -> Any:
    """The gate, imported late: it needs pandas and MLflow."""
    from reprocast.commands import promote

    return promote
