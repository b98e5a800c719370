import numpy as np
import pytest
import torch

from reprocast.networks import adding
from reprocast.networks.cells import CELLS


def test_the_answer_is_the_sum_of_the_two_marked_numbers_one_in_each_half() -> None:
    x, y = adding.draw(np.random.default_rng(0), 40, 9)
    for sequence, total in zip(x.tolist(), y.tolist(), strict=True):
        marked = [step for step, (_, mark) in enumerate(sequence) if mark]
        assert len(marked) == 2
        assert marked[0] < 4 <= marked[1]
        assert sum(sequence[step][0] for step in marked) == pytest.approx(total)


def test_to_answer_1_always_leaves_everything() -> None:
    _, y = adding.draw(np.random.default_rng(1), 100_000, 6)
    assert float(((y - 1) ** 2).mean()) / adding.VARIANCE == pytest.approx(1, abs=0.02)


def test_gates_and_the_identity_carry_two_numbers_where_the_plain_cell_does_not() -> None:
    """As Hochreiter & Schmidhuber (1997) and Le et al. (2015) found."""
    left = {cell: adding.unexplained(cell) for cell in ("rnn", "relu_rnn", "gru")}
    assert left["rnn"] > 0.5
    assert left["relu_rnn"] < 0.2
    assert left["gru"] < 0.2


def test_the_same_again_whatever_was_drawn_before(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(adding, "STEPS", 3)
    first = adding.unexplained("gru")
    torch.rand(7)
    state = torch.random.get_rng_state()
    assert adding.unexplained("gru") == first
    assert adding.unexplained("gru", seed=2) != first
    assert torch.equal(torch.random.get_rng_state(), state)


@pytest.mark.parametrize("cell", CELLS)
def test_every_cell_takes_part(cell, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(adding, "STEPS", 1)
    assert np.isfinite(adding.unexplained(cell))
