"""What bench/adding.py and bench/copying.py share: training that can be stopped at any time and goes on.

A network of the project's own encoder and head learns a problem of long memory from sequences that are
drawn anew at every step, first short ones. Where the mean loss of the last steps says that a length is
solved, the next is half as long again, up to the problem's own (Bengio et al. 2009; Zaremba & Sutskever
2014). At full length the rate is halved every so many steps, and a moving mean of the weights is judged on
validation sequences; training stops when its loss meets the bar, or when the budget is spent. What step n
draws depends on (seed, n) alone, so a training that was interrupted ends as if it had not been.

Legend: B batch, L steps, C inputs, D hidden, O outputs.
"""

import argparse
import csv
import io
import math
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from reprocast.deterministic import csv_text
from reprocast.networks.allocation import keep_memory
from reprocast.networks.encoder import Encoder
from reprocast.networks.heads import Answer
from reprocast.params.architecture import Architecture
from reprocast.reference.bptt import backpropagate
from reprocast.reference.cells import Weights
from reprocast.stages.publish import STATE, write_file

RESULTS, KEPT = Path(__file__).parent / "results", STATE / "bench"
COLUMNS = ("network", "seed", "parameters", "step", "minutes", "length", "training_loss", "validation_loss")
TRAINING, VALIDATION, TEST = 0, 1, 2
"""What sequences are drawn for."""
JUDGED = 1000
"""Sequences of validation and of test."""


@dataclass(frozen=True)
class Problem:
    """A task whose answer lies `length` steps back."""

    name: str
    channels: int
    outputs: int
    length: int
    """The length that counts."""
    first: int
    """The length that training begins with."""
    draw: Callable[[np.random.Generator, int, int], tuple[Tensor, Tensor]]
    """So many sequences (B, L, C) of a length, and their answers."""
    loss: Callable[[Tensor, Tensor], Tensor]
    """Mean loss of outputs (B, L, O) against answers."""
    grows: Callable[[float, int], bool]
    """Whether a mean training loss says that a length is solved."""
    bar: float
    """The loss that ends the training."""


@dataclass(frozen=True)
class Settings:
    """How a network is trained."""

    architecture: Mapping[str, Any]
    """An entry of `architectures` in params.yaml."""
    rate: float = 2e-3
    batch: int = 32
    half_life: int = 1000
    """Steps at full length in which the rate is halved."""
    averaging: float = 0.98
    """What remains of the mean of the weights at each step."""
    judged_every: int = 50
    """Steps at full length between two looks at validation, and between two rows of the curve."""


class Network(nn.Module):
    """The encoder's outputs at every step, read by a point head."""

    def __init__(self, architecture: Mapping[str, Any], channels: int, outputs: int) -> None:
        super().__init__()
        self.encoder = Encoder(Architecture.model_validate(architecture), channels)
        self.head = Answer(self.encoder.width, outputs)

    def forward(self, x: Tensor) -> Tensor:
        """From x (B, L, C) to outputs (B, L, O)."""
        states, _ = self.encoder(x)
        answer: Tensor = self.head(states)[..., 0]
        return answer


