"""The workflows: no finding of zizmor, actions pinned, least rights, secrets only where they are needed."""

import json
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / ".github" / "workflows"
NAMES = ("ci", "promote", "retrain")
NEEDS_STORAGE = {
    "retrain": ["Take the revised history", "Round"],
    "promote": ["Data and models of this commit", "Promote", "Verify the champion"],
    "ci": [],
}
NEEDS_THE_TOKEN = {"retrain": ["Round", "Pull request"], "promote": [], "ci": []}
RIGHTS = {
    "ci": {"contents": "read"},
    "promote": {"contents": "read", "id-token": "write"},
    "retrain": {"contents": "write", "pull-requests": "write", "id-token": "write"},
}


def workflow(name: str) -> dict[str, Any]:
    text = (FOLDER / f"{name}.yml").read_text(encoding="utf-8")
    return YAML(typ="safe").load(text)  # type: ignore[no-any-return]


def jobs(name: str) -> dict[str, dict[str, Any]]:
    return workflow(name)["jobs"]  # type: ignore[no-any-return]


def steps(name: str) -> Iterator[dict[str, Any]]:
    for job in jobs(name).values():
        yield from job["steps"]


def named(name: str, *words: str) -> list[str]:
    """Steps in whose environment a word stands."""
    return [
        step["name"]
        for step in steps(name)
        if any(word in str(value) for value in step.get("env", {}).values() for word in words)
    ]


def test_these_are_all_workflows() -> None:
    assert sorted(path.stem for path in FOLDER.iterdir()) == sorted(NAMES)


def test_zizmor_finds_nothing() -> None:
    command = [
        str(Path(sys.executable).with_name("zizmor")),
        "--offline",
        "--format",
        "json",
        str(FOLDER.parent),
    ]
    ran = subprocess.run(command, capture_output=True, text=True, check=False)
    found = [entry for entry in json.loads(ran.stdout) if not entry.get("ignored")]
    assert [(entry["ident"], entry["determinations"]) for entry in found] == []
    assert ran.returncode == 0


def test_zizmor_would_find_something(tmp_path: Path) -> None:
    text = (FOLDER / "retrain.yml").read_text(encoding="utf-8")
    bad = tmp_path / ".github" / "workflows" / "retrain.yml"
    bad.parent.mkdir(parents=True)
    bad.write_text(text.replace('"$AS_OF"', "${{ inputs.as_of }}"), encoding="utf-8")
    command = [
        str(Path(sys.executable).with_name("zizmor")),
        "--offline",
        "--min-severity",
        "medium",
        str(bad),
    ]
    ran = subprocess.run(command, capture_output=True, text=True, check=False)
    assert ran.returncode != 0
    assert "template-injection" in ran.stdout


@pytest.mark.parametrize("name", NAMES)
def test_actions_are_pinned_and_keep_no_credentials(name: str) -> None:
    text = (FOLDER / f"{name}.yml").read_text(encoding="utf-8")
    used = re.findall(r"uses: (.*)", text)
    assert used
    assert all(re.fullmatch(r"[\w/-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+", one) for one in used)
    for step in steps(name):
        if step.get("uses", "").startswith("actions/checkout@"):
            assert step["with"]["persist-credentials"] is False
        if "configure-aws" in step.get("uses", ""):
            assert step["with"]["output-env-credentials"] is False


def test_one_action_has_one_pin() -> None:
    text = "".join((FOLDER / f"{name}.yml").read_text(encoding="utf-8") for name in NAMES)
    pins = {tuple(used.split("@")) for used in re.findall(r"uses: (.*)", text)}
    by_repository = {("/".join(action.split("/")[:2]), pin) for action, pin in pins}
    assert len(by_repository) == len({repository for repository, _ in by_repository})


@pytest.mark.parametrize("name", NAMES)
def test_each_job_has_the_rights_it_needs_and_an_end(name: str) -> None:
    assert workflow(name)["permissions"] == {}
    assert "concurrency" in workflow(name)
    for job in jobs(name).values():
        assert job["permissions"] == RIGHTS[name]
        assert job["timeout-minutes"] <= 120


@pytest.mark.parametrize("name", NAMES)
def test_secrets_are_in_the_steps_that_need_them(name: str) -> None:
    text = (FOLDER / f"{name}.yml").read_text(encoding="utf-8")
    inside = sum(str(step.get("env", {})).count("secrets.") for step in steps(name))
    assert text.count("secrets.") == inside
    assert named(name, "secrets.AWS", "steps.storage") == NEEDS_STORAGE[name]
    assert named(name, "github.token") == NEEDS_THE_TOKEN[name]
    assert "secrets." not in str(workflow(name).get("env", {}))


@pytest.mark.parametrize("name", ["retrain", "promote"])
def test_a_round_is_never_cut_short_by_the_next(name: str) -> None:
    assert workflow(name)["concurrency"] == {"group": name, "cancel-in-progress": False}


@pytest.mark.parametrize("name", NAMES)
def test_a_steps_script_is_one_command(name: str) -> None:
    for step in steps(name):
        run = step.get("run", "true")
        assert "\n" not in run.strip()
        assert "${{" not in run
        assert not re.search(r"[;|]|&&", run)


def test_every_make_target_and_file_named_exists() -> None:
    listing = subprocess.run(["make", "help"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    targets = {line.split()[1] for line in listing.splitlines()} | {".venv/development", ".venv/production"}
    for name in NAMES:
        for words in (step["run"].split() for step in steps(name) if "run" in step):
            if words[0] == "make":
                assert words[1] in targets
            for word in words:
                if word.startswith(("tests/", ".ci/")):
                    assert (ROOT / word).exists(), word
