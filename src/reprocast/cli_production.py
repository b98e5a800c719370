"""The commands of production: which model is served, and what happens to it from round to round."""

from collections.abc import Callable

import typer

COMMANDS: tuple[Callable[..., None], ...] = ()


def add_production(app: typer.Typer) -> None:
    """Registers the commands above on the command line."""
    for command in COMMANDS:
        app.command()(command)
