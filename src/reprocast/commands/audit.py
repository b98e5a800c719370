"""`reprocast audit`: tries on the user's own data whether anything looks ahead; writes reports/audit.md."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

from reprocast.audit.account import line, page, summary
from reprocast.audit.checks import CHECKS
from reprocast.audit.result import Check
from reprocast.audit.run import audit as try_all
from reprocast.audit.run import first_leak
from reprocast.audit.subject import Subject
from reprocast.data.vintages import Vintage
from reprocast.errors import NoInputError
from reprocast.params.reading import read
from reprocast.params.root import Params
from reprocast.stages.acquire import stored
from reprocast.stages.publish import write_file
from reprocast.stages.stage import PARAMS

REPORT = Path("reports/audit.md")


def audit(instants: int, seed: int) -> None:
    """Tries every check, prints a line each and writes the report; nothing else in the workspace changes.

    Raises:
        NoInputError: there is no vintage yet that answers params.yaml.
        LeakError, AnswerError: what moved first.
    """
    params = read(PARAMS, Params)
    vintage = _vintage(params)
    subject = Subject(params, vintage.panel(), instants, seed)
    with _progress() as on_check:
        results = try_all(subject, CHECKS, on_check)
    for result in results:
        print(line(result))
    print(summary(results))
    write_file(REPORT, page(subject, vintage.name, results))
    print(f"Report: {REPORT}")
    leak = first_leak(results)
    if leak:
        raise type(leak)(f"audit: {leak}")


def _vintage(params: Params) -> Vintage:
    vintage = stored(params.data)
    if vintage is None:
        raise NoInputError(
            "audit: no vintage of the data is there yet; run `reprocast acquire` or `reprocast repro`"
        )
    return vintage


@contextmanager
def _progress() -> Iterator[Any]:
    """A bar on a terminal, a step a check."""
    console = Console(stderr=True)
    columns = (TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console, transient=True, disable=not sys.stderr.isatty()) as bar:
        task = bar.add_task("audit", total=len(CHECKS))

        def on_check(check: Check) -> None:
            bar.update(task, description=check.name)
            bar.advance(task)

        yield on_check
