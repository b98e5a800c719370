from dataclasses import fields
from pathlib import Path

import numpy as np
import pytest
from property.panels import COLUMNS, FIRST_DAY, prices

from reprocast.data.window_files import read_windows, windows_sha256, write_windows
from reprocast.data.windows import Windows
from reprocast.errors import DataError, NoInputError
from reprocast.panel import Panel
from reprocast.params.columns import Columns
from reprocast.params.window import Split, Window
from reprocast.tasks.forecast.cut import cut


def cut_from(ds: np.ndarray, columns: Columns = COLUMNS, calendar: str = "D") -> Windows:
    panel = Panel(("a", "b"), np.array([0, 60, 110]), ds, prices(np.random.default_rng(0), 110))
    window = Window(look_back=5, horizon=2, embargo=1, missing="leave_out")
    return cut(panel, columns, window, Split(test=10, validation=10, folds=2), 5, calendar)


STEPS = np.concatenate([np.arange(60), np.arange(10, 60)])


@pytest.fixture
def windows() -> Windows:
    return cut_from(FIRST_DAY + STEPS * np.timedelta64(1, "D"))


@pytest.fixture
def folder(windows: Windows, tmp_path: Path) -> Path:
    write_windows(tmp_path, windows)
    return tmp_path


def same(one: object, other: object) -> bool:
    """Equality through dataclasses, mappings and arrays."""
    if isinstance(one, np.ndarray) and isinstance(other, np.ndarray):
        return one.dtype == other.dtype and np.array_equal(one, other, equal_nan=one.dtype.kind == "f")
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(same(one[key], other[key]) for key in one)
    if hasattr(one, "__dataclass_fields__"):
        return all(same(getattr(one, f.name), getattr(other, f.name)) for f in fields(one))
    return bool(one == other)


def test_what_is_read_is_what_was_written(windows: Windows, folder: Path) -> None:
    assert same(windows, read_windows(folder))


def test_integer_steps_come_back_as_such(tmp_path: Path) -> None:
    windows = cut_from(STEPS, Columns(target=("load",), past=("diff(load)",)), "step")
    write_windows(tmp_path, windows)
    assert same(windows, read_windows(tmp_path))


def test_the_values_stay_on_disk_and_cannot_be_changed(folder: Path) -> None:
    values = read_windows(folder).values
    assert isinstance(values, np.memmap)
    with pytest.raises(ValueError, match="read-only"):
        values[0] = 0


def test_the_bytes_depend_on_the_windows_only(windows: Windows, folder: Path, tmp_path: Path) -> None:
    again = tmp_path / "again"
    again.mkdir()
    write_windows(again, windows)
    assert windows_sha256(again) == windows_sha256(folder)


def test_the_hash_follows_a_single_value(windows: Windows, folder: Path, tmp_path: Path) -> None:
    again = tmp_path / "again"
    again.mkdir()
    values = windows.values.copy()
    values[-1, 0] = np.nextafter(values[-1, 0], np.inf)
    write_windows(again, Windows(**{**vars(windows), "values": values}))
    assert windows_sha256(again) != windows_sha256(folder)


@pytest.mark.parametrize("name", ["values.npy", "starts/0/train.npy", "scalers/1/loc.npy", "manifest.json"])
def test_a_missing_file_is_named(folder: Path, name: str) -> None:
    (folder / name).unlink()
    with pytest.raises(NoInputError, match=f"{name}: no such file; run"):
        read_windows(folder)


@pytest.mark.parametrize("name", ["values.npy", "ds.npy", "starts/1/test.npy", "scalers/0/scale.npy"])
def test_a_damaged_file_is_named(folder: Path, name: str) -> None:
    content = bytearray((folder / name).read_bytes())
    content[-1] ^= 1
    (folder / name).write_bytes(content)
    with pytest.raises(DataError, match=f"{name}: is not what the window stage wrote; run"):
        read_windows(folder)


def test_a_truncated_manifest_is_named(folder: Path) -> None:
    path = folder / "manifest.json"
    path.write_text(path.read_text(encoding="utf-8")[:100], encoding="utf-8")
    with pytest.raises(DataError, match=r"manifest\.json: is not JSON"):
        read_windows(folder)


def test_arrays_of_the_wrong_shape_are_refused(windows: Windows, tmp_path: Path) -> None:
    write_windows(tmp_path, Windows(**{**vars(windows), "values": windows.values[:, 1:]}))
    with pytest.raises(DataError, match=r"values has shape \(110, 9\), not \(110, 10\)"):
        read_windows(tmp_path)


def test_no_windows_no_hash(tmp_path: Path) -> None:
    with pytest.raises(NoInputError, match=r"manifest\.json: no such file"):
        windows_sha256(tmp_path)
