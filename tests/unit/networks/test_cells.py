"""Recurrent layers and the encoder against the reference in NumPy, weights copied, in double precision."""

from typing import get_args

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import nn

from reprocast.networks.cells import CELLS, GATES
from reprocast.networks.encoder import Encoder
from reprocast.params.architecture import CellName
from reprocast.reference.cells import Weights
from reprocast.reference.sequence import stack, unroll


def weights_of(layer: nn.Module) -> Weights:
    names = ("weight_ih_l0", "weight_hh_l0", "bias_ih_l0", "bias_hh_l0")
    return Weights(*(getattr(layer, name).detach().numpy() for name in names))


def test_the_cells_are_those_of_params() -> None:
    assert set(CELLS) == set(GATES) == set(get_args(CellName))


@pytest.mark.parametrize("cell", CELLS)
@settings(max_examples=25, deadline=None)
@given(
    batch=st.integers(1, 5),
    steps=st.integers(1, 9),
    inputs=st.integers(1, 6),
    hidden=st.integers(1, 8),
    seed=st.integers(0, 1000),
)
def test_a_layer_computes_its_equations(
    cell: CellName, batch: int, steps: int, inputs: int, hidden: int, seed: int
) -> None:
    torch.manual_seed(seed)
    layer = CELLS[cell](inputs, hidden).double()
    x = torch.randn(batch, steps, inputs, dtype=torch.float64) * 3
    outputs, _ = layer(x)
    expected, last = unroll(cell, weights_of(layer), x.numpy())
    assert outputs.shape == (batch, steps, hidden)
    assert np.abs(outputs.detach().numpy() - expected).max() < 1e-10
    assert np.abs(outputs[:, -1].detach().numpy() - last[0]).max() < 1e-10
    assert weights_of(layer).w_h.shape == (GATES[cell] * hidden, hidden)


@pytest.mark.parametrize("cell", CELLS)
@pytest.mark.parametrize("layers", [1, 3])
def test_the_encoder_stacks_layers(cell: CellName, layers: int) -> None:
    torch.manual_seed(1)
    encoder = Encoder(cell, channels=3, hidden=4, layers=layers, dropout=0.0).double()
    x = torch.randn(2, 6, 3, dtype=torch.float64)
    states, last = encoder(x)
    expected = stack(cell, [weights_of(layer) for layer in encoder.layers], x.numpy())
    assert states.shape == (2, 6, 4)
    assert last.shape == (2, 4)
    assert np.abs(states.detach().numpy() - expected).max() < 1e-10
    assert torch.equal(last, states[:, -1])


def test_dropout_acts_in_training_only_and_between_layers_only() -> None:
    torch.manual_seed(1)
    encoder = Encoder("gru", channels=3, hidden=16, layers=2, dropout=0.5)
    x = torch.randn(4, 6, 3)
    assert not torch.equal(encoder(x)[0], encoder(x)[0])
    bottom = encoder.layers[0](x)[0]
    handed_on: list[torch.Tensor] = []
    encoder.layers[1].register_forward_pre_hook(lambda _, args: handed_on.append(args[0]))
    encoder(x)
    dropped = handed_on[0] == 0
    assert 0.35 < dropped.float().mean() < 0.65
    assert torch.allclose(handed_on[0][~dropped], 2 * bottom[~dropped])
    encoder.eval()
    assert torch.equal(encoder(x)[0], encoder(x)[0])
    assert torch.equal(encoder(x)[0], encoder.layers[1](bottom)[0])


@pytest.mark.parametrize("cell", CELLS)
def test_multiply_adds_are_the_entries_of_the_matrices_times_the_steps(cell: CellName) -> None:
    encoder = Encoder(cell, channels=5, hidden=7, layers=3, dropout=0.1)
    matrices = [weights for weights in encoder.parameters() if weights.ndim == 2]
    assert encoder.multiply_adds(11) == 11 * sum(matrix.numel() for matrix in matrices)


def test_multiply_adds_by_hand() -> None:
    # per step: reset, update and candidate, each 4 units from 2 inputs and from 4 units of the state
    assert Encoder("gru", channels=2, hidden=4, layers=1, dropout=0.0).multiply_adds(10) == 10 * 3 * 4 * (
        2 + 4
    )
