"""Stage baseline@NAME: fits one baseline on the training windows and writes its `model.json`."""

import sys
from pathlib import Path

from reprocast.baselines.saved import fit_baseline, save_baseline
from reprocast.data.window_files import read_windows, windows_sha256
from reprocast.errors import UsageError
from reprocast.fingerprint import fingerprint
from reprocast.params.base import Block
from reprocast.params.baselines import Baselines
from reprocast.params.reading import read
from reprocast.stages.publish import new_folder
from reprocast.stages.stage import PARAMS, run

WINDOWS, MODELS = Path("data/windows"), Path("models")
FOLD = 0
"""The fold whose training windows the deployed model is fitted on."""


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
    model = fit_baseline(name, block, read_windows(WINDOWS), FOLD, data, mark, params.task)
    with new_folder(MODELS / name) as folder:
        save_baseline(model, folder)


if __name__ == "__main__":
    run(f"baseline@{sys.argv[1]}", lambda: main(sys.argv[1]))
