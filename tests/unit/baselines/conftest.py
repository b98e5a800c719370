from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from reprocast.data.starts import Starts
from reprocast.data.windows import Channels, Fold, Windows


@pytest.fixture
def make_windows() -> Callable[..., Windows]:
    """Two series of random walks plus a covariate; 40 training windows a series, 10 test windows."""

    def make(
        seed: int = 0, targets: int = 1, look_back: int = 24, horizon: int = 3, season: int = 4
    ) -> Windows:
        rng = np.random.default_rng(seed)
        length = 40 + 10 + look_back + horizon - 1
        values = rng.standard_normal((2 * length, targets + 1)).cumsum(axis=0)
        starts = np.concatenate([np.arange(50), length + np.arange(50)]).astype(np.int64)
        is_train = np.tile(np.arange(50) < 40, 2)
        names = tuple(f"y{k}" for k in range(targets))
        fold = Fold(
            loc=rng.standard_normal((2, targets + 1)),
            scale=rng.uniform(0.5, 2, (2, targets + 1)),
            starts={
                "train": Starts.of(starts[is_train]),
                "validation": Starts.of(starts[:0]),
                "test": Starts.of(starts[~is_train]),
            },
        )
        days = np.datetime64("2020-01-01", "us") + np.tile(np.arange(length), 2) * np.timedelta64(1, "D")
        channels = Channels(names, ("x",))
        return Windows(
            values, days, ("a", "b"), np.array([0, length, 2 * length]), channels, channels,
            look_back, horizon, season, "D", {0: fold},
        )  # fmt: skip

    return make


@pytest.fixture
def with_validation() -> Callable[[Windows], Windows]:
    """The same windows, the second half of training's as validation."""

    def split(windows: Windows) -> Windows:
        fold = windows.folds[0]
        every = np.asarray(fold.starts["train"])
        is_late = np.tile(np.arange(40) >= 20, 2)
        starts = {
            **fold.starts,
            "train": Starts.of(every[~is_late]),
            "validation": Starts.of(every[is_late]),
        }
        return replace(windows, folds={0: replace(fold, starts=starts)})

    return split


@pytest.fixture
def turned() -> Callable[[Windows], Windows]:
    """The same windows, the second series first."""

    def turn(windows: Windows) -> Windows:
        length, fold = int(windows.offsets[1]), windows.folds[0]
        rows = np.r_[length : 2 * length, 0:length]
        starts = {
            split: Starts.of(np.sort((np.asarray(some) + length) % (2 * length)))
            for split, some in fold.starts.items()
        }
        return replace(
            windows,
            values=windows.values[rows],
            ids=windows.ids[::-1],
            folds={0: replace(fold, starts=starts, loc=fold.loc[::-1], scale=fold.scale[::-1])},
        )

    return turn
