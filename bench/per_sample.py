"""What bench/windows.py compares with: an example at a time, scaled and stacked by PyTorch's DataLoader."""

from itertools import pairwise

import numpy as np
import torch
from torch.utils.data import DataLoader, Dataset

from reprocast.data.windows import Ints, Windows, series_of


class PerSample(Dataset[tuple[torch.Tensor, ...]]):
    """The usual way, from values that were scaled before: a second copy of the data in memory."""

    def __init__(self, windows: Windows, starts: Ints) -> None:
        self.windows, fold, scaled = windows, windows.folds[0], np.array(windows.values)
        for n, (begin, end) in enumerate(pairwise(windows.offsets)):
            scaled[begin:end] = (scaled[begin:end] - fold.loc[n]) / fold.scale[n]
        self.values = torch.from_numpy(scaled)
        self.starts, self.series = starts.tolist(), series_of(windows, starts).tolist()

    def __len__(self) -> int:
        return len(self.starts)

    def __getitem__(self, i: int) -> tuple[torch.Tensor, ...]:
        w, start, series = self.windows, self.starts[i], self.series[i]
        rows = self.values[start : start + w.look_back + w.horizon]
        ahead = rows[w.look_back :]
        return rows[: w.look_back], ahead[:, w.channels.future_index], ahead[:, :1], torch.tensor(series)


def loader(windows: Windows, starts: Ints, size: int) -> DataLoader[tuple[torch.Tensor, ...]]:
    """Batches of the windows at `starts` (M,), in their order, on one core."""
    torch.set_num_threads(1)
    return DataLoader(PerSample(windows, starts), batch_size=size)
