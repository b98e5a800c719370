"""The stage window in a project of its own."""

import json
from pathlib import Path

import numpy as np
import pytest
from property.panels import day, prices

from reprocast.data.window_files import read_windows, windows_sha256
from reprocast.deterministic import sha256_of_file
from reprocast.errors import NoInputError, ParamsError
from reprocast.panel import Panel, write_panel
from reprocast.stages.window import main

PARAMS = """
task: forecast
data: {source: files, path: load.csv, end: "2022-05-01", season: 7, calendar: D}
columns: {target: [log_volatility], past: [log_return, log_volume], future: [day_of_week]}
window: {look_back: 5, horizon: 2, embargo: 2}
split: {test: 20, validation: 15}
"""


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Two series of 100 and 80 days up to the same day, validated."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "params.yaml").write_text(PARAMS, encoding="utf-8")
    (tmp_path / "data" / "validated").mkdir(parents=True)
    days = np.array([day(n) for n in [*range(100), *range(20, 100)]])
    panel = Panel(("a", "b"), np.array([0, 100, 180]), days, prices(np.random.default_rng(1), 180))
    write_panel(panel, tmp_path / "data" / "validated" / "panel.parquet")
    return tmp_path


def test_it_writes_windows_and_a_manifest(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    main()
    folder = project / "data" / "windows"
    windows = read_windows(folder)
    assert windows.values.shape == (180, 5)
    # days 80–99 hold 19 target spans, days 63–77 14; training ends on day 60, so that rows 1–60 of a hold
    # 54 windows of 7, and rows 1–40 of b 34
    assert "windows: 88 train, 28 validation, 38 test; 5 channels of 2 series" in capsys.readouterr().out
    manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    assert manifest["folds"]["0"]["test"] == {
        "first": str(day(80).astype("datetime64[D]")),
        "last": str(day(99).astype("datetime64[D]")),
        "windows": {"a": 19, "b": 19},
        "left_out": {"a": 0, "b": 0},
        "purged": {"a": 1, "b": 1},  # its target span begins on day 79, in the embargo
    }
    assert manifest["folds"]["0"]["train"]["left_out"] == {"a": 1, "b": 1}
    assert (manifest["season"], manifest["calendar"], manifest["embargo"]) == (7, "D", 2)
    assert (manifest["scaling"], manifest["missing"], manifest["skipped"]) == ("standard", "refuse", {})


def test_rolling_folds_share_the_values(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    main()
    (project / "params.yaml").write_text(PARAMS.replace("test: 20", "folds: 2, test: 20"), encoding="utf-8")
    before = read_windows(project / "data" / "windows")
    main()
    assert "38 test in the last of 2 folds; 5 channels" in capsys.readouterr().out
    windows = read_windows(project / "data" / "windows")
    assert sorted(windows.folds) == [0, 1]
    assert windows.folds[0].bounds["test"] == (day(60), day(79))
    for split, starts in before.folds[0].starts.items():
        assert np.array_equal(windows.folds[1].starts[split], starts)
    assert np.array_equal(windows.values, before.values, equal_nan=True)
    assert not np.array_equal(windows.folds[0].loc, windows.folds[1].loc)


def test_short_series_are_skipped_by_name(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    days = np.array([day(n) for n in [*range(100), *range(95, 100), *range(90, 100)]])
    panel = Panel(("a", "b", "c"), np.array([0, 100, 105, 115]), days, prices(np.random.default_rng(1), 115))
    write_panel(panel, project / "data" / "validated" / "panel.parquet")
    main()
    windows = read_windows(project / "data" / "windows")
    assert windows.ids == ("a",)
    assert windows.skipped == {
        "b": "its 5 rows hold no window of 5 + 2 steps in any split",
        "c": "has no row in the training span",
    }
    said = capsys.readouterr().out
    assert all(f"skipped: {name}: {why}" in said for name, why in windows.skipped.items())


def test_only_the_first_of_many_skipped_series_are_printed(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    days = np.array([day(n) for n in [*range(100), *(12 * [99])]])
    offsets = np.array([0, *range(100, 113)])
    panel = Panel(tuple("abcdefghijklm"), offsets, days, prices(np.random.default_rng(1), 112))
    write_panel(panel, project / "data" / "validated" / "panel.parquet")
    main()
    said = capsys.readouterr().out
    assert said.count("skipped: ") == 11
    assert "skipped: 2 more, see data/windows/manifest.json" in said


def test_the_manifest_vouches_for_every_other_file(project: Path) -> None:
    main()
    folder = project / "data" / "windows"
    hashes = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))["sha256"]
    files = {p.relative_to(folder).as_posix(): p for p in folder.rglob("*") if p.is_file()}
    assert hashes == {name: sha256_of_file(p) for name, p in files.items() if name != "manifest.json"}


def test_the_same_input_gives_the_same_bytes(project: Path) -> None:
    main()
    first = windows_sha256(project / "data" / "windows")
    main()
    assert windows_sha256(project / "data" / "windows") == first


def test_other_blocks_and_keys_do_not_matter(project: Path) -> None:
    main()
    first = windows_sha256(project / "data" / "windows")
    text = PARAMS.replace("source: files", "source: 17, vintage: []") + "train: nonsense\n"
    (project / "params.yaml").write_text(text, encoding="utf-8")
    main()
    assert windows_sha256(project / "data" / "windows") == first


def test_what_was_there_stays_when_the_stage_fails(project: Path) -> None:
    main()
    first = windows_sha256(project / "data" / "windows")
    (project / "params.yaml").write_text(PARAMS.replace("log_return", "log_retrun"), encoding="utf-8")
    with pytest.raises(ParamsError, match=r"columns\.past: 'log_retrun' is not there"):
        main()
    assert windows_sha256(project / "data" / "windows") == first


def test_without_a_panel(project: Path) -> None:
    (project / "data" / "validated" / "panel.parquet").unlink()
    with pytest.raises(NoInputError, match=r"panel\.parquet: no such file"):
        main()


def test_a_wrong_key_is_named_with_its_line(project: Path) -> None:
    (project / "params.yaml").write_text(PARAMS.replace("season: 7", "season: 0"), encoding="utf-8")
    with pytest.raises(ParamsError, match=r"params\.yaml:3 data\.season: 0 is not a whole number ≥ 1"):
        main()
