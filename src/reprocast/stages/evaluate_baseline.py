"""Stage evaluate_baseline@NAME: a baseline's forecasts for validation and test windows, scored."""

import sys

from reprocast.baselines.saved import load_baseline
from reprocast.stages.evaluating import evaluate
from reprocast.stages.stage import run


def main(name: str) -> dict[str, float]:
    """Scores the baseline in models/NAME; returns what forecasting with it costs, measured."""
    return evaluate(name, load_baseline)


if __name__ == "__main__":
    run(f"evaluate_baseline@{sys.argv[1]}", lambda: main(sys.argv[1]))
