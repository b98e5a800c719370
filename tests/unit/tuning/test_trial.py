"""A trial: validation only, from the oldest fold, a failure with its reason."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from unit.tasks.waves import waves

from reprocast.data.windows import Windows
from reprocast.params.reading import read
from reprocast.params.root import Params
from reprocast.tuning.trial import Trials

PARAMS = """\
schema_version: 1
task: forecast
seeds: [1, 2]
data: {source: sample, series: [GOOG], start: "2008-01-02", end: "2013-03-01", calendar: XNYS, season: 12}
validation: {}
columns: {target: [log_volatility], past: [log_return], future: [day_of_week]}
window: {look_back: 8, horizon: 3}
split: {test: 30, validation: 30}
architectures:
  small: {cell: gru, hidden: 3}   # the least
  other: {cell: rnn, hidden: 3}
train: {batch_size: 64, max_epochs: 2, learning_rate: 0.01}
baselines: {naive: {}}
compare: {}
runtime: {}
"""
"""Parameters whose windows are those of `waves`."""
VALUES: dict[str, Any] = {"hidden": 4, "train.learning_rate": 0.02}


@pytest.fixture
def params(tmp_path: Path) -> Params:
    (tmp_path / "params.yaml").write_text(PARAMS, encoding="utf-8")
    return read(tmp_path / "params.yaml", Params)


def after_validation_changed(windows: Windows) -> Windows:
    """Other values at every row that only test windows forecast or see."""
    fold = windows.folds[0]
    steps = windows.look_back + windows.horizon
    used = np.unique(
        [
            row
            for split in ("train", "validation")
            for s in np.asarray(fold.starts[split])
            for row in range(s, s + steps)
        ]
    )
    values = windows.values.copy()
    rest = np.setdiff1d(np.arange(len(values)), used)
    assert len(rest) == 60
    values[rest] = 1e6
    return replace(windows, values=values)


def test_what_only_the_test_sees_does_not_matter(params: Params, tmp_path: Path) -> None:
    found = [
        Trials(params, "small", windows, [1], tmp_path).score(VALUES)
        for windows in (waves(), after_validation_changed(waves()))
    ]
    assert found[0].score is not None
    assert found[0] == found[1]


def test_no_test_window_is_needed(params: Params, tmp_path: Path) -> None:
    windows = waves()
    starts = {split: windows.folds[0].starts[split] for split in ("train", "validation")}
    without = replace(windows, folds={0: replace(windows.folds[0], starts=starts)})
    found = [Trials(params, "small", one, [1], tmp_path).score(VALUES) for one in (windows, without)]
    assert found[0] == found[1]


def test_of_several_folds_the_oldest_is_learned_from(params: Params, tmp_path: Path) -> None:
    """A later fold validates on what an earlier one is tested on."""
    windows = waves()
    oldest = windows.folds[0]
    swapped = {
        "train": oldest.starts["train"],
        "validation": oldest.starts["test"],
        "test": oldest.starts["test"],
    }
    folds = {0: oldest, 1: replace(oldest, starts=swapped)}
    found = [
        Trials(params, "small", one, [1], tmp_path).score(VALUES)
        for one in (windows, replace(windows, folds=folds))
    ]
    assert found[0] == found[1]


def test_what_diverges_says_so_and_is_no_exception(params: Params, tmp_path: Path) -> None:
    trials = Trials(params, "small", waves(), [1], tmp_path)
    found = trials.score({"train.learning_rate": 1e30, "train.clip_norm": None})
    assert found.score is None
    assert "not finite" in found.reason or "not a number" in found.reason


def test_values_that_do_not_go_together_do_not_fit(params: Params, tmp_path: Path) -> None:
    trials = Trials(params, "small", waves(), [1], tmp_path)
    assert trials.fits(VALUES)
    assert not trials.fits({"dropout": 0.5})
