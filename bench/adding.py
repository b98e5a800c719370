"""Adding problem, T = 600 at about 70,000 parameters: which cells carry two numbers over hundreds of steps.

    python bench/adding.py                     every network, 10 minutes of training each on one thread
    python bench/adding.py gru --minutes 60    one of them; goes on where it stopped (.reprocast/bench/)

Each step shows a number from [0, 1) and a mark, which is 1 at two of the steps, one in each half; the
answer after the last step is the sum of the two marked numbers (Hochreiter & Schmidhuber 1997; Bai et al.
2018, T = 600: GRU 5.3e-5, LSTM .164, RNN .177). Always saying 1 has a mean squared error of 1/6. Training
begins with short sequences (bench/long_memory.py). The measured curves are in bench/results/adding.csv, and
in adding_gradients.csv the norm of the loss's gradient with respect to the state after each step.
"""

from dataclasses import replace

import long_memory as memory
import torch
from torch import Tensor

from reprocast.networks.adding import VARIANCE, draw

GRADIENTS = ("network", "seed", "step", "untrained", "trained")
NETWORKS = {
    "gru": memory.Settings({"cell": "gru", "hidden": 150, "initial_weights": "orthogonal"}),
    "lstm": memory.Settings(
        {"cell": "lstm", "hidden": 130, "initial_weights": "orthogonal", "forget_bias": 3.0}, rate=3e-3
    ),
    "rnn": memory.Settings({"cell": "rnn", "hidden": 262, "initial_weights": "orthogonal"}, rate=5e-4),
}


def loss(outputs: Tensor, sums: Tensor) -> Tensor:
    """Mean squared error of the last step's output."""
    return torch.nn.functional.mse_loss(outputs[:, -1, 0], sums)


def solved(recent: float, length: int) -> bool:  # noqa: ARG001
    """A hundredth of the variance is left to be explained."""
    return recent < 0.01 * VARIANCE


def problem(length: int = 600, first: int = 20) -> memory.Problem:
    return memory.Problem("adding", 2, 1, length, first, draw, loss, solved, bar=4e-5)


def main() -> None:
    asked = memory.arguments("Adding problem, T = 600.", list(NETWORKS), 10)
    for name in asked.networks:
        settings = replace(NETWORKS[name], half_life=asked.half_life)
        run = memory.Run(problem(), settings, asked.seed)
        before = memory.gradient_norms(run.network, run.problem, asked.seed)
        memory.go_on(run, memory.KEPT / f"adding-{name}-{asked.seed}.pt", 60 * asked.minutes)
        after = memory.gradient_norms(run.network, run.problem, asked.seed)
        print(
            f"{name}: {run.step} steps, {run.seconds / 60:.1f} min, length {run.length}, "
            f"MSE {memory.shown_test(run, asked=asked.test)}; "
            f"gradient after step 1 / after step 600: {before[0] / before[-1]:.1e} untrained, "
            f"{after[0] / after[-1]:.1e} trained"
        )
        memory.publish(memory.RESULTS / "adding.csv", memory.COLUMNS, run.curve, run)
        steps = [t for t in range(len(before)) if t % 25 == 24 or t == 0]
        rows = [(name, asked.seed, t + 1, f"{before[t]:.3e}", f"{after[t]:.3e}") for t in steps]
        memory.publish(memory.RESULTS / "adding_gradients.csv", GRADIENTS, rows, run)


if __name__ == "__main__":
    main()
