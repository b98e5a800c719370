"""docs/scores.md lists every score that is computed, and no other."""

import re
from pathlib import Path

import numpy as np
import pandas as pd

from reprocast.evaluation.leaderboard import LATER, SCORES
from reprocast.tasks.forecast.intervals import with_intervals
from reprocast.tasks.forecast.score import scores

NAMES = ("coverage", "width", "msis")
TEXT = (Path(__file__).parents[2] / "docs" / "scores.md").read_text(encoding="utf-8")


def table(split: str) -> pd.DataFrame:
    """A model with a distribution, on one series."""
    rng, rows, steps = np.random.default_rng(0), 30, 2
    lists = {"y": rng.uniform(1, 2, (rows, steps)), "mean": rng.uniform(1, 2, (rows, steps))}
    lists |= {"quantiles": np.sort(rng.uniform(1, 2, (rows, steps, 3))).reshape(rows, -1)}
    lists |= {"levels": np.tile([0.1, 0.5, 0.9], (rows, 1)), "parameters": np.ones((rows, 2 * steps))}
    cutoffs = np.arange(rows) + (100 if split == "test" else 0)
    numbers = {"last": 1.0, "loc": 0.0, "scale": 1.0, "season_error": 1.0, "season_square": 1.0}
    return pd.DataFrame(
        {
            "model": "m", "fold": 0, "split": split, "unique_id": "a",
            "seed": pd.array([None] * rows, "Int64"),
            "target": "y", "cutoff": cutoffs, "ds": list(cutoffs[:, None] + [1, 2]), "family": "gaussian",
            **numbers, **{name: list(values) for name, values in lists.items()},
        }
    )  # fmt: skip


def listed(section: str) -> set[str]:
    """Names in the first column of a section's table."""
    part = TEXT.split(f"## {section}\n")[1].split("\n## ")[0]
    return set(re.findall(r"^\| `(\w+)` \|", part, re.MULTILINE))


def test_every_score_is_listed_with_its_formula() -> None:
    found = with_intervals({split: table(split) for split in ("validation", "test")}, (0.8,))["test"]
    computed = set(scores(found)["overall"])
    own = {name for name in computed if not name.startswith(("split_", "adaptive_"))}
    assert listed("Points") | listed("Distributions") == own | {"owa"}
    conformal = {f"{method}_{name}_80" for method in listed("Conformal intervals") for name in NAMES}
    assert computed - own == conformal
    assert {*SCORES, *LATER} <= own


def test_each_row_has_a_formula_a_source_and_a_range() -> None:
    rows = [line for line in TEXT.splitlines() if re.match(r"\| `\w+` \|", line)]
    assert len(rows) == 20
    for row in rows:
        cells = [cell.strip() for cell in row.strip("|").split("|")]
        assert len(cells) in (3, 4), row
        assert cells[1], row
        assert cells[-1], row
