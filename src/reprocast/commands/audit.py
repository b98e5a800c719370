"""`reprocast audit`: tries on the user's own data whether anything looks ahead; writes reports/audit.md."""

import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

from reprocast.audit.account import line, page, scope, summary
from reprocast.audit.checks import CHECKS
from reprocast.audit.result import Check
from reprocast.audit.run import audit as try_all
from reprocast.audit.run import first_leak
from reprocast.audit.sampling import subject_of
from reprocast.audit.subject import Subject
from reprocast.data.vintage import Vintage
from reprocast.data.window_files import MANIFEST, windows_sha256, write_windows
from reprocast.errors import NoInputError
from reprocast.params.reading import read
from reprocast.params.root import Params
from reprocast.stages.acquire import stored
from reprocast.stages.publish import write_file
from reprocast.stages.stage import PARAMS

REPORT, WINDOWS = Path("reports/audit.md"), Path("data/windows")


def audit(instants: int, seed: int) -> None:
    """Tries every check, prints a line each and writes the report; nothing else in the workspace changes.

    Raises:
        NoInputError: there is no vintage yet that answers params.yaml.
        LeakError, AnswerError: what moved first.
    """
    params = read(PARAMS, Params)
    vintage = _vintage(params)
    subject = subject_of(params, vintage.panel(), instants, seed)
    with _progress() as on_check:
        results = try_all(subject, CHECKS, on_check)
    for result in results:
        print(line(result))
    print(summary(results))
    outputs = same_as_outputs(subject)
    print(outputs)
    write_file(REPORT, page(scope(subject, vintage.name), outputs, results))
    print(f"Report: {REPORT}")
    leak = first_leak(results)
    if leak:
        raise type(leak)(f"audit: {leak}")


def same_as_outputs(subject: Subject) -> str:
    """Whether the windows that were audited are those that the models in the workspace learned from."""
    if subject.left_out or not (WINDOWS / MANIFEST).is_file():
        return "The outputs in the workspace were not looked at"
    with tempfile.TemporaryDirectory() as folder:
        write_windows(Path(folder), subject.windows)
        same = windows_sha256(Path(folder)) == windows_sha256(WINDOWS)
    return (
        f"{WINDOWS} holds the windows that were audited"
        if same
        else f"{WINDOWS} holds other windows than those that were audited: run `reprocast repro`"
    )


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
