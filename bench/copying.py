"""Copy memory, T = 1,000 at 16,000 parameters: ten symbols are held for a thousand steps and told again.

    python bench/copying.py                    every network, 10 minutes of training each on one thread
    python bench/copying.py lstm --minutes 60  one of them; goes on where it stopped (.reprocast/bench/)

Ten symbols out of eight, T − 1 blanks, a mark, ten more blanks; the answer is blank up to the mark and then
the ten symbols (Arjovsky et al. 2016; Bai et al. 2018, T = 1,000: LSTM .0204, TCN 3.5e-5). The loss is the
cross-entropy, averaged over all T + 20 steps: who has forgotten the symbols, but can count, has 10 ln 8 /
(T + 20), which is .0204 at T = 1,000. Training begins with short sequences (bench/long_memory.py). The
measured curves are in bench/results/copying.csv.
"""

import math
from dataclasses import replace

import long_memory as memory
import numpy as np
import torch
from torch import Tensor

SYMBOLS, HELD, BLANK, MARK = 8, 10, 0, 9
"""Symbols are 1 … 8."""
NETWORKS = {
    "lstm": memory.Settings(
        {"cell": "lstm", "hidden": 56, "initial_weights": "orthogonal", "forget_bias": 1.0}, 5e-3
    ),
    "gru": memory.Settings({"cell": "gru", "hidden": 65, "initial_weights": "orthogonal"}, 5e-3),
}


def draw(rng: np.random.Generator, batch: int, length: int) -> tuple[Tensor, Tensor]:
    """Inputs (B, T + 20, 10), one of ten at each step, and what is to be told (B, T + 20)."""
    symbols = rng.integers(1, SYMBOLS + 1, size=(batch, HELD))
    told = np.full((batch, length + 2 * HELD), BLANK)
    shown = told.copy()
    shown[:, :HELD], shown[:, HELD + length - 1], told[:, -HELD:] = symbols, MARK, symbols
    return torch.nn.functional.one_hot(torch.from_numpy(shown), MARK + 1).float(), torch.from_numpy(told)


def loss(outputs: Tensor, told: Tensor) -> Tensor:
    """Cross-entropy of the outputs (B, L, 10), averaged over all steps."""
    return torch.nn.functional.cross_entropy(outputs.flatten(0, 1), told.flatten())


def without_memory(length: int) -> float:
    """Loss of who knows when to tell, but not what."""
    return HELD * math.log(SYMBOLS) / (length + 2 * HELD)


def solved(recent: float, length: int) -> bool:
    """A twentieth of what memory is worth is missing."""
    return recent < 0.05 * without_memory(length)


def problem(length: int = 1000, first: int = 5) -> memory.Problem:
    return memory.Problem("copying", MARK + 1, MARK + 1, length, first, draw, loss, solved, bar=3.5e-5)


def main() -> None:
    asked = memory.arguments("Copy memory, T = 1,000.", list(NETWORKS), 10)
    for name in asked.networks:
        settings = replace(NETWORKS[name], half_life=asked.half_life)
        run = memory.Run(problem(), settings, asked.seed)
        memory.go_on(run, memory.KEPT / f"copying-{name}-{asked.seed}.pt", 60 * asked.minutes)
        print(
            f"{name}: {run.step} steps, {run.seconds / 60:.1f} min, length {run.length}, "
            f"loss {memory.shown_test(run, asked=asked.test)} "
            f"(without memory {without_memory(run.problem.length):.4f})"
        )
        memory.publish(memory.RESULTS / "copying.csv", memory.COLUMNS, run.curve, run)


if __name__ == "__main__":
    main()
