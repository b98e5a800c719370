"""The benches of long memory: their problems, that they learn, and that an interruption changes nothing."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pytest
import torch

BENCH = Path(__file__).parents[2] / "bench"


@pytest.fixture
def bench(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """Imports a script of bench/ by name."""
    monkeypatch.syspath_prepend(str(BENCH))
    threads = torch.get_num_threads()

    def load(name: str) -> ModuleType:
        return __import__(name)

    yield load
    torch.set_num_threads(threads)


def advanced(run: Any, steps: int) -> Any:
    while run.step < steps:
        run.advance()
    return run


def small(settings: Any, **architecture: Any) -> Any:
    return replace(settings, architecture={**settings.architecture, **architecture}, judged_every=100)


def test_what_is_added_is_what_is_marked(bench: Any) -> None:
    x, y = bench("adding").draw(np.random.default_rng(1), 500, 51)
    for numbers, marks, total in zip(x[:, :, 0], x[:, :, 1], y, strict=True):
        first, second = torch.nonzero(marks)[:, 0].tolist()
        assert first < 25 <= second
        assert float(numbers[first] + numbers[second]) == pytest.approx(float(total), abs=1e-6)
    assert float(y.var()) == pytest.approx(bench("adding").VARIANCE, rel=0.15)


def test_what_is_copied_stands_before_the_blanks(bench: Any) -> None:
    x, told = bench("copying").draw(np.random.default_rng(1), 20, 30)
    shown = x.argmax(dim=2)
    assert x.shape == (20, 50, 10)
    assert (x.sum(dim=2) == 1).all()
    assert (shown[:, :10] == told[:, -10:]).all()
    assert ((shown[:, :10] >= 1) & (shown[:, :10] <= 8)).all()
    assert (told[:, :-10] == 0).all()
    assert torch.nonzero(shown[0, 10:]).tolist() == [[29]]  # T − 1 blanks, then the mark
    assert shown[0, 39] == 9


def test_who_has_forgotten_what_to_copy_has_the_loss_of_the_literature(bench: Any) -> None:
    copying = bench("copying")
    _, told = copying.draw(np.random.default_rng(1), 50, 1000)
    outputs = torch.full((*told.shape, 10), -1e9)
    outputs[:, :-10, 0] = 0.0
    outputs[:, -10:, 1:9] = 0.0
    assert float(copying.loss(outputs, told)) == pytest.approx(copying.without_memory(1000), rel=1e-4)
    assert f"{copying.without_memory(1000):.4f}" == "0.0204"


@pytest.mark.parametrize("name", ["gru", "lstm"])
def test_adding_is_learned_over_50_steps(bench: Any, name: str) -> None:
    adding, memory = bench("adding"), bench("long_memory")
    settings = replace(small(adding.NETWORKS[name], hidden=48), rate=5e-3)
    run = memory.Run(adding.problem(50, 10), settings, 1)
    while run.best > 0.02 and run.step < 3000:
        run.advance()
    assert run.length == 50
    assert memory.judge(run.mean.module, run.problem, 1, memory.TEST) < 0.2 * adding.VARIANCE


def test_copying_is_begun_to_be_learned(bench: Any) -> None:
    copying, memory = bench("copying"), bench("long_memory")
    run = advanced(memory.Run(copying.problem(5, 5), copying.NETWORKS["lstm"], 1), 900)
    assert run.recent < 0.85 * copying.without_memory(5)


def test_an_interrupted_training_ends_as_if_it_had_not_been(bench: Any, tmp_path: Path) -> None:
    adding, memory = bench("adding"), bench("long_memory")
    settings = replace(small(adding.NETWORKS["gru"], hidden=8), rate=1e-2)
    problem = replace(adding.problem(8, 4), grows=lambda recent, _: recent < 0.15)

    def fresh() -> Any:
        return memory.Run(problem, settings, 3)

    whole = fresh()
    memory.go_on(whole, tmp_path / "whole.pt", 1e9, steps=450)
    for steps in (130, 131, 450):
        parts = fresh()
        memory.go_on(parts, tmp_path / "parts.pt", 1e9, steps=steps)
    assert whole.full > 0  # it has grown, and judged the mean of its weights
    assert parts.best == whole.best < float("inf")
    assert [(*row[:4], *row[5:]) for row in parts.curve] == [(*row[:4], *row[5:]) for row in whole.curve]
    for name, weight in whole.network.state_dict().items():
        assert torch.equal(weight, parts.network.state_dict()[name])


def test_an_interruption_is_kept(bench: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    adding, memory = bench("adding"), bench("long_memory")
    run = memory.Run(adding.problem(8, 4), small(adding.NETWORKS["gru"], hidden=8), 1)
    step = run.advance

    def interrupted() -> None:
        if run.step == 7:
            raise KeyboardInterrupt
        step()

    monkeypatch.setattr(run, "advance", interrupted)
    with pytest.raises(KeyboardInterrupt):
        memory.go_on(run, tmp_path / "kept.pt", 1e9)
    again = memory.Run(run.problem, run.settings, 1)
    memory.go_on(again, tmp_path / "kept.pt", 1e9, steps=9)
    assert again.step == 9


def test_the_gradient_reaches_further_back_in_a_gated_cell(bench: Any) -> None:
    adding, memory = bench("adding"), bench("long_memory")
    problem, share = adding.problem(200, 200), {}
    for cell, options in (("rnn", {}), ("lstm", {"forget_bias": 3.0})):
        settings = memory.Settings({"cell": cell, "hidden": 32, **options})
        norms = memory.gradient_norms(memory.Run(problem, settings, 1).network, problem, 1)
        share[cell] = norms[0] / norms[-1]
    assert share["rnn"] < 1e-20
    assert share["lstm"] > 1e-12


@pytest.mark.parametrize("cell", ["rnn", "lstm", "gru"])
def test_norms_by_hand_are_those_of_automatic_differentiation(bench: Any, cell: str) -> None:
    adding, memory = bench("adding"), bench("long_memory")
    problem = adding.problem(12, 12)
    network = memory.Run(problem, memory.Settings({"cell": cell, "hidden": 5}), 1).network
    x, y = problem.draw(np.random.default_rng([1, memory.VALIDATION]), 32, 12)
    layer, state, visited = network.encoder.levels[0].layers[0], None, []
    for t in range(12):
        _, state = layer(x[:, t : t + 1], state)
        state[0].retain_grad()
        visited.append(state[0])
    problem.loss(network.head(visited[-1][:, None])[..., 0], y).backward()
    expected = [float(h.grad.norm()) for h in visited]
    assert memory.gradient_norms(network, problem, 1) == pytest.approx(expected, rel=1e-4)
