"""How often a year of weekly looks alarms: false alarms without a change, and power for three changes.

    python bench/drift.py [SERIES]

Series have a season of amplitude 2 and an autoregression of unit variance around it; after the reference
nothing changes, the level moves by 1.5, the spread is 2.5 times as large, or the season is turned by half.
"""

import sys
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))
from unit.evaluation.drift.simulated import alarms_in_a_year, series

CHANGES = ("none", "level", "spread", "season")


def main() -> None:
    runs = int(sys.argv[1]) if len(sys.argv) > 1 else 100
    print("season  persistence  change  alarmed  steps until")
    for season, begin in ((5, 400), (24, 800)):
        for persistence in (0.0, 0.5, 0.9):
            for change in CHANGES:
                rng, first = np.random.default_rng(1), []
                for _ in range(runs):
                    year = alarms_in_a_year(series(rng, season, change, persistence, begin), season, begin)
                    first += [20 + 5 * next(n for n, found in enumerate(year) if found)] if any(year) else []
                until = f"{np.median(first):.0f}" if first else "–"
                share = len(first) / runs
                print(f"{season:6}  {persistence:11}  {change:6}  {share:7.0%}  {until:>11}", flush=True)


if __name__ == "__main__":
    main()
