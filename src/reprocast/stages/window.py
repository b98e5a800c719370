"""Stage window: data/validated → data/windows."""

from pathlib import Path

from pydantic import ConfigDict, PositiveInt

from reprocast.data.window_files import MANIFEST, write_windows
from reprocast.data.windows import Windows
from reprocast.errors import SHOWN
from reprocast.panel import read_panel
from reprocast.params.base import Block
from reprocast.params.calendar import Calendar
from reprocast.params.columns import Columns
from reprocast.params.reading import read
from reprocast.params.window import Split, Window
from reprocast.stages.publish import new_folder
from reprocast.stages.stage import PARAMS, run
from reprocast.tasks import part

PANEL = Path("data/validated/panel.parquet")
FOLDER = Path("data/windows")


class Due(Block):
    """What this stage needs of the `data` block."""

    model_config = ConfigDict(extra="ignore")

    season: PositiveInt
    """Steps in a season."""
    calendar: Calendar
    """When a value is due."""


class WindowParams(Block):
    """What this stage needs of params.yaml."""

    task: str
    """What is learned."""
    data: Due
    """Season and calendar."""
    columns: Columns
    """Roles of the columns."""
    window: Window
    """What a window sees."""
    split: Split
    """Which windows train, select and test."""


def main() -> None:
    """Cuts the validated panel into the task's windows and writes them."""
    params = read(PARAMS, WindowParams, part=True)
    windows = part(params.task, "cut").cut(
        read_panel(PANEL),
        params.columns,
        params.window,
        params.split,
        params.data.season,
        params.data.calendar,
    )
    with new_folder(FOLDER) as folder:
        write_windows(folder, windows)
    print(_summary(windows))


def _summary(windows: Windows) -> str:
    """Windows of the fold that is deployed, and each series that was skipped, with the reason."""
    folds = f" in the last of {len(windows.folds)} folds" if len(windows.folds) > 1 else ""
    deployed = windows.folds[max(windows.folds)]
    counts = ", ".join(f"{len(starts)} {split}" for split, starts in deployed.starts.items())
    series = f"{len(windows.channels.names)} channels of {len(windows.ids)} series"
    lines = [f"windows: {counts}{folds}; {series}"]
    lines += [f"skipped: {name}: {reason}" for name, reason in list(windows.skipped.items())[:SHOWN]]
    if len(windows.skipped) > SHOWN:
        lines.append(f"skipped: {len(windows.skipped) - SHOWN} more, see {FOLDER / MANIFEST}")
    return "\n".join(lines)


if __name__ == "__main__":
    run("window", main)
