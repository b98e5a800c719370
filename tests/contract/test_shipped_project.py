"""What `reprocast new` writes is what this repository uses itself; `make shipped` brings it up to date."""

import re
import subprocess
from pathlib import Path

import pytest
from ruamel.yaml import YAML

from reprocast.commands.new import PLACES
from reprocast.params.reading import read
from reprocast.params.root import Params

ROOT = Path(__file__).parents[2]
PACKAGED = ROOT / "src" / "reprocast" / "project"
OWN = {"Makefile"}
"""Written for it alone."""
LOCK = "      - requirements/runtime.txt\n"


def pipeline(text: str) -> str:
    """dvc.yaml where Reprocast is installed: its version, in the lock file, stands for its code."""
    text = re.sub(r"      - (src/reprocast|data/samples)/.*\n", "", text).replace(LOCK, "")
    text = text.replace("    deps:\n", f"    deps:\n{LOCK}")
    said = "a stage's code deps are what its module imports (a test compares them)"
    assert said in text
    return text.replace(said, "the lock file stands for Reprocast's code")


def expected(name: str) -> str:
    """The content of a packaged file."""
    source = {
        "pipeline.yaml": "dvc.yaml",
        "params.yaml": "recipes/live.yaml",
        "live.yaml": "recipes/live.yaml",
        "vintages.md": "data/vintages/README.md",
        "gitignore": ".gitignore",
        "dvcignore": ".dvcignore",
        "dvc-config": ".dvc/config",
        "dvc-gitignore": ".dvc/.gitignore",
        "retrain.yml": ".github/workflows/retrain.yml",
        "promote.yml": ".github/workflows/promote.yml",
        "operations.md": "docs/operations.md",
    }.get(name, f".dvc/plots/{name}" if name in {"curves.json", "forecasts.json", "horizon.json"} else name)
    text = (ROOT / source).read_text(encoding="utf-8")
    if name == "pipeline.yaml":
        return pipeline(text)
    return text.replace("$schema=../", "$schema=") if name == "params.yaml" else text


@pytest.mark.parametrize("name", sorted(set(PLACES) - OWN))
def test_a_packaged_file_is_that_of_the_repository(name: str) -> None:
    assert (PACKAGED / name).read_text(encoding="utf-8") == expected(name), "run `make shipped`"


def test_every_stage_depends_on_the_lock_file_and_on_no_code() -> None:
    stages = YAML(typ="safe").load((PACKAGED / "pipeline.yaml").read_text(encoding="utf-8"))["stages"]
    theirs = YAML(typ="safe").load((ROOT / "dvc.yaml").read_text(encoding="utf-8"))["stages"]
    assert list(stages) == list(theirs)
    for name, stage in stages.items():
        assert stage["deps"][0] == "requirements/runtime.txt"
        assert not [path for path in stage["deps"] if path.startswith(("src/", "data/samples"))]
        assert {**stage, "deps": None} == {**theirs[name], "deps": None}


def test_dvc_sees_one_pipeline() -> None:
    """DVC collects every dvc.yaml below the project."""
    listed = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    assert [path for path in listed.splitlines() if Path(path).name == "dvc.yaml"] == ["dvc.yaml"]


def test_its_params_are_valid() -> None:
    read(PACKAGED / "params.yaml", Params)


def write() -> None:
    for name in sorted(set(PLACES) - OWN):
        (PACKAGED / name).write_text(expected(name), encoding="utf-8")


if __name__ == "__main__":
    write()
