"""`reprocast audit` in a project: what it prints and writes, and what it leaves alone."""

import shutil
from pathlib import Path

import numpy as np
import pytest
from faults.scene import Scene

from reprocast.audit.checks import CHECKS
from reprocast.stages import pull, window


@pytest.fixture
def scene(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Scene:
    """A folder with params.yaml, a file with two loads over 90 days, and its vintage."""
    monkeypatch.chdir(tmp_path)
    made = Scene(monkeypatch)
    made.params(columns="{target: [load], past: [diff(load)], future: [day_of_week]}")
    rng, days = np.random.default_rng(0), np.datetime64("2024-10-03") + np.arange(90)
    lines = [f"{name},{day},{rng.normal(5, 1)}" for name in "ab" for day in days]
    made.write("mine.csv", "\n".join(["unique_id,ds,load", *lines]) + "\n")
    assert made.command("acquire").code == 0
    return made


def test_it_prints_a_line_a_check_and_touches_nothing_but_its_report(scene: Scene) -> None:
    played = scene.command("audit", "--instants", "5", "--seed", "2")
    assert played.code == 0, played.said
    lines = played.printed.splitlines()
    for check in CHECKS:
        assert sum(line[5:].startswith(f"{check.name} ") for line in lines) == 1
    assert "LEAK" not in played.printed
    assert "Nothing looks ahead" in lines[-3]
    assert not played.lost
    assert played.made == {"reports/audit.md"}


def test_the_same_numbers_give_the_same_audit(scene: Scene) -> None:
    first = scene.command("audit", "--instants", "5").printed
    kept = Path("reports/audit.md").read_bytes()
    assert scene.command("audit", "--instants", "5").printed == first
    assert Path("reports/audit.md").read_bytes() == kept
    scene.command("audit", "--instants", "5", "--seed", "7")
    assert Path("reports/audit.md").read_bytes() != kept


def test_it_says_whether_the_outputs_come_from_what_was_audited(scene: Scene) -> None:
    pull.main()
    shutil.copytree("data/raw", "data/validated")
    window.main()
    said = scene.command("audit", "--instants", "2").printed
    assert "data/windows holds the windows that were audited" in said
    scene.params(columns="{target: [load]}")
    assert "run `reprocast repro`" in scene.command("audit", "--instants", "2").printed
