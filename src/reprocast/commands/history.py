"""`reprocast history`: the ledger as a table, a decision a line, the newest last."""

from pathlib import Path

from rich.console import Console
from rich.table import Table

from reprocast.commands.decisions.ledger_files import read_ledger
from reprocast.registry.ledger import champion
from reprocast.registry.ledger_entry import Candidate, Entry

COLUMNS = ("as of", "action", "champion", "challenger", "losses", "skill", "p", "spent", "cutoffs", "by")
WIDTH = 160
"""Columns of the table; a narrower terminal wraps its lines."""
RIGHT = COLUMNS[4:9]


def history(root: Path) -> None:
    """Prints the decisions and who reigns; reads the ledger only, so that it works without the store.

    Raises:
        DataError: a file of the ledger is none of its entries.
    """
    entries = read_ledger(root)
    if not entries:
        print("The ledger is empty; `reprocast promote` makes the first decision")
        return
    console = Console(width=WIDTH)
    table = Table(box=None, pad_edge=False, header_style="")
    for column in COLUMNS:
        table.add_column(column, justify="right" if column in RIGHT else "left", no_wrap=True)
    for entry in entries:
        table.add_row(*row(entry))
    console.print(table)
    now = champion(entries)
    for entry in entries[-1:]:
        console.print(f"Last: {entry.reason}", highlight=False, markup=False)
    if now is not None:
        console.print(f"Champion: {_named(now)}", highlight=False, markup=False)
    claims = [
        one.refit.claim for one in entries if one.refit and now and one.refit.fingerprint == now.fingerprint
    ]
    for claim in claims[-1:]:
        console.print(claim, highlight=False, markup=False, soft_wrap=True)


def row(entry: Entry) -> tuple[str, ...]:
    """A decision in words."""
    said = entry.evidence
    return (
        str(entry.as_of),
        entry.action,
        _named(entry.champion),
        _named(entry.challenger),
        f"{said.champion_loss:.4g} → {said.challenger_loss:.4g}" if said else "–",
        f"{said.skill:+.2%}" if said else "–",
        _small(said.p_value if said else None),
        _small(said.alpha if said else None),
        f"{said.cutoffs:,} ({said.fresh:,} new)" if said else "–",
        entry.by,
    )


def _named(candidate: Candidate | None) -> str:
    if candidate is None:
        return "–"
    again = f" (refit of {candidate.refit_of[:8]})" if candidate.refit_of else ""
    return f"{candidate.model} {candidate.fingerprint[:8]}{again}"


def _small(value: float | None) -> str:
    return "–" if value is None else f"{value:.2g}"
