"""Attention: where a decoder's step looks among the encoder's states.

Legend: B batch, L steps seen, W width of the encoder's states, D hidden units of the decoder.
"""

import torch
from torch import Tensor, nn


class Additive(nn.Module):
    """e_l = vᵀ tanh(W_q s + W_k h_l) (Bahdanau, Cho & Bengio 2015)."""

    def __init__(self, query: int, keys: int) -> None:
        super().__init__()
        self.of_query = nn.Linear(query, query)
        self.of_keys = nn.Linear(keys, query, bias=False)
        self.vector = nn.Linear(query, 1, bias=False)

    def prepare(self, states: Tensor) -> Tensor:
        """The part that all queries share (B, L, D)."""
        prepared: Tensor = self.of_keys(states)
        return prepared

    def energies(self, query: Tensor, prepared: Tensor) -> Tensor:
        """How well each state (B, L) fits a query (B, D)."""
        found: Tensor = self.vector(torch.tanh(self.of_query(query)[:, None] + prepared))
        return found[:, :, 0]

    def multiply_adds(self, look_back: int, horizon: int) -> int:
        """Keys once; the query's product and the vector's at each step."""
        width = self.vector.in_features
        once = self.of_keys.in_features * self.of_keys.out_features * look_back
        return once + horizon * (width * width + look_back * width)


class Multiplicative(nn.Module):
    """e_l = sᵀ W h_l / √D (Luong, Pham & Manning 2015, general; scaled as in Vaswani et al. 2017)."""

    def __init__(self, query: int, keys: int) -> None:
        super().__init__()
        self.of_keys = nn.Linear(keys, query, bias=False)
        self.scale = float(query) ** -0.5

    def prepare(self, states: Tensor) -> Tensor:
        """W h_l, which all queries share (B, L, D)."""
        prepared: Tensor = self.of_keys(states)
        return prepared

    def energies(self, query: Tensor, prepared: Tensor) -> Tensor:
        """How well each state (B, L) fits a query (B, D)."""
        found: Tensor = torch.einsum("bd,bld->bl", query, prepared) * self.scale
        return found

    def multiply_adds(self, look_back: int, horizon: int) -> int:
        """Keys once; a product with each of them at each step."""
        once = self.of_keys.in_features * self.of_keys.out_features * look_back
        return once + horizon * look_back * self.of_keys.out_features


def look(energies: Tensor, states: Tensor) -> tuple[Tensor, Tensor]:
    """From energies (B, L) to the states' weighted mean (B, W), and the weights (B, L)."""
    weights = torch.softmax(energies, dim=1)
    return torch.einsum("bl,blw->bw", weights, states), weights


ATTENTIONS = {"additive": Additive, "multiplicative": Multiplicative}
"""By the name they have in params.yaml."""
