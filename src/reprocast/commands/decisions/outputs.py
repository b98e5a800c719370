"""What a round is decided on: the outputs of the last run, which all must belong together."""

import json
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from reprocast.commands.repository.origin import LOCK, commit_of, lock_sha256
from reprocast.data.window_files import read_windows, windows_sha256
from reprocast.deterministic import sha256_of_file
from reprocast.errors import DataError, NoInputError, ReprocastError, UsageError
from reprocast.evaluation.selection import best_on_validation
from reprocast.model import deployed_fold
from reprocast.panel import Panel, read_panel
from reprocast.params.reading import read
from reprocast.params.root import Params
from reprocast.registry.artifact import artifact_sha256
from reprocast.registry.hashes import hashes_below
from reprocast.registry.ledger import Round
from reprocast.registry.ledger_entry import Candidate
from reprocast.registry.locked import Lock, folder_md5, read_lock
from reprocast.tasks.forecast.replayed import Units
from reprocast.tasks.loading import read_description

PANEL, WINDOWS, RAW = (
    Path("data/validated/panel.parquet"),
    Path("data/windows"),
    Path("data/raw/manifest.json"),
)


@dataclass(frozen=True)
class Outputs:
    """The outputs of the project at `root`."""

    root: Path

    @cached_property
    def params(self) -> Params:
        """params.yaml."""
        return read(self.root / "params.yaml", Params)

    @cached_property
    def raw(self) -> dict[str, Any]:
        """The manifest of data/raw."""
        return self._json(RAW)

    @cached_property
    def round(self) -> Round:
        """As-of date, hashes of dvc.lock and of the validated panel."""
        return Round((self.raw["end"], lock_sha256(self.root), sha256_of_file(self._file(PANEL))))

    def panel(self) -> Panel:
        """The validated panel.

        Raises:
            DataError: it is not the one of dvc.lock.
        """
        if fault := self._other_files((self.root / PANEL).parent):
            raise DataError(fault)
        return read_panel(self._file(PANEL))

    def units(self) -> Units:
        """The scale of the scores: what the deployed fold's training has shown of each series' targets."""
        windows = read_windows(self.root / WINDOWS)
        fold = windows.folds[deployed_fold(windows)]
        return Units(windows.ids, windows.channels.target, fold.score_loc, fold.score_scale)

    def best(self, kind: str) -> str | None:
        """The network or baseline with the best validation score; None if there is none."""
        names = self.params.architectures if kind == "network" else self.params.baselines
        scores = {name: self.scores(name) for name in names}
        return best_on_validation(scores, names, self.params.compare.score) if scores else None

    def named(self, name: str) -> str:
        """A name that a person gave.

        Raises:
            UsageError: params.yaml has no such model.
        """
        known = [*self.params.architectures, *self.params.baselines]
        if name not in known:
            raise UsageError(f"--model {name}: params.yaml has no such model; it has {', '.join(known)}")
        return name

    def scores(self, name: str) -> dict[str, Any]:
        """results/scores/NAME.json."""
        return self._json(Path("results/scores") / f"{name}.json")

    def folder(self, name: str) -> Path:
        """models/NAME."""
        return self.root / "models" / name

    def candidate(self, name: str) -> tuple[Candidate, str]:
        """A model, and what is wrong with its files; empty if nothing is.

        Raises:
            DataError: its scores or windows are those of another run.
        """
        scores, folder = self.scores(name), self.folder(name)
        sha256, end, fault = "", None, ""
        try:
            said = read_description(folder)
        except ReprocastError as error:
            fault = str(error)
        else:
            end, fault = said.validation_end, self._other_files(folder)
            sha256 = "" if fault else artifact_sha256(folder)
            if (said.fingerprint, said.windows_sha256) != (scores["fingerprint"], self._windows):
                raise DataError(
                    f"models/{name}: is not what its scores were computed from; run `reprocast repro`"
                )
        return Candidate(
            fingerprint=scores["fingerprint"],
            model=name,
            kind=scores["kind"],
            artifact_sha256=sha256,
            validation_end=end,
            parameters=scores["cost"]["parameters"],
            multiply_adds=scores["cost"]["multiply_adds"],
            origin=commit_of(self.root, self.round[1]),
        ), fault

    def _other_files(self, folder: Path) -> str:
        """What to say of files that are not those that dvc.lock names for a folder; empty if they are."""
        name = folder.relative_to(self.root).as_posix()
        locked = self._lock.output(name)
        found = folder_md5({path: hashes.md5 for path, hashes in hashes_below(folder).items()})
        if locked in (None, found):
            return ""
        return f"{name}: its files are not those of {LOCK}; `dvc checkout {name}` brings them back"

    @cached_property
    def _lock(self) -> Lock:
        path = self.root / LOCK
        return read_lock(path.read_text(encoding="utf-8")) if path.is_file() else Lock({})

    @cached_property
    def _windows(self) -> str:
        return windows_sha256(self.root / WINDOWS)

    def _json(self, path: Path) -> dict[str, Any]:
        value: dict[str, Any] = json.loads(self._file(path).read_text(encoding="utf-8"))
        return value

    def _file(self, path: Path) -> Path:
        if not (self.root / path).is_file():
            raise NoInputError(f"{path}: no such file; run `reprocast repro`, or `dvc checkout` with {LOCK}")
        return self.root / path
