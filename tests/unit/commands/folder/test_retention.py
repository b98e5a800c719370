"""The oldest vintages go, but none that anything refers to."""

import json
import os
import subprocess
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from reprocast.commands.folder.retention import retire
from reprocast.data.sources.answer import Answer
from reprocast.data.vintage import VINTAGES
from reprocast.data.vintages import add_turn, known, store
from reprocast.panel import from_frame
from reprocast.stages.acquire import MANIFEST


@pytest.fixture(autouse=True)
def _folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    git("init", "-q")


def git(*arguments: str) -> None:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    who = ("-c", "user.name=Test", "-c", "user.email=test@example.org")
    subprocess.run(["git", *who, *arguments], check=True, capture_output=True, env=kept)


def live(level: float, *series: str, accepted: bool = True, **options: Any) -> str:
    frames = [
        pd.DataFrame({"unique_id": name, "ds": pd.date_range("2024-01-01", periods=3), "x": level})
        for name in series or ("A",)
    ]
    asked = {"source": "yahoo", "series": sorted(series or ("A",)), "start": None, "end": "2024-01-03"}
    vintage = store(Answer(from_frame(pd.concat(frames)), asked | options))
    return add_turn(vintage, called="2024-02-01", change="revised", accepted=accepted).name


def edited(level: float) -> str:
    frame = pd.DataFrame({"unique_id": "A", "ds": pd.date_range("2024-01-01", periods=3), "x": level})
    asked = {"source": "files", "files": {"mine.csv": f"{level}"}}
    name = store(Answer(from_frame(frame), asked)).name
    os.utime(VINTAGES / name, ns=(int(level * 1e9), int(level * 1e9)))
    return name


def left() -> set[str]:
    return {vintage.name for vintage in known()}


def test_the_oldest_go_with_all_that_stands_beside_them() -> None:
    names = [live(float(n)) for n in range(5)]
    (VINTAGES / f"{names[0]}.dvc").write_text("outs: []", encoding="utf-8")
    assert sorted(retire(keep=2)) == sorted(names[:3])
    assert left() == set(names[3:])
    assert not list(VINTAGES.glob(f"{names[0]}*"))
    assert retire(keep=2) == []


def test_age_is_the_last_turn() -> None:
    names = [live(float(n)) for n in range(3)]
    assert live(0.0) == names[0]
    assert retire(keep=2) == [names[1]]


def test_each_kind_of_request_has_its_own() -> None:
    names = [live(0.0, calendar="XNYS"), live(0.0, calendar="D")]
    assert retire(keep=1) == []
    assert left() == set(names)


def test_of_files_the_oldest_go_too() -> None:
    names = [edited(float(n)) for n in range(1, 5)]
    assert sorted(retire(keep=2)) == sorted(names[:2])
    assert left() == set(names[2:])


@pytest.mark.parametrize("place", ["params", "recipe", "commit", "lock", "raw"])
def test_one_that_something_refers_to_stays(place: str) -> None:
    names = [live(float(n)) for n in range(4)]
    pin = f"data: {{source: yahoo, vintage: '{names[0][:9]}'}}\n"
    match place:
        case "params":
            Path("params.yaml").write_text(pin, encoding="utf-8")
        case "recipe":
            Path("recipes").mkdir()
            Path("recipes/march.yaml").write_text(f"data:\n  vintage: {names[0]}\n", encoding="utf-8")
            git("add", "recipes")
        case "commit":
            Path("params.yaml").write_text(pin, encoding="utf-8")
            git("add", "params.yaml")
            git("commit", "-q", "-m", "pinned")
            Path("params.yaml").write_text("data: {source: yahoo, vintage: null}\n", encoding="utf-8")
        case "lock":
            Path("dvc.lock").write_text(f'params:\n  vintage: "{names[0][:8]}"\n', encoding="utf-8")
            git("add", "dvc.lock")
        case "raw":
            MANIFEST.parent.mkdir(parents=True)
            MANIFEST.write_text(json.dumps({"vintage": names[0]}), encoding="utf-8")
    assert sorted(retire(keep=1)) == sorted(names[1:3])
    assert left() == {names[0], names[3]}


def test_the_revision_that_waits_stays_and_so_does_what_is_in_use() -> None:
    """Nobody has looked for three days, and there was another one on each."""
    good = live(1.0)
    waiting = [live(float(n), accepted=False) for n in range(2, 5)]
    assert sorted(retire(keep=1)) == sorted(waiting[:2])
    assert left() == {good, waiting[2]}


def test_the_newest_of_each_series_stays_to_be_compared_with() -> None:
    wide, *narrow = live(0.0, "A", "B"), *(live(float(n), "A") for n in range(1, 4))
    assert sorted(retire(keep=1)) == sorted(narrow[:2])
    assert left() == {wide, narrow[2]}
