"""Stage evaluate@NETWORK: a network's forecasts for validation and test windows, scored."""

import sys

from reprocast.stages.evaluating import evaluate
from reprocast.stages.stage import run
from reprocast.tasks.networks import load_network


def main(name: str) -> None:
    """Scores the network in models/NAME."""
    evaluate(name, load_network)


if __name__ == "__main__":
    run(f"evaluate@{sys.argv[1]}", lambda: main(sys.argv[1]))
