"""Stage evaluate@NETWORK: a network's forecasts for validation and test windows, scored."""

import sys

from reprocast.stages.evaluating import evaluate
from reprocast.stages.stage import run
from reprocast.tasks.networks import load_network


def main(name: str) -> dict[str, float]:
    """Scores the network in models/NAME; returns what forecasting with it costs, measured."""
    return evaluate(name, load_network)


if __name__ == "__main__":
    run(f"evaluate@{sys.argv[1]}", lambda: main(sys.argv[1]))
