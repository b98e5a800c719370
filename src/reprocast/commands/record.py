"""Records a finished run: MLflow in line with the outputs, then the report."""

import sys
from pathlib import Path

from reprocast.commands.report import report
from reprocast.errors import ReprocastError
from reprocast.tracking.sync import sync


def record() -> None:
    """Syncs and reports. A tracking store that is down costs a line, not the results."""
    try:
        sync(Path.cwd())
    except ReprocastError as error:
        print(
            f"reprocast: MLflow: {error}; the outputs are whole, run `reprocast sync` later", file=sys.stderr
        )
    report(Path())
