"""The command line: each command is a thin call, each expected error one line and an exit code."""

import os
import sys
import traceback
from pathlib import Path
from typing import Annotated, NoReturn

import typer

from reprocast import __version__
from reprocast.cli_production import add_production
from reprocast.commands.folder.stopping import CODE, STOPPED, Stopped, stoppable
from reprocast.errors import InternalError, ReprocastError, UsageError
from reprocast.stages.publish import STATE, write_file
from reprocast.stages.stage import PARAMS, QUIET

app = typer.Typer(
    name="reprocast",
    help="Reproducible recurrent networks for time series, compared honestly.",
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)


def _print_version(asked: bool) -> None:
    if asked:
        print(f"reprocast {__version__}")
        raise typer.Exit


@app.callback()
def _options(
    version: Annotated[bool, typer.Option("--version", callback=_print_version, is_eager=True)] = False,
) -> None:
    """Reproducible recurrent networks for time series, compared honestly."""


@app.command()
def repro(
    recipe: Annotated[str | None, typer.Option(help="Take recipes/NAME.yaml as params.yaml first.")] = None,
    force: Annotated[bool, typer.Option("--force", help="Run every stage again.")] = False,
) -> None:
    """Rebuild what changed, record it, and print the leaderboard and the verdict."""
    from reprocast.commands.recipe import take_recipe
    from reprocast.commands.repro import repro as run

    if recipe:
        take_recipe(recipe)
    run(force=force)


@app.command()
def params(
    path: Annotated[Path, typer.Argument(help="The file to check.")] = PARAMS,
    schema: Annotated[bool, typer.Option("--schema", help="Print the JSON Schema instead.")] = False,
) -> None:
    """Check params.yaml and print it with every default filled in."""
    from reprocast.commands.params import resolved, schema_text

    print(schema_text() if schema else resolved(path), end="")


@app.command()
def init(
    file: Annotated[Path, typer.Argument(help="A CSV or Parquet file with your series.")],
    force: Annotated[bool, typer.Option("--force", help="Overwrite params.yaml.")] = False,
) -> None:
    """Look at a file and write a params.yaml that runs."""
    from reprocast.commands.init import init as run

    print(run(file, force=force))


@app.command()
def acquire(
    accept_revision: Annotated[
        bool,
        typer.Option("--accept-revision", help="Use it though its past has changed without a reason."),
    ] = False,
) -> None:
    """Ask the source again; keep its answer as a new vintage if it differs.

    New rows, and history rebased by a recorded split or dividend, are used from then on. History that has
    changed without a reason is kept beside the old one, named (also in reports/acquire.md), and used only
    after --accept-revision. A partial answer is put aside in data/quarantine. Nothing is computed:
    `reprocast repro` does that.

    Exit codes for a schedule: 0 nothing new, or new data taken; 65 look at it: revised or partial; 75 the
    source is down or another run is going on: try again later; 73, 74 the disk; 143 stopped.
    """
    from reprocast.commands.acquire import acquire as run

    print(run(accept=accept_revision))


@app.command()
def tune(
    architectures: Annotated[list[str] | None, typer.Argument(help="Networks; none: all of them.")] = None,
    trials: Annotated[
        int | None, typer.Option(min=1, help="Trainings each; none: tuning.trials of operations.yaml.")
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Show what is found; write nothing.")] = False,
) -> None:
    """Look for better values, on validation only, with as many trials for every network.

    What is searched stands in operations.yaml under tuning. The best values go to params.yaml, the record to
    tuning/, for git. A search that was stopped goes on where it was.
    """
    from reprocast.commands.tune import tune as run

    run(architectures or [], trials, dry_run=dry_run)


@app.command()
def audit(
    instants: Annotated[int, typer.Option(min=1, help="Instants that each check tries.")] = 20,
    seed: Annotated[int, typer.Option(min=0, help="Draws instants and other futures.")] = 1,
) -> None:
    """Try on your own data whether anything looks ahead: scramble the future, and compare the past."""
    from reprocast.commands.audit import audit as run

    run(instants, seed)


@app.command()
def doctor(
    source: Annotated[str | None, typer.Option(help="Check that this source answers: yahoo.")] = None,
    rehearse: Annotated[
        str | None, typer.Option(help="Play a failure of the source to the real client, e.g. hang.")
    ] = None,
) -> None:
    """Check what a run needs, or that a live source answers."""
    if source is None and rehearse is None:
        from reprocast.commands.doctor import doctor as run

        run()
        return
    if source != "yahoo":
        raise UsageError("--source: only yahoo is asked live; try `reprocast doctor --source yahoo`")
    from reprocast.commands.doctor_yahoo import check_yahoo
    from reprocast.commands.doctor_yahoo import rehearse as play

    for line in check_yahoo() if rehearse is None else play(rehearse):
        print(line, flush=True)


@app.command()
def sync() -> None:
    """Bring the MLflow store in line with the outputs."""
    from reprocast.tracking.sync import sync as run

    print(run(Path.cwd(), force=True))


@app.command()
def report() -> None:
    """Render reports/report.html and reports/report.md from the outputs."""
    from reprocast.commands.report import report as run

    print(run(Path()))


@app.command()
def ui(port: Annotated[int, typer.Option(min=1, max=65535, help="Port on this machine.")] = 5000) -> None:
    """Open the MLflow UI on the right store."""
    from reprocast.tracking.ui import ui as run

    run(port)


add_production(app)


def main() -> None:
    """Runs a command and leaves with 0 or a sysexits code, never with a traceback for an expected error."""
    os.environ.update(QUIET)
    try:
        with stoppable():
            app(sys.argv[1:] or ["--help"], standalone_mode=False)
    except ReprocastError as error:
        _leave(error)
    except (typer.Abort, KeyboardInterrupt):
        sys.exit(130)
    except Stopped:
        print(STOPPED, file=sys.stderr)
        sys.exit(CODE)
    except Exception as error:
        # Typer's own usage errors have no public base class; this method marks them.
        if hasattr(error, "format_message"):
            _leave(UsageError(f"{error.format_message().rstrip(chr(46))}; see `reprocast --help`"))
        _leave(InternalError(f"our own fault, please report it with {_keep_traceback()}: {error!r}"))


def _keep_traceback() -> Path:
    path = STATE / "traceback.txt"
    write_file(path, traceback.format_exc())
    return path


def _leave(error: ReprocastError) -> NoReturn:
    for line in str(error).splitlines():
        print(f"reprocast: {line}", file=sys.stderr)
    sys.exit(error.exit_code)
