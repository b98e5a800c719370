"""What is added to a loss, and what is done to examples, so that a network does not learn them by heart.

Legend: B batch, L steps, C channels, W width of the encoder's outputs.
"""

from typing import Any

import torch
from torch import Tensor, nn

from reprocast.params.train import Train


class Penalties:
    """½ l2 Σ w² + l1 Σ |w| + activation_l2 · mean h² + slowness · mean (h_t − h_{t−1})².

    The last two are of Merity, McCann & Socher (2017), AR and TAR; h are the encoder's outputs (B, L, W).
    """

    def __init__(self, network: nn.Module, settings: Train) -> None:
        self.network, self.settings = network, settings
        self._states: Tensor | None = None
        if settings.activation_l2 or settings.slowness:
            encoder: Any = network.get_submodule("encoder")
            encoder.register_forward_hook(self._keep)

    def _keep(self, _: nn.Module, __: Any, outputs: tuple[Tensor, Tensor]) -> None:
        self._states = outputs[0]

    def __call__(self) -> Tensor | float:
        """What is added to the loss of the last forward pass; 0.0 where nothing is asked for."""
        t, total = self.settings, torch.zeros(())
        if t.l2:
            total = total + 0.5 * t.l2 * sum(w.square().sum() for w in self.network.parameters())
        if t.l1:
            total = total + t.l1 * sum(w.abs().sum() for w in self.network.parameters())
        if self._states is not None:
            states, self._states = self._states, None
            total = total + t.activation_l2 * states.square().mean()
            if states.shape[1] > 1:
                total = total + t.slowness * states.diff(dim=1).square().mean()
        return total if total.requires_grad else 0.0


def augmented(batch: Any, settings: Train, channels: int) -> Any:
    """A batch with noise on its first channels, and some of its examples turned in time; as declared."""
    past: Tensor = batch.past
    if settings.input_noise:
        noise = torch.randn_like(past[:, :, :channels]) * settings.input_noise
        past = torch.cat([past[:, :, :channels] + noise, past[:, :, channels:]], dim=2)
    if settings.reversal:
        turned = torch.rand(len(past), 1, 1, device=past.device) < settings.reversal
        past = torch.where(turned, past.flip(1), past)
    return batch if past is batch.past else batch._replace(past=past)
