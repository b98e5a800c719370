"""What a model says of itself comes from its windows and its fold."""

from dataclasses import replace
from pathlib import Path

import numpy as np
from unit.tasks.waves import waves

from reprocast.data.windows import Channels
from reprocast.model import deployed_fold, folder_of_fold, seen_in


def test_the_fields_are_those_of_the_windows_and_the_fold() -> None:
    windows = waves()
    channels = Channels(("y",), ("x",), ("f",), (), ("size", "kind_a"))
    features = Channels(("y",), ("x",), ("f",), (), ("size", "kind"))
    later = replace(windows.folds[0], loc=windows.folds[0].loc + 2, scale=windows.folds[0].scale * 3)
    given = {"scaling": "robust", "missing": "forward_fill", "fill_steps": 7}
    static = np.array([[0.5, 1.0], [-0.5, 0.0]])
    seen = seen_in(
        replace(
            windows, channels=channels, features=features, static=static, **given,
            folds={0: windows.folds[0], 1: later},
        ),
        1,
    )  # fmt: skip
    assert {key: seen[key] for key in given} == given
    assert seen["static"] == ((0.5, 1.0), (-0.5, 0.0))
    assert (seen["folds"], seen["fold"]) == (2, 1)
    assert seen["loc"] == ((7.0, 2.0, 2.0),) * 2
    assert seen["scale"] == ((3.0, 3.0, 3.0),) * 2
    assert seen["channels"].static == ("size", "kind_a")
    assert seen["features"].static == ("size", "kind")


def test_the_last_fold_is_deployed_and_earlier_ones_are_kept_below_it() -> None:
    windows = waves()
    folds = dict.fromkeys(range(11), windows.folds[0])
    assert deployed_fold(replace(windows, folds=folds)) == 10
    assert folder_of_fold(Path("m"), 10, 10) == Path("m")
    assert folder_of_fold(Path("m"), 9, 10) == Path("m/folds/9")


def test_a_model_says_where_its_validation_ends() -> None:
    windows = waves(150)
    assert seen_in(windows, 0)["validation_end"] == 119  # the last step that validation may forecast
    dated = {"validation": (np.datetime64("2013-01-02"), np.datetime64("2013-03-01T00:00:00.000000"))}
    fold = replace(windows.folds[0], bounds=dated)
    assert seen_in(replace(windows, folds={0: fold}), 0)["validation_end"] == "2013-03-01"
    assert seen_in(replace(windows, folds={0: replace(fold, bounds={})}), 0)["validation_end"] is None
