"""A baseline's fits, kept fold by fold until all are there: a killed stage goes on where it was."""

import shutil
from collections.abc import Callable
from pathlib import Path

from reprocast.deterministic import canonical_json, sha256_of_text
from reprocast.stages.arithmetic import arithmetic
from reprocast.stages.publish import STATE, new_folder

KEPT = STATE / "fitted"
"""A folder a baseline."""


class KeptFolds:
    """The fitted folds of one baseline; taken only where fitting again would give the same bits."""

    def __init__(self, name: str, fingerprint: str) -> None:
        self._all = KEPT / name
        self._own = self._all / sha256_of_text(canonical_json({"mark": fingerprint, **arithmetic()}))

    def copy_to(self, folder: Path, fold: int, fit: Callable[[Path], None]) -> None:
        """Fills `folder` with a fold's fit: the one that was kept, or a new one, which is kept first."""
        kept = self._own / str(fold)
        if not kept.exists():
            with new_folder(kept) as fresh:  # whole or not at all
                fit(fresh)
        shutil.copytree(kept, folder, dirs_exist_ok=True)

    def clear(self) -> None:
        """Forgets all of the baseline's folds, those of other fingerprints too."""
        shutil.rmtree(self._all, ignore_errors=True)
