"""The commands of production: which model is served, and what happens to it from round to round."""

import os
from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import typer

from reprocast.cli_forecasts import predict, serve


def new(folder: Annotated[Path, typer.Argument(help="A folder without a project in it.")]) -> None:
    """Make a repository of your own, with pipeline, workflows and this version of Reprocast."""
    from reprocast.commands.new import new as run

    print(run(folder))


def export(
    folder: Annotated[Path, typer.Argument(help="A network's folder, such as models/gru.")],
    out: Annotated[Path | None, typer.Option(help="File to write; none: exports/NAME.onnx.")] = None,
) -> None:
    """Write a trained network as one ONNX file, all seeds and scalers inside, checked against PyTorch."""
    from reprocast.commands.export import export as run

    print(run(folder, out))


def retrain(
    propose: Annotated[
        bool | None,
        typer.Option(
            "--propose/--no-propose",
            help="Push a branch for a pull request instead; neither: in CI, or as operations.yaml says.",
        ),
    ] = None,
    as_of: Annotated[
        str | None, typer.Option("--as-of", help="Look at nothing later than this; without it: now.")
    ] = None,
) -> None:
    """Do one scheduled round: new data, a challenger, a decision, all published; nothing if nothing is new.

    It can be run at any moment and any number of times, however the last round ended. What came of it stands
    in .reprocast/run_status.json and .reprocast/run_summary.md.

    Exit codes: 0 nothing new, or a round is done; 64 another branch, or changes that are not committed; 65
    data that fail validation, were revised or are partial, or a challenger that was refused; 75 somebody else
    is at work here, or a source or remote is down: run again later; 143 stopped.
    """
    from reprocast.commands.retrain import retrain as run

    print(run(propose=propose, as_of=as_of))


def verify(
    version: Annotated[int | None, typer.Argument(help="Number of a version; none: the champion.")] = None,
) -> None:
    """Follow a registered version back to its data, hash everything anew, and say which link holds.

    Alias, ledger, artifact, MLflow run, fingerprint, dvc.lock, windows, data, vintage. Exit codes: 0 all
    hold; 65 one is broken; 66 none is, but what one rests on is not on this machine.
    """
    from reprocast.commands.verify import verify as run

    print(run(Path.cwd(), version))


def pull_request() -> None:
    """Open the pull request of the last round's proposal, or update it (by gh; in GitLab's CI by glab)."""
    from reprocast.commands.pull_request import pull_request as run

    print(run())


def promote(
    model: Annotated[
        str | None, typer.Option(help="The challenger; none: the best network on validation.")
    ] = None,
    enact: Annotated[
        bool,
        typer.Option("--enact", help="Decide nothing: bring the registry in line with the commit's ledger."),
    ] = False,
    by: Annotated[str | None, typer.Option(help="Who or what started it; none: your name.")] = None,
) -> None:
    """Test the best network against the champion, record the decision, and serve whoever won.

    Both forecast the present panel at the same cutoffs, which neither was fitted or chosen on; what a round
    may spend of gate.alpha depends on how many of them are new. The decision is a file in ledger/, for git;
    the registry's alias moves last. A second time it finds the decision and changes nothing.

    Exit codes: 0 decided; 65 the challenger was refused (NaN, missing files), or registry and ledger do not
    agree; 66 there are no outputs yet; 69 the registry is down; 75 another command is at work here.
    """
    from reprocast.commands.folder.alone import alone
    from reprocast.commands.promote import enact_pending
    from reprocast.commands.promote import promote as run

    with alone("promote"):
        done = enact_pending(Path.cwd()) if enact else [run(Path.cwd(), by=_who(by), model=model)]
    print("\n".join(done) or "The ledger is empty; `reprocast promote` makes the first decision")


def rollback(
    to: Annotated[
        int | None, typer.Option(help="A version of the registered model; none: the one before.")
    ] = None,
    why: Annotated[str, typer.Option(help="A reason for the ledger.")] = "",
    by: Annotated[str | None, typer.Option(help="Who or what started it; none: your name.")] = None,
) -> None:
    """Serve an earlier champion again; its files are checked before the alias moves.

    Exit codes: 0 done; 64 no such version, or it is the champion already; 65 nobody to go back to, or its
    files are not whole; 69 the registry is down; 75 another command is at work here.
    """
    from reprocast.commands.folder.alone import alone
    from reprocast.commands.rollback import rollback as run

    with alone("rollback"):
        print(run(Path.cwd(), by=_who(by), to=to, why=why))


def history() -> None:
    """Show every decision about the champion, with both losses, and who reigns."""
    from reprocast.commands.history import history as run

    run(Path.cwd())


def drift() -> None:
    """Look whether data or errors have moved since the champion was chosen; proposes, never promotes.

    Schedule, cooldown and triggers stand in operations.yaml under drift; docs/drift.md explains them. What
    was found stands in reports/drift.json (`proposes`) and in the report, its figures in MLflow.

    Exit codes: 0 looked, whatever was found; 65 the champion's files are not whole; 66 there is no
    champion; 69 the registry is down.
    """
    from reprocast.commands.drift import drift as run

    for line in run(Path.cwd()).lines():
        print(line)


def _who(by: str | None) -> str:
    """Whoever is named, or who is logged in, as CI or the machine say."""
    from getpass import getuser

    try:
        return by or os.environ.get("GITHUB_ACTOR") or os.environ.get("GITLAB_USER_LOGIN") or getuser()
    except (OSError, KeyError):
        return "unknown"


def reproduce(
    version: Annotated[int, typer.Argument(help="Number of the version.")],
    to: Annotated[
        Path | None, typer.Option(help="An empty folder; none: .reprocast/reproduced/VERSION.")
    ] = None,
) -> None:
    """Check out commit and data of a registered version, run its stages again, and compare the bytes.

    Nothing of this folder is touched. Exit codes: 0 the same bytes; 65 others; 66 commit or data are not
    here; a stage that fails leaves with its own.
    """
    from reprocast.commands.reproduce import reproduce as run

    print(run(Path.cwd(), version, to))


def tidy(
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would go; remove nothing.")] = False,
) -> None:
    """Remove what operations.yaml no longer keeps: old vintages, MLflow runs, and outputs in DVC's cache.

    Never what is registered, pinned, tagged in git or in use, and never a source's answer.
    """
    from reprocast.commands.tidy import tidy as run

    print(run(Path.cwd(), dry=dry_run))


COMMANDS: tuple[Callable[..., None], ...] = (
    new,
    export,
    retrain,
    verify,
    pull_request,
    promote,
    rollback,
    history,
    predict,
    serve,
    reproduce,
    tidy,
    drift,
)


def add_production(app: typer.Typer) -> None:
    """Registers the commands above on the command line."""
    for command in COMMANDS:
        app.command()(command)
