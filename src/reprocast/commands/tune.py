"""`reprocast tune`: the same small search for every architecture, recorded, and put into params.yaml."""

import sys
from collections.abc import Sequence
from pathlib import Path

from ruamel.yaml import YAML

from reprocast.commands.folder.alone import alone
from reprocast.commands.searches.records import read_records, write_record
from reprocast.commands.searches.search import Account, searched
from reprocast.commands.searches.table import closing, table
from reprocast.commands.searches.windows import WINDOWS, present_windows
from reprocast.data.window_files import windows_sha256
from reprocast.errors import ParamsError, TryAgainError, UsageError
from reprocast.evaluation.report_tuning import caution
from reprocast.networks.allocation import keep_memory
from reprocast.params.entry import fault
from reprocast.params.operations import OPERATIONS, read_operations
from reprocast.params.reading import line_of, read
from reprocast.params.root import Params
from reprocast.params.tuning import Range, Space
from reprocast.stages.publish import write_file
from reprocast.stages.stage import PARAMS
from reprocast.tuning.rewriting import rewritten


def tune(names: Sequence[str], trials: int | None, *, dry_run: bool) -> None:
    """Searches, prints what was found, and writes the records and params.yaml.

    Args:
        names: architectures; none: all, in the order of params.yaml.
        trials: for each of them; none: tuning.trials of operations.yaml.
        dry_run: whether to write nothing; the trials are kept for the next time.

    Raises:
        UsageError: no such architecture, or fewer trials than are recorded.
        ParamsError: params.yaml or operations.yaml is wrong, or the space is none of an architecture.
        NoInputError: there are no windows to learn from.
        DataError: they are not those that params.yaml declares.
        InternalError: every trial of an architecture failed.
        TryAgainError: something else is running here, or params.yaml was changed meanwhile.
    """
    params, tuning = read(PARAMS, Params), read_operations().tuning
    if trials is not None:
        tuning = tuning.model_copy(update={"trials": trials})
    names = _known(names, params)
    _refuse_space(tuning.space)
    with alone("tune"):
        text, windows = PARAMS.read_text(encoding="utf-8"), present_windows()
        keep_memory()
        accounts = [searched(params, name, windows, tuning) for name in names]
        print(table(accounts))
        if dry_run:
            print("Nothing was written (--dry-run); without it the same trials are not made again")
            return
        _write(text, accounts)
    print(closing(accounts))
    warning = caution(read(PARAMS, Params), read_records(Path()), windows_sha256(WINDOWS))
    if warning:
        print(f"reprocast: tune: warning: {warning}", file=sys.stderr)


def _known(names: Sequence[str], params: Params) -> list[str]:
    for name in names:
        if name not in params.architectures:
            there = ", ".join(params.architectures)
            raise UsageError(f"tune: {name!r} is no architecture of {PARAMS}; there are: {there}")
    return list(dict.fromkeys(names)) or list(params.architectures)


def _refuse_space(space: Space) -> None:
    """Every key must be one of an entry, and every value one that it may have."""
    for key, part in space.items():
        for value in (part.low, part.high) if isinstance(part, Range) else part:
            said = fault(key, value)
            if said:
                raise ParamsError(f"{OPERATIONS}:{_line(key)} tuning.space.{key}: {said}")


def _line(key: str) -> int:
    tree = YAML(typ="rt").load(OPERATIONS.read_text(encoding="utf-8"))
    return line_of(tree, ("tuning", "space", key))


def _write(text: str, accounts: Sequence[Account]) -> None:
    """The records, then params.yaml where values are others; the next time makes good a kill in between."""
    if PARAMS.read_text(encoding="utf-8") != text:
        raise TryAgainError(
            f"tune: {PARAMS} was changed meanwhile and is left as it is; run again, its trials are kept"
        )
    new = rewritten(text, {one.record.architecture: one.changed for one in accounts})
    for one in accounts:
        write_record(one.record)
    if new != text:
        write_file(PARAMS, new)
