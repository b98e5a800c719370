"""The folder data/windows: values, times, statics, starts and scalers by fold, and a manifest with hashes."""

import json
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from reprocast.data.starts import Starts
from reprocast.data.windows import Channels, Fold, Windows
from reprocast.deterministic import canonical_json, sha256_of_file
from reprocast.errors import DataError, NoInputError
from reprocast.panel import time_text

MANIFEST = "manifest.json"
SCALERS = ("loc", "scale", "score_loc", "score_scale")
COUNTS = ("left_out", "purged")
SAID = (
    "look_back",
    "horizon",
    "embargo",
    "refit",
    "season",
    "calendar",
    "scaling",
    "missing",
    "fill_steps",
)
"""What the manifest says in the words of `Windows`."""
REMEDY = "run `dvc checkout --force` or `reprocast repro`"


def write_windows(folder: Path, windows: Windows) -> None:
    """Fills an empty folder; the bytes depend on the windows only."""
    arrays = {"values.npy": windows.values, "ds.npy": windows.ds, "static.npy": windows.static}
    for number, fold in windows.folds.items():
        arrays |= {f"starts/{number}/{split}.npy": starts.runs for split, starts in fold.starts.items()}
        arrays |= {f"scalers/{number}/{name}.npy": getattr(fold, name) for name in SCALERS}
    for name, array in arrays.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        np.save(folder / name, np.ascontiguousarray(array), allow_pickle=False)
    files = {name: sha256_of_file(folder / name) for name in arrays}
    text = canonical_json(_manifest(windows) | {"sha256": files})
    (folder / MANIFEST).write_text(text, encoding="utf-8")


def _manifest(windows: Windows) -> dict[str, Any]:
    return {
        "schema_version": 1,
        "features": asdict(windows.features),
        "channels": asdict(windows.channels),
        **{key: getattr(windows, key) for key in SAID},
        "skipped": windows.skipped,
        "ids": windows.ids,
        "offsets": windows.offsets.tolist(),
        "folds": {str(number): _fold_entry(windows, fold) for number, fold in windows.folds.items()},
    }


def _fold_entry(windows: Windows, fold: Fold) -> dict[str, Any]:
    """Per split: first and last time that may be forecast, windows, those left out and purged, by series."""
    return {
        split: {
            "first": time_text(fold.bounds[split][0]),
            "last": time_text(fold.bounds[split][1]),
            "windows": _by_series(windows, starts.by_series(windows.offsets)),
            **{key: _by_series(windows, getattr(fold, key)[split]) for key in COUNTS},
        }
        for split, starts in fold.starts.items()
    }


def _by_series(windows: Windows, counts: NDArray[np.int64]) -> dict[str, int]:
    return dict(zip(windows.ids, counts.tolist(), strict=True))


def windows_sha256(folder: Path) -> str:
    """Hash of the manifest, which holds the hashes of all files beside it.

    Raises:
        NoInputError: no windows there.
    """
    _refuse_missing(folder, MANIFEST)
    return sha256_of_file(folder / MANIFEST)


def read_windows(folder: Path) -> Windows:
    """The windows that `write_windows` wrote; the values stay on disk, mapped read-only.

    Raises:
        NoInputError: the folder or a file of it is missing.
        DataError: a file is not the one that was written.
    """
    _refuse_missing(folder, MANIFEST)
    manifest = _read_manifest(folder / MANIFEST)
    for name, sha256 in manifest["sha256"].items():
        _refuse_missing(folder, name)
        if sha256_of_file(folder / name) != sha256:
            raise DataError(f"{folder / name}: is not what the window stage wrote; {REMEDY}")
    windows = _windows(folder, manifest)
    _refuse_shapes(folder, windows)
    return windows


def _read_manifest(path: Path) -> dict[str, Any]:
    try:
        manifest: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    except ValueError:
        raise DataError(f"{path}: is not JSON; {REMEDY}") from None
    return manifest


def _windows(folder: Path, manifest: dict[str, Any]) -> Windows:
    ds = np.load(folder / "ds.npy", mmap_mode="r")
    return Windows(
        values=np.load(folder / "values.npy", mmap_mode="r"),
        ds=ds,
        ids=tuple(manifest["ids"]),
        offsets=np.asarray(manifest["offsets"], np.int64),
        channels=_channels(manifest["channels"]),
        features=_channels(manifest["features"]),
        folds={
            int(n): _fold(folder, n, entry, manifest["ids"], ds.dtype)
            for n, entry in manifest["folds"].items()
        },
        static=np.load(folder / "static.npy"),
        skipped=manifest["skipped"],
        **{key: manifest[key] for key in SAID},
    )


def _channels(entry: dict[str, list[str]]) -> Channels:
    return Channels(**{role: tuple(names) for role, names in entry.items()})


def _fold(folder: Path, number: str, entry: dict[str, Any], ids: list[str], times: np.dtype[Any]) -> Fold:
    scalers = {name: np.load(folder / "scalers" / number / f"{name}.npy") for name in SCALERS}
    starts = {split: Starts.of_runs(np.load(folder / "starts" / number / f"{split}.npy")) for split in entry}
    bounds = {
        split: tuple(np.asarray([said["first"], said["last"]]).astype(times)) for split, said in entry.items()
    }
    left_out, purged = (
        {split: np.asarray([said[key][name] for name in ids], np.int64) for split, said in entry.items()}
        for key in COUNTS
    )
    return Fold(**scalers, starts=starts, bounds=bounds, left_out=left_out, purged=purged)


def _refuse_missing(folder: Path, name: str) -> None:
    if not (folder / name).is_file():
        raise NoInputError(f"{folder / name}: no such file; {REMEDY}")


def _refuse_shapes(folder: Path, windows: Windows) -> None:
    """Raises when an array does not have the shape that the others ask for."""
    for name, found, expected in _shapes(windows):
        if found != expected:
            raise DataError(f"{folder}: {name} has shape {found}, not {expected}; {REMEDY}")


def _shapes(windows: Windows) -> Iterator[tuple[str, tuple[int, ...], tuple[int, ...]]]:
    T, N, C = int(windows.offsets[-1]), len(windows.ids), len(windows.channels.names)
    yield "offsets", windows.offsets.shape, (N + 1,)
    yield "values", windows.values.shape, (T, C)
    yield "ds", windows.ds.shape, (T,)
    yield "static", windows.static.shape, (N, len(windows.channels.static))
    for number, fold in windows.folds.items():
        for name in SCALERS:
            channels = C if name in ("loc", "scale") else len(windows.channels.target)
            yield f"{name} of fold {number}", getattr(fold, name).shape, (N, channels)
