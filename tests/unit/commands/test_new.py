"""A repository of one's own."""

import subprocess
import tomllib
from datetime import date, timedelta
from pathlib import Path

import pytest

from reprocast import __version__
from reprocast.commands.init import init
from reprocast.commands.new import LOCK, PLACES, SCHEMA, WANTED, new
from reprocast.errors import UsageError

ROOT = Path(__file__).parents[3]


def test_it_has_all_that_a_run_needs_and_is_under_git(tmp_path: Path) -> None:
    said = new(tmp_path / "mine")
    assert "is a project now" in said
    made = {path.relative_to(tmp_path / "mine").as_posix() for path in (tmp_path / "mine").rglob("*")}
    assert {*PLACES.values(), LOCK, WANTED, SCHEMA, ".git"} <= made
    assert f"reprocast[s3]=={__version__}\n" in (tmp_path / "mine" / LOCK).read_text(encoding="utf-8")
    listed = ["git", "ls-files", "--others", "--exclude-standard"]
    seen = subprocess.run(listed, cwd=tmp_path / "mine", capture_output=True, text=True, check=True).stdout
    assert set(seen.split()) == {*PLACES.values(), LOCK, WANTED, SCHEMA}, "nothing that is needed is ignored"


def test_nothing_of_ones_own_is_overwritten(tmp_path: Path) -> None:
    (tmp_path / "Makefile").write_text("mine", encoding="utf-8")
    with pytest.raises(UsageError, match=r"Makefile: is there already"):
        new(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["Makefile"]


def test_a_folder_in_a_repository_stays_in_it(tmp_path: Path) -> None:
    subprocess.run(["git", "init", "-q", str(tmp_path)], check=True)
    new(tmp_path / "forecasts")
    assert not (tmp_path / "forecasts" / ".git").exists()


def test_init_replaces_the_params_that_came_with_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    new(tmp_path)
    monkeypatch.chdir(tmp_path)
    days = [date(2024, 1, 1) + timedelta(n) for n in range(200)]
    rows = "".join(f"a,{day},{n % 7}.5\n" for n, day in enumerate(days))
    Path("mine.csv").write_text(f"id,day,load\n{rows}", encoding="utf-8")
    assert "params.yaml written for mine.csv" in init(Path("mine.csv"), force=False)


def test_its_lock_leaves_out_what_ours_leaves_out() -> None:
    ours, theirs = (
        (ROOT / place).read_text(encoding="utf-8") for place in ("Makefile", "src/reprocast/project/Makefile")
    )
    listed = ours[ours.index("NOT_LOCKED :=") : ours.index("export")]
    assert listed in theirs
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    (override,) = project["tool"]["uv"]["override-dependencies"]
    assert override in theirs


def test_its_environment_has_the_torch_of_the_package(tmp_path: Path) -> None:
    new(tmp_path)
    wanted = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["dependencies"]
    (torch,) = (one for one in wanted if one.startswith("torch=="))
    assert torch in (tmp_path / "Makefile").read_text(encoding="utf-8")
