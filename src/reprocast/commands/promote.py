"""`reprocast promote`: the best network of the last run against the champion; a decision, and what follows.

A decision is taken (`weighed`), its winner is fitted again where that is asked for (`refitted`), and it is on
disk (`recorded`) before anything is moved (`enact`), so that a round that is killed anywhere is repeated to
the same end: the same state gives the same entry, and enacting twice changes nothing.
"""

from collections.abc import Sequence
from pathlib import Path

from reprocast.commands.decisions.champion_files import refuse_unknown_champion, reigning_folder
from reprocast.commands.decisions.compared_models import ChallengerError, budget, compared
from reprocast.commands.decisions.enacting import enact, enact_pending
from reprocast.commands.decisions.ledger_files import read_ledger, write_entry
from reprocast.commands.decisions.outputs import Outputs
from reprocast.errors import DataError
from reprocast.params.operations import OPERATIONS, Operations
from reprocast.params.reading import read
from reprocast.registry.common_cutoffs import NothingUnseenError
from reprocast.registry.gate import decide
from reprocast.registry.ledger import champion, decided_before, next_sequence
from reprocast.registry.ledger_entry import Action, Candidate, Entry, Evidence
from reprocast.registry.proposed import not_carried_out, proposed_again

__all__ = ["decided", "enact", "enact_pending", "promote", "recorded", "refitted", "weighed"]
NEW_CHAMPION = ("first", "promote")


def promote(root: Path, *, by: str, model: str | None = None) -> str:
    """Decides and enacts; what to print.

    Raises:
        DataError: the challenger was refused, after that was recorded; or as `decided` does.
    """
    known = {one.file_name() for one in read_ledger(root)}
    entry, path = decided(root, by=by, model=model)
    done = enact(root, entry)
    when = "decided before, " if entry.file_name() in known else ""
    told = f"\n{entry.refit.claim}" if entry.refit else ""
    said = f"{when}{entry.action}: {entry.reason}{told}\n{done}\nledger: {path.relative_to(root)}"
    if is_refused(entry):
        raise DataError(said)
    return said


def is_refused(entry: Entry) -> bool:
    """Whether the challenger could not be used; with `first` the baseline is champion all the same."""
    lost = entry.challenger is None or entry.winner != entry.challenger.fingerprint
    return entry.action == "refuse" or (entry.action == "first" and entry.evidence is None and lost)


def decided(
    root: Path, *, by: str, model: str | None = None, earlier: Sequence[Entry] = ()
) -> tuple[Entry, Path]:
    """The decision of this round, its winner fitted again where that is asked for, and its file.

    Arguments and errors are those of `weighed` and `refitted`.
    """
    entry = refitted(root, weighed(root, by=by, model=model, earlier=earlier))
    return entry, recorded(root, entry)


def weighed(root: Path, *, by: str, model: str | None = None, earlier: Sequence[Entry] = ()) -> Entry:
    """The decision of this round, taken or found in the ledger; it is not written yet.

    Args:
        root: the project.
        by: who or what started it.
        model: the challenger a person has chosen; none: the network with the best validation score.
        earlier: promotions of a proposal that is superseded. One that is about this very round stands again;
            the others go into the ledger as not carried out, because what they have spent is spent.

    Raises:
        NoInputError: there are no outputs to decide on.
        DataError: outputs of different runs, a champion whose files are not whole, a registry that does not
            have the ledger's champion.
        UsageError: no such model.
        UnavailableError: the registry cannot be reached.
    """
    outputs, entries = Outputs(root), read_ledger(root)
    name = outputs.best("network") if model is None else outputs.named(model)
    if name is None:
        raise DataError(
            "params.yaml: architectures is empty, so there is no challenger; name one: --model NAME"
        )
    challenger, fault = outputs.candidate(name)
    before = decided_before(entries, challenger, outputs.round) or proposed_again(
        entries, earlier, challenger, outputs.round
    )
    if before is not None:
        return before
    said = by if model is None else f"{by}, who chose {model}"
    lost = [not_carried_out(one) for one in earlier]
    work = _Deciding(outputs, [*entries, *lost], challenger, fault, said)
    reigning = champion(entries)
    entry = work.first() if reigning is None else work.next(reigning)
    for one in lost:
        write_entry(root, one)
    return entry


