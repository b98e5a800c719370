"""Whether the quotes of a CSV are so plain that every reader takes them alike."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

PIECE = 1 << 22
"""Bytes that are looked at together."""
QUOTE, NEWLINE, RETURN = (ord(sign) for sign in '"\n\r')


def are_plain(content: Any, separator: str) -> bool:
    """Whether each quote opens a cell at its very beginning or closes it, on one line, at its very end.

    Args:
        content: bytes, or a mapped file, in which no return stands without a newline.
        separator: what stands between cells.
    """
    if content.find(b'"') < 0:
        return True
    signs, begin = np.frombuffer(content, np.uint8), 0
    while begin < len(signs):
        end = begin + PIECE
        if end < len(signs):
            end = content.rfind(b"\n", begin, end) + 1
        if end <= begin or not _plain_lines(signs[begin:end], ord(separator)):
            return False
        begin = end
    return True


def _plain_lines(signs: NDArray[np.uint8], separator: int) -> bool:
    """The same for whole lines."""
    quotes = np.flatnonzero(signs == QUOTE)
    if len(quotes) % 2:
        return False
    opening, closing = quotes[::2], quotes[1::2]
    around = np.pad(signs, 1, constant_values=NEWLINE)
    before, after = around[opening], around[closing + 2]
    ends = np.flatnonzero(signs == NEWLINE)
    on_one_line = np.searchsorted(ends, opening) == np.searchsorted(ends, closing)
    begins = (before == separator) | (before == NEWLINE)
    stops = (after == separator) | (after == NEWLINE) | (after == RETURN)
    return bool((on_one_line & begins & stops).all())
