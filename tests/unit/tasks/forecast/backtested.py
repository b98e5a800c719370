"""A forecast table by hand: two series, two targets, two folds, errors drawn from a seed."""

import numpy as np
import pandas as pd

from reprocast.model import Cost, Description, Roles

SERIES, TARGETS, H = ("A", "B"), ("close", "load"), 3
SCALE = {("A", "close"): 2.0, ("A", "load"): 0.5, ("B", "close"): 10.0, ("B", "load"): 1.0}
COVERAGES = (0.5, 0.8)
ENDS = [0.1, 0.25, 0.75, 0.9]


def description(**changes: object) -> Description:
    roles = Roles(target=TARGETS, past=(), future=())
    said: dict = {
        "kind": "baseline",
        "name": "naive",
        "task": "forecast",
        "block": {"kind": "naive"},
        "shared": {},
        "seeds": (),
        "features": roles,
        "channels": roles,
        "look_back": 4,
        "horizon": H,
        "season": 1,
        "calendar": "D",
        "series": SERIES,
        "loc": ((0.0, 0.0),) * 2,
        "scale": ((1.0, 1.0),) * 2,
        "cost": Cost(parameters=0, multiply_adds=0, optimiser_steps=0),
        "fitted": {},
        "fingerprint": "naive-1",
        "windows_sha256": "",
        "folds": 2,
        "fold": 1,
    }
    return Description(**(said | changes))


def table(origins: int = 30, seed: int = 1) -> pd.DataFrame:
    """Rows of both folds and splits; the mean of the seeds and one seed, whose errors are far larger."""
    rng, rows = np.random.default_rng(seed), []
    days = np.datetime64("2020-01-01", "us") + np.arange(5 * origins) * np.timedelta64(1, "D")
    for fold in (0, 1):
        for split, first in (("validation", fold * origins), ("test", (fold + 1) * origins)):
            for name in SERIES:
                for target in TARGETS:
                    for n in range(first, first + origins):
                        for number in (None, 7):
                            y = rng.normal(size=H) * SCALE[name, target] * (1 + 9 * (1 - fold))
                            rows.append(
                                {
                                    "model": "naive", "fold": fold, "split": split, "seed": number,
                                    "unique_id": name, "target": target, "cutoff": days[n],
                                    "ds": list(days[n + 1 : n + 1 + H]), "last": 0.0, "loc": 5.0,
                                    "scale": SCALE[name, target], "season_error": 1.0, "season_square": 1.0,
                                    "y": list(y * (1 if number is None else 50)), "mean": [0.0] * H,
                                    "conformal_levels": ENDS if split == "test" and number is None else None,
                                    "conformal_split": [0.0] * H * 4 if split == "test" else None,
                                    "conformal_adaptive": [0.0] * H * 4 if split == "test" else None,
                                }
                            )  # fmt: skip
    found = pd.DataFrame(rows)
    return found.assign(seed=found["seed"].astype("Int64"))