def refitted(root: Path, entry: Entry) -> Entry:
    """The decision with a new champion fitted again, where gate.refit asks for it.

    One that stands in the ledger stays as it is; one of a proposal that stands again is fitted again.

    Raises:
        UsageError: git does not ignore refit/.
        StageFailedError: the refit failed, with its own exit code.
    """
    if entry.action not in NEW_CHAMPION or entry in read_ledger(root):
        return entry
    path, plain = root / OPERATIONS, entry.model_copy(update={"refit": None})
    if not path.exists() or not read(path, Operations).gate.refit:
        return plain
    from reprocast.commands.decisions.refitting import with_refit

    return with_refit(root, plain)


def recorded(root: Path, entry: Entry) -> Path:
    """Writes the decision to the ledger, where the same one may stand, and says where."""
    return write_entry(root, entry)


class _Deciding:
    """A decision in the making."""

    def __init__(
        self,
        outputs: Outputs,
        entries: Sequence[Entry],
        challenger: Candidate,
        fault: str,
        by: str,
    ) -> None:
        path = outputs.root / OPERATIONS
        self.operations = read(path, Operations) if path.exists() else Operations()
        self.outputs, self.entries = outputs, entries
        self.challenger, self.fault, self.by = challenger, fault, by

    def first(self) -> Entry:
        """Nobody reigns: the best baseline does, unless the challenger beats it in the same round."""
        refuse_unknown_champion(self.outputs.root)
        name = self.outputs.best("baseline")
        if name is None or name == self.challenger.model:
            if self.fault:
                raise DataError(self.fault)
            return self._entry("first", None, self.challenger, None, f"{self.challenger.model} has no rival")
        baseline, fault = self.outputs.candidate(name)
        if fault:
            raise DataError(fault)
        found = self._against(baseline, self.outputs.folder(name))
        better = found.action == "promote"
        winner = self.challenger if better else baseline
        refused = f"{self.challenger.model} was refused: " if found.action == "refuse" else ""
        reason = found.reason if better else f"{baseline.model} is the best baseline; {refused}{found.reason}"
        return self._entry("first", baseline, winner, found.evidence, reason)

    def next(self, reigning: Candidate) -> Entry:
        """Somebody reigns."""
        if self.challenger.fingerprint in (reigning.fingerprint, reigning.refit_of):
            again = ", refitted" if reigning.refit_of else ""
            return self._entry(
                "keep", reigning, reigning, None, f"{reigning.model} is the champion already{again}"
            )
        folder = reigning_folder(self.outputs.root, reigning)
        return self._against(reigning, folder)

    def _against(self, reigning: Candidate, folder: Path) -> Entry:
        """The test, or the refusal of a challenger that cannot be used."""
        if self.fault:
            return self._entry("refuse", reigning, reigning, None, self.fault)
        try:
            both = compared(self.outputs, folder, self.outputs.folder(self.challenger.model))
        except ChallengerError as error:
            return self._entry("refuse", reigning, reigning, None, str(error))
        except NothingUnseenError:
            if reigning.refit_of is None:
                raise
            return self._entry("keep", reigning, reigning, None, _too_early(reigning))
        rules = self.operations.gate
        allowed = budget(self.outputs, both, self.entries, rules)
        found = decide(reigning, self.challenger, both, allowed, rules)
        winner = self.challenger if found.action == "promote" else reigning
        return self._entry(found.action, reigning, winner, found.evidence, found.reason)

    def _entry(
        self, action: Action, before: Candidate | None, winner: Candidate, evidence: Evidence | None, why: str
    ) -> Entry:
        as_of, lock, data = self.outputs.round
        return Entry(
            sequence=next_sequence(self.entries),
            action=action,
            as_of=as_of,
            name=self.operations.registry.model,
            champion=before,
            challenger=self.challenger,
            winner=winner.fingerprint,
            evidence=evidence,
            reason=why,
            by=self.by,
            dvc_lock_sha256=lock,
            data_sha256=data,
            vintage=self.outputs.raw.get("vintage"),
        )


def _too_early(reigning: Candidate) -> str:
    end = reigning.validation_end
    return (
        f"{reigning.model} was refitted on everything up to {end}, and no cutoff after it has its whole "
        "horizon yet, so nothing is tested and nothing spent"
    )
