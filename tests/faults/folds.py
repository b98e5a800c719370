"""Faults of a backtest: a fold whose model does not fit the windows, or is not there."""

import shutil
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd

from faults.scene import Played, Scene
from reprocast.panel import from_frame, write_panel
from reprocast.stages import baseline, evaluate_baseline, window

SPLIT = "{{test: 10, validation: 10, folds: {}}}"


def of_other_windows(scene: Scene) -> Played:
    """The windows get another fold, and only the evaluation is run again."""
    _fitted(scene, folds=2)
    scene.params(split=SPLIT.format(3))
    window.main()
    return scene.stage("evaluate_baseline@naive", lambda: evaluate_baseline.main("naive"))


def missing(scene: Scene) -> Played:
    """Somebody deletes the model of an earlier fold."""
    _fitted(scene, folds=2)
    shutil.rmtree("models/naive/folds")
    return scene.stage("evaluate_baseline@naive", lambda: evaluate_baseline.main("naive"))


def _fitted(scene: Scene, folds: int) -> None:
    """A project with windows of some folds and a baseline fitted on each."""
    scene.params(split=SPLIT.format(folds))
    days = pd.date_range("2024-10-01", "2024-12-31")
    load = np.random.default_rng(0).normal(size=len(days))
    Path("data/validated").mkdir(parents=True)
    panel = from_frame(pd.DataFrame({"unique_id": "a", "ds": days, "load": load}))
    write_panel(panel, Path("data/validated/panel.parquet"))
    window.main()
    baseline.main("naive")


SCENES: dict[str, Callable[[Scene], Played]] = {
    "fold-of-other-windows": of_other_windows,
    "fold-missing": missing,
}
