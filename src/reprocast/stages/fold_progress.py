"""Progress over the folds of a backtest: a bar on a terminal, a line a fold elsewhere; none for one fold."""

import sys
from collections.abc import Iterator, Sequence


def over_folds(title: str, folds: Sequence[int]) -> Iterator[int]:
    """Yields the folds, and tells which is at work."""
    if len(folds) == 1:
        yield from folds
        return
    shown = sys.stdout.isatty()
    # Imported late: most runs have one fold.
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (TextColumn("{task.description}"), BarColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(), transient=True, disable=not shown) as progress:
        bar = progress.add_task(title, total=len(folds))
        for number, fold in enumerate(folds, start=1):
            said = f"{title} fold {fold}, {number} of {len(folds)}"
            progress.update(bar, description=said, refresh=True)
            if not shown:
                print(said, flush=True)
            yield fold
            progress.advance(bar)
