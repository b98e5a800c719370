"""Stage baseline@NAME: fits one baseline on the training windows of every fold; writes models/NAME."""

import sys
from functools import partial
from pathlib import Path

from reprocast.baselines.saved import fit_baseline, save_baseline
from reprocast.data.window_files import read_windows, windows_sha256
from reprocast.data.windows import Windows
from reprocast.errors import UsageError
from reprocast.fingerprint import fingerprint
from reprocast.model import deployed_fold, fitted_folds, folder_of_fold
from reprocast.params.base import Block
from reprocast.params.baselines import Baseline, Baselines
from reprocast.params.reading import read
from reprocast.stages.fold_progress import over_folds
from reprocast.stages.kept_folds import KeptFolds
from reprocast.stages.publish import new_folder
from reprocast.stages.stage import PARAMS, run

WINDOWS, MODELS = Path("data/windows"), Path("models")


class BaselineParams(Block):
    """What this stage reads of params.yaml."""

    task: str
    """What is learned: it decides how the baseline's forecasts are scored."""
    baselines: Baselines
    """Baselines by name."""


def main(name: str) -> None:
    """Reads the windows, fits baseline `name`, writes models/NAME.

    Raises:
        UsageError: params.yaml names no such baseline.
    """
    params = read(PARAMS, BaselineParams, part=True)
    baselines = params.baselines
    if name not in baselines:
        raise UsageError(f"{PARAMS}: baselines has no {name!r}; it has {', '.join(sorted(baselines))}")
    block, data = baselines[name], windows_sha256(WINDOWS)
    blocks = {"task": params.task, "baselines": {name: block.model_dump()}}
    mark = fingerprint(blocks, data, ["reprocast.stages.baseline"])
    windows, kept = read_windows(WINDOWS), KeptFolds(name, mark)
    with new_folder(MODELS / name) as folder:
        for fold in over_folds(f"{name}: fitting", fitted_folds(windows)):
            fit = partial(_fit, name, block, windows, fold, data, mark, params.task)
            kept.copy_to(folder_of_fold(folder, fold, deployed_fold(windows)), fold, fit)
    kept.clear()


def _fit(
    name: str, block: Baseline, windows: Windows, fold: int, data: str, mark: str, task: str, path: Path
) -> None:
    """Writes one fold's fit to an empty folder."""
    save_baseline(fit_baseline(name, block, windows, fold, data, mark, task), path)


if __name__ == "__main__":
    run(f"baseline@{sys.argv[1]}", lambda: main(sys.argv[1]))
