"""The form of a task's three parts; stages know these protocols only."""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, Protocol

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from reprocast.data.sizes import Sizes
from reprocast.data.windows import Ints, Windows
from reprocast.model import Description
from reprocast.panel import Panel
from reprocast.params.columns import Columns
from reprocast.params.window import Split, Window


class Cut(Protocol):
    """`cut.py`: from a panel to windows."""

    def cut(
        self, panel: Panel, columns: Columns, window: Window, split: Split, season: int, calendar: str
    ) -> Windows:
        """Derives the channels causally, splits by time, fits scalers on training steps."""
        ...


class Score(Protocol):
    """`score.py`: from forecasts to the forecast table, and from the table to scores."""

    def tabulate(
        self,
        windows: Windows,
        fold: int,
        split: str,
        starts: Ints,
        forecasts: NDArray[np.float64],
        model: Description,
        quantiles: NDArray[np.float64] | None = None,
        parameters: NDArray[np.float64] | None = None,
    ) -> pd.DataFrame:
        """Rows of the forecast table for scaled forecasts (S, M, H, K) of the windows at `starts` (M,).

        `quantiles` (S, M, H, K, Q) stand beside them where the model has levels, and `parameters`
        (S, M, H, K, P) where it answers with a distribution.
        """
        ...

    def with_intervals(
        self, tables: Mapping[str, pd.DataFrame], nominal: Sequence[float]
    ) -> dict[str, pd.DataFrame]:
        """The tables of one fold by split, those of the test with intervals of these nominal coverages."""
        ...

    def scores(self, table: pd.DataFrame) -> dict[str, Any]:
        """Scores of one model on one split: `overall`, and by `seed`, `horizon` and `series`."""
        ...

    def table_bytes(self, table: pd.DataFrame) -> bytes:
        """The forecast table as a file, whose bytes depend on the table only."""
        ...

    def read_table(self, path: Path) -> pd.DataFrame:
        """Reads a file of `table_bytes`."""
        ...

    def row_losses(self, table: pd.DataFrame, score: str) -> pd.DataFrame:
        """Each row's seed, fold, unique_id, target, cutoff, its `loss` and the `steps` that averages."""
        ...


class Learn(Protocol):
    """`learn.py`: the network of an architecture and what it minimises (the only part that needs torch)."""

    def build(self, architecture: Any, sizes: Sizes) -> Any:
        """A torch module from a batch of tensors to outputs (B, H, K).

        Its method `multiply_adds(look_back)` says what one window costs.
        """
        ...

    def loss(self, name: str, network: Any) -> Callable[[Any, Any], Any]:
        """A function of the network's outputs and batch to a scalar tensor."""
        ...

    def forecast(self, outputs: Any, network: Any) -> Any:
        """Scaled forecasts (B, H, K) from the network's outputs."""
        ...

    def quantiles(self, outputs: Any, network: Any, levels: tuple[float, ...]) -> Any:
        """Scaled quantiles (B, H, K, Q) from the network's outputs, where its head has levels."""
        ...
