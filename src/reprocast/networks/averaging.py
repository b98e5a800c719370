"""Means of weights over training, which are judged on validation and kept instead of the last step's."""

from torch import nn
from torch.optim.swa_utils import AveragedModel, get_ema_multi_avg_fn

from reprocast.params.train import Train

LAST_PART = 0.75
"""Part of training after which epochs count for `swa`."""


class Average(nn.Module):
    """ema: of all steps, fading (Polyak & Juditsky 1992); swa: of the last epochs (Izmailov et al. 2018)."""

    def __init__(self, network: nn.Module, settings: Train) -> None:
        super().__init__()
        self._of, self.kind = (network,), settings.averaging  # in a tuple: its weights are not ours
        self._first = int(LAST_PART * settings.max_epochs)
        decay = settings.averaging_decay
        fading = get_ema_multi_avg_fn(decay) if self.kind == "ema" else None  # type: ignore[no-untyped-call]
        self._mean = AveragedModel(network, multi_avg_fn=fading, use_buffers=True)
        self._begun = False

    def after_step(self) -> None:
        """Counts the weights of a step."""
        if self.kind == "ema":
            self._count()

    def after_epoch(self, epoch: int) -> None:
        """Counts the weights of an epoch (from 0)."""
        if self.kind == "swa" and epoch >= self._first:
            self._count()

    def _count(self) -> None:
        self._mean.update_parameters(self._of[0])
        self._begun = True

    @property
    def judged(self) -> nn.Module:
        """The mean, or the network itself as long as nothing was counted."""
        return self._mean.module if self._begun else self._of[0]
