"""PyTorch's process-wide settings that decide the last bits of a result."""

import torch
from torch.utils import deterministic


def fix_arithmetic(threads: int) -> None:
    """Deterministic algorithms only, and a fixed number of threads: sums are taken in one order.

    Memory that an operation is about to fill anyway is not filled with NaN first, as PyTorch then would.
    """
    torch.use_deterministic_algorithms(True)
    deterministic.fill_uninitialized_memory = False  # type: ignore[attr-defined]
    if torch.get_num_threads() != threads:
        torch.set_num_threads(threads)
