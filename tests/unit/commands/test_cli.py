"""The command line: documented exit codes, one line an error, nothing lost."""

import subprocess
import sys
from pathlib import Path

import pytest

from reprocast import __version__

ROOT = Path(__file__).parents[3]


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / "params.yaml").write_bytes((ROOT / "params.yaml").read_bytes())
    (tmp_path / "recipes").mkdir()
    (tmp_path / "recipes" / "quick.yaml").write_bytes((ROOT / "recipes" / "quick.yaml").read_bytes())
    return tmp_path


def reprocast(project: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [str(Path(sys.executable).parent / "reprocast"), *arguments]
    return subprocess.run(command, cwd=project, capture_output=True, text=True, check=False)


def test_version_and_help(project: Path) -> None:
    assert reprocast(project, "--version").stdout == f"reprocast {__version__}\n"
    listing = reprocast(project, "--help").stdout
    assert all(
        name in listing for name in ("repro", "params", "init", "acquire", "tune", "sync", "report", "ui")
    )


def test_python_runs_it_as_a_module(project: Path) -> None:
    command = [sys.executable, "-m", "reprocast", "params", "nowhere.yaml"]
    run = subprocess.run(command, cwd=project, capture_output=True, text=True, check=False)
    assert run.returncode == reprocast(project, "params", "nowhere.yaml").returncode == 66
    assert run.stderr == reprocast(project, "params", "nowhere.yaml").stderr


@pytest.mark.parametrize("arguments", [["repo"], ["repro", "--fast"], ["params", "a", "b"], ["init"]])
def test_a_wrong_command_line_is_64(project: Path, arguments: list[str]) -> None:
    run = reprocast(project, *arguments)
    assert run.returncode == 64
    assert run.stderr.startswith("reprocast: ")
    assert run.stderr.count("\n") == 1


def test_params_prints_what_it_checked(project: Path) -> None:
    run = reprocast(project, "params")
    assert run.returncode == 0
    assert "batch_size: 256" in run.stdout
    (project / "params.yaml").write_text("seeds: [1\n", encoding="utf-8")
    run = reprocast(project, "params")
    assert run.returncode == 78
    assert run.stderr.startswith("reprocast: params.yaml:")


def test_repro_refuses_wrong_params_before_it_touches_anything(project: Path) -> None:
    text = (project / "params.yaml").read_text(encoding="utf-8").replace("batch_size: 256", "batch_size: 0")
    (project / "params.yaml").write_text(text, encoding="utf-8")
    before = sorted(project.rglob("*"))
    run = reprocast(project, "repro")
    assert run.returncode == 78
    assert run.stderr.endswith(" train.batch_size: 0 is not a whole number ≥ 1\n")
    assert sorted(project.rglob("*")) == before


def test_repro_elsewhere_is_refused(project: Path) -> None:
    run = reprocast(project, "repro")
    assert run.returncode == 66
    assert "is no project" in run.stderr
    (project / "dvc.yaml").touch()
    (project / ".dvc").mkdir()
    run = reprocast(project, "repro")
    assert run.returncode == 66
    assert "`git init` it" in run.stderr


def test_without_a_command_the_commands_are_listed(project: Path) -> None:
    run = reprocast(project)
    assert run.returncode == 0
    assert "acquire" in run.stdout


def test_an_unknown_recipe_is_named_and_the_known_ones_listed(project: Path) -> None:
    run = reprocast(project, "repro", "--recipe", "slow")
    assert run.returncode == 66
    assert "recipes/slow.yaml: no such recipe; there are: quick" in run.stderr
