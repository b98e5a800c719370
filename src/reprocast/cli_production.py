"""The commands of production: which model is served, and what happens to it from round to round."""

from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import typer


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


COMMANDS: tuple[Callable[..., None], ...] = (new, export)


def add_production(app: typer.Typer) -> None:
    """Registers the commands above on the command line."""
    for command in COMMANDS:
        app.command()(command)