@dataclass
class Run:
    """A training: all that a later process needs to go on."""

    problem: Problem
    settings: Settings
    seed: int
    step: int = 0
    length: int = 0
    seconds: float = 0.0
    recent: float = math.inf
    """Moving mean of the training loss at this length."""
    full: int = 0
    """Steps taken at full length."""
    best: float = math.inf
    """Lowest validation loss."""
    curve: list[Sequence[Any]] = field(default_factory=list)

    def __post_init__(self) -> None:
        torch.manual_seed(self.seed)
        p, s = self.problem, self.settings
        self.length = self.length or min(p.first, p.length)
        self.network = Network(s.architecture, p.channels, p.outputs)
        self.mean = torch.optim.swa_utils.AveragedModel(
            self.network, multi_avg_fn=torch.optim.swa_utils.get_ema_multi_avg_fn(s.averaging)
        )
        self.optimiser = torch.optim.Adam(self.network.parameters(), lr=s.rate)

    def finished(self) -> bool:
        """Whether the bar is met."""
        return self.best <= self.problem.bar

    def advance(self) -> None:
        """One step, with what follows from its loss."""
        p, s = self.problem, self.settings
        x, y = p.draw(np.random.default_rng([self.seed, TRAINING, self.step]), s.batch, self.length)
        for group in self.optimiser.param_groups:
            group["lr"] = s.rate * 0.5 ** (self.full / s.half_life)
        loss = p.loss(self.network(x), y)
        self.optimiser.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        nn.utils.clip_grad_norm_(self.network.parameters(), 1.0)
        self.optimiser.step()
        self.mean.update_parameters(self.network)
        self.step += 1
        self._see(loss.item())

    def _see(self, loss: float) -> None:
        """Counts a step's loss; judges at full length, and grows below it."""
        p, fresh = self.problem, self.recent == math.inf
        self.recent = loss if fresh else 0.95 * self.recent + 0.05 * loss
        at_full = self.length == p.length
        self.full += at_full
        if self.step % self.settings.judged_every == 0:
            self._note(judge(self.mean.module, p, self.seed, VALIDATION) if at_full else None)
        elif not at_full and not fresh and p.grows(self.recent, self.length):
            self._note(None)
            self.length, self.recent = min(p.length, -(-self.length * 3 // 2)), math.inf

    def _note(self, validation: float | None) -> None:
        self.best = min(self.best, validation if validation is not None else self.best)
        shown = "" if validation is None else f"{validation:.3g}"
        size = sum(weight.numel() for weight in self.network.parameters())
        row = (self.step, f"{self.seconds / 60:.1f}", self.length, f"{self.recent:.3g}", shown)
        self.curve.append((self.settings.architecture["cell"], self.seed, size, *row))

    def state(self) -> dict[str, Any]:
        """Everything that changes."""
        kept = ("step", "length", "seconds", "recent", "full", "best", "curve")
        parts = {name: getattr(self, name).state_dict() for name in ("network", "mean", "optimiser")}
        return {name: getattr(self, name) for name in kept} | parts

    def restore(self, state: Mapping[str, Any]) -> None:
        """Goes on from what `state` gave."""
        for name, value in state.items():
            if name in ("network", "mean", "optimiser"):
                getattr(self, name).load_state_dict(value)
            else:
                setattr(self, name, value)


@torch.no_grad()
def judge(network: nn.Module, problem: Problem, seed: int, what: int) -> float:
    """Mean loss at full length over sequences that training never sees."""
    rng, total, size = np.random.default_rng([seed, what]), 0.0, JUDGED // 4
    for _ in range(4):
        x, y = problem.draw(rng, size, problem.length)
        total += problem.loss(network(x), y).item() / 4
    return total


def gradient_norms(network: Network, problem: Problem, seed: int) -> np.ndarray:
    """Norm of ∂loss/∂h_t after each step (L,) at full length, by backpropagation written by hand."""
    layer: Any = network.encoder.levels[0].layers[0]  # type: ignore[index,union-attr]
    x, y = problem.draw(np.random.default_rng([seed, VALIDATION]), 32, problem.length)
    states, _ = network.encoder(x)
    above = states.detach().requires_grad_()
    problem.loss(network.head(above)[..., 0], y).backward()  # type: ignore[no-untyped-call]
    names = ("weight_ih_l0", "weight_hh_l0", "bias_ih_l0", "bias_hh_l0")
    weights = Weights(*(getattr(layer, name).detach().double().numpy() for name in names))
    kind = {"RNN_TANH": "rnn", "LSTM": "lstm", "GRU": "gru"}[layer.mode]
    assert above.grad is not None
    return backpropagate(kind, weights, x.double().numpy(), above.grad.double().numpy()).per_step


def go_on(run: Run, path: Path, seconds: float, steps: float = math.inf) -> None:
    """Trains until the bar is met or the budget spent, from where a file says it was; Ctrl-C is safe."""
    if path.exists():
        run.restore(torch.load(io.BytesIO(path.read_bytes()), weights_only=True))
    saved = time.perf_counter()
    try:
        while not run.finished() and run.seconds < seconds and run.step < steps:
            begun = time.perf_counter()
            run.advance()
            run.seconds += time.perf_counter() - begun
            if time.perf_counter() - saved > 30:
                saved = time.perf_counter()
                save(run, path)
    finally:
        save(run, path)


def save(run: Run, path: Path) -> None:
    """Writes the state, whole or not at all."""
    stream = io.BytesIO()
    torch.save(run.state(), stream)
    write_file(path, stream.getvalue())


def shown_test(run: Run, *, asked: bool) -> str:
    """The loss on test sequences: of a finished training, or where it is asked for, lest it be chosen by."""
    if not asked and not run.finished():
        return f"validation {run.best:.2e} (the bar is {run.problem.bar:.1e}; --test shows the test as well)"
    return f"test {judge(run.mean.module, run.problem, run.seed, TEST):.2e}"


def publish(path: Path, columns: Sequence[str], rows: Sequence[Sequence[Any]], run: Run) -> None:
    """Puts the rows of a network and seed in place of its old ones in a committed CSV."""
    this = [run.settings.architecture["cell"], str(run.seed)]
    kept: list[Sequence[Any]] = []
    if path.exists():
        with path.open(encoding="utf-8", newline="") as stream:
            kept = [row for row in list(csv.reader(stream))[1:] if row[:2] != this]
    write_file(path, csv_text(columns, sorted([*kept, *rows], key=lambda row: (row[0], int(row[1])))))


def arguments(description: str, names: Sequence[str], minutes: float) -> argparse.Namespace:
    """What both scripts take."""
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("networks", nargs="*", choices=[*names, []], help="which (none: all)")
    parser.add_argument("--minutes", type=float, default=minutes, help="of training in all, for each network")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--half-life", type=int, default=1000, help="steps in which the rate is halved")
    parser.add_argument(
        "--test", action="store_true", help="show the test loss of an unfinished training, too"
    )
    parsed = parser.parse_args()
    parsed.networks = parsed.networks or list(names)
    torch.set_num_threads(1)
    keep_memory()
    return parsed
