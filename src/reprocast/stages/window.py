"""Stage window: data/validated → data/windows."""

from pathlib import Path

from pydantic import ConfigDict, PositiveInt

from reprocast.data.window_files import write_windows
from reprocast.panel import read_panel
from reprocast.params.base import Block
from reprocast.params.columns import Columns
from reprocast.params.data import Calendar
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
    counts = ", ".join(f"{len(starts)} {split}" for split, starts in windows.folds[0].starts.items())
    print(f"windows: {counts}; {len(windows.channels.names)} channels of {len(windows.ids)} series")


if __name__ == "__main__":
    run("window", main)
