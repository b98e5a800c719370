"""Rows of several files as one: the same columns everywhere, series by name."""

from collections.abc import Sequence

import numpy as np

from reprocast.data.sources.long_form import Rows
from reprocast.errors import DataError
from reprocast.panel import Coded


def joined(rows: Sequence[Rows], files: Sequence[str]) -> Rows:
    """One after the other.

    Raises:
        DataError: a file has other columns than the first.
    """
    if len(rows) == 1:
        return rows[0]
    for part, file in zip(rows, files, strict=True):
        other = (set(part.columns) ^ set(rows[0].columns)) | (set(part.texts) ^ set(rows[0].texts))
        if other:
            raise DataError(f"{file}: columns differ from those of {files[0]}: {', '.join(sorted(other))}")
    left_out = {name: reason for part in rows for name, reason in part.left_out.items()}
    return Rows(
        _concatenated([part.ids for part in rows]),
        np.concatenate([part.ds for part in rows]),
        {name: np.concatenate([part.columns[name] for part in rows]) for name in rows[0].columns},
        {name: _concatenated([part.texts[name] for part in rows]) for name in rows[0].texts},
        left_out,
    )


def _concatenated(texts: Sequence[Coded]) -> Coded:
    words, same = np.unique(np.concatenate([text.words for text in texts]), return_inverse=True)
    shifts = np.cumsum([0, *(len(text.words) for text in texts)])
    codes = [
        same[shift : shift + len(text.words)][text.codes] for text, shift in zip(texts, shifts, strict=False)
    ]
    return Coded(np.concatenate(codes).astype(np.int32), words)
