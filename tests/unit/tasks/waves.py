"""Two sine waves with noise, cut into windows: something a small network learns within seconds."""

import numpy as np

from reprocast.data.starts import Starts
from reprocast.data.windows import Channels, Fold, Windows

LOOK_BACK, HORIZON = 8, 3


def waves(rows: int = 150, noise: float = 0.1, seed: int = 0) -> Windows:
    """Windows of two series with a target, a past and a future channel; each split has its own rows."""
    rng = np.random.default_rng(seed)
    phase = np.tile(np.arange(rows), 2) * 2 * np.pi / 12
    target = 5 + np.sin(phase) + noise * rng.normal(size=2 * rows)
    values = np.stack([target, rng.normal(size=2 * rows), np.cos(phase)], axis=1)
    steps = LOOK_BACK + HORIZON
    bounds = {"train": (0, rows - 60), "validation": (rows - 60, rows - 30), "test": (rows - 30, rows)}
    one = {split: np.arange(first, last - steps + 1) for split, (first, last) in bounds.items()}
    loc = np.tile([5.0, 0.0, 0.0], (2, 1))
    channels = Channels(("y",), ("x",), ("f",))
    return Windows(
        values=values,
        ds=np.tile(np.arange(rows), 2),
        ids=("a", "b"),
        offsets=np.array([0, rows, 2 * rows]),
        channels=channels,
        features=channels,
        look_back=LOOK_BACK,
        horizon=HORIZON,
        season=12,
        calendar="step",
        static=np.empty((2, 0)),
        folds={
            0: Fold(
                loc=loc,
                scale=np.ones((2, 3)),
                starts={split: Starts.of([*first, *(rows + first)]) for split, first in one.items()},
                bounds={
                    split: (np.int64(first), np.int64(last - 1)) for split, (first, last) in bounds.items()
                },
                left_out={split: np.zeros(2, np.int64) for split in bounds},
                purged={split: np.zeros(2, np.int64) for split in bounds},
                score_loc=loc[:, :1],
                score_scale=np.ones((2, 1)),
            )
        },
    )
