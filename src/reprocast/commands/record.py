"""Records a finished run: the report, then MLflow in line with the outputs, the report attached."""

import sys
from pathlib import Path

from reprocast.commands.report import report
from reprocast.errors import ReprocastError
from reprocast.tracking.sync import sync


def record() -> None:
    """Reports and syncs. A tracking store that is down costs a line, not the results."""
    report(Path())
    try:
        sync(Path.cwd())
    except ReprocastError as error:
        print(
            f"reprocast: MLflow: {error}; the outputs are whole, run `reprocast sync` later", file=sys.stderr
        )
