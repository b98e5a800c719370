"""A round as a list of small steps, each of which finds its work done when it is done again.

A round that was cut off anywhere is simply begun again: up to `publish` everything is made anew from the same
commit and data (DVC takes from its cache what was finished), and from then on the remote has the round, and
what is left follows from its ledger.
"""

import sys
from collections.abc import Callable
from pathlib import Path

from reprocast.commands.repository.git import git
from reprocast.commands.repository.refit_tracked import bring_refit, refuse_untrackable
from reprocast.commands.repository.tracked import bring, has_remote
from reprocast.commands.rounds import back, place, publishing
from reprocast.commands.rounds.round import Round
from reprocast.commands.rounds.status import changed
from reprocast.errors import InternalError
from reprocast.params.reading import read
from reprocast.params.root import Params
from reprocast.stages.publish import write_file
from reprocast.stages.stage import PARAMS


def take_up(one: Round) -> None:
    """Undoes what a round that was killed has left half done."""
    if back.put_back(outputs=False):
        one.notes.append("A round that was killed before its end is made again from its beginning.")


def update(one: Round) -> None:
    """Takes in what others have pushed, and the vintages of the open proposal."""
    place.refuse_other_work(one.policy)
    if one.operations.gate.refit:
        refuse_untrackable(Path.cwd())
    one.tips = place.fetched(one.policy)
    one.base = place.catch_up(one.tips, one.policy)
    if one.proposes and one.tips.proposal:
        from reprocast.commands.rounds.new import take_vintages

        take_vintages(one.tips.proposal, one.base)
    one.pushes = one.operations.vintages.push and has_remote()
    bring()
    bring_refit()


def settle(one: Round) -> None:
    """Enacts decisions of the branch that the registry does not reflect yet."""
    if not one.proposes:
        said = "; ".join(publishing.gate().enact_pending(Path.cwd()))
        if " is now " in said or " registered" in said:
            one.notes.append(f"Caught up: {said}")


def acquire(one: Round) -> None:
    """Asks the source, up to the last day that the as-of date lets it know."""
    from reprocast.commands.acquire import newest, said
    from reprocast.commands.rounds.end import refuse_pinned
    from reprocast.data.newest import asked_up_to
    from reprocast.stages.pull import PullParams

    data = read(PARAMS, PullParams, part=True).data
    refuse_pinned(data)
    asked = data.model_copy(update={"end": asked_up_to(data.calendar, one.as_of)})
    found, _ = newest(asked, one.operations.vintages)
    one.vintage, one.acquired = found.vintage, said(found, asked).partition("; `reprocast repro`")[0]


def compare_with_before(one: Round) -> None:
    """Looks whether the branch, or the open proposal on top of it, has all this already."""
    from reprocast.commands.rounds.end import moved, newest_end
    from reprocast.commands.rounds.new import is_covered

    end, text = newest_end(one.vintage, one.as_of), PARAMS.read_text(encoding="utf-8")
    is_moved = end != read(PARAMS, Params).data.end
    one.text = moved(text, end) if is_moved else text
    one.status = changed(one.status, as_of=end)
    tip = one.tips.proposal
    is_open = one.proposes and tip and git("rev-parse", f"{tip}^") == one.base
    if is_covered(one.base, one.text) or (is_open and is_covered(str(tip), one.text)):
        one.status = changed(one.status, outcome="nothing_new", line=f"nothing new up to {end}")


def move_end(one: Round) -> None:
    """Moves data.end."""
    back.begin(one.base, one.text)
    write_file(PARAMS, one.text)


def validate(_: Round) -> None:
    """Pulls and validates the data, before anything is trained."""
    from reprocast.commands.repro import run_stages

    run_stages("validate")


def reproduce(one: Round) -> None:
    """Rebuilds what the new data change, and records and reports it."""
    from reprocast.commands.repro import rebuild

    rebuild(read(PARAMS, Params), one.operations, pull=one.pushes)


def look_for_drift(one: Round) -> None:
    """Looks whether data or errors have moved since the champion was chosen."""
    from reprocast.commands.rounds import drift

    one.notes += drift.drift_lines(Path.cwd())


def decide(one: Round) -> None:
    """Compares champion and challenger."""
    from reprocast.commands.rounds.new import carry_over, superseded

    earlier = []
    if one.proposes and one.tips.proposal:
        carry_over(one.tips.proposal, one.base)
        earlier = superseded(one.tips.proposal, one.base)
    by = f"reprocast retrain, started by {one.status.who}"
    one.entry = publishing.gate().weighed(Path.cwd(), by=by, earlier=earlier)
    one.status = changed(one.status, action=one.entry.action, line=one.entry.reason)


def refit(one: Round) -> None:
    """Fits a new champion again on all data, where gate.refit asks for it."""
    one.entry = publishing.gate().refitted(Path.cwd(), one.entry)
    if one.entry.refit:
        one.notes.append(one.entry.refit.claim)


def write_ledger(one: Round) -> None:
    """Writes the decision to the ledger."""
    from reprocast.commands.rounds.words import results, verdict

    path = publishing.gate().recorded(Path.cwd(), one.entry)
    name = path.relative_to(Path.cwd()) if path.is_absolute() else path
    one.status = changed(one.status, ledger=name.as_posix(), verdict=verdict())
    one.results = results(one.base)


STEPS: dict[str, Callable[[Round], None]] = {
    "take_up": take_up,
    "update": update,
    "settle": settle,
    "acquire": acquire,
    "look": compare_with_before,
    "data_end": move_end,
    "validate": validate,
    "reproduce": reproduce,
    "drift": look_for_drift,
    "decide": decide,
    "refit": refit,
    "ledger": write_ledger,
    "dvc_push": publishing.push_data,
    "verify_push": publishing.verify_data,
    "commit": publishing.commit,
    "git_push": publishing.publish,
    "follow": publishing.follow,
    "alias": publishing.alias,
}
"""In order; run_status.json names them."""


def through(one: Round) -> None:
    """Takes every step, or those up to the one that finds nothing new.

    Raises whatever a step does.
    """
    for name, step in STEPS.items():
        one.status = changed(one.status, step=name)
        step(one)
        if one.status.outcome == "nothing_new":
            back.put_back()  # there is something only after a round that was killed
            return
    outcome = "promoted" if one.entry.action in ("first", "promote") else "kept"
    one.status = changed(one.status, outcome="proposed" if one.proposes else outcome)


def put_back(one: Round, code: int) -> None:
    """After a failure: everything that git and DVC know is as it was; what cannot be put back is said."""
    try:
        back.put_back()
    except Exception as error:  # the failure itself must be told, whatever happens here
        print(f"reprocast: retrain: {error}", file=sys.stderr)
        if not isinstance(error, InternalError):
            one.notes.append(f"Left as it is after exit code {code}: {error}")
