"""docs/operations.md: its commands exist, its files are well formed, its tables are complete."""

import configparser
import json
import re
import subprocess
from pathlib import Path

import pytest
from ruamel.yaml import YAML
from typer.main import get_command

from reprocast import errors
from reprocast.cli import app

ROOT = Path(__file__).parents[2]
TEXT = (ROOT / "docs" / "operations.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"```(\w+)\n(.*?)```", TEXT, re.DOTALL)


def blocks(language: str) -> list[str]:
    return [text for name, text in BLOCKS if name == language]


def commands() -> list[list[str]]:
    """Words of every `reprocast …` in the text."""
    named = re.findall(r"`reprocast ([a-z][^`]*)`", TEXT)
    inside = [
        words
        for _, text in BLOCKS
        for words in re.findall(r"bin/reprocast ([^\n]*)|^reprocast (.*)$", text, re.M)
    ]
    return [words.split() for words in [*named, *("".join(pair) for pair in inside)]]


def test_every_command_and_option_exists() -> None:
    known = get_command(app).commands  # type: ignore[attr-defined]  # an app of several commands is a group
    assert len(commands()) > 15
    for name, *words in commands():
        assert name in known, name
        options = {text for one in known[name].params for text in (*one.opts, *one.secondary_opts)}
        assert {word for word in words if word.startswith("--")} <= options, (name, words)


def test_workflows_named_have_the_inputs_named() -> None:
    for name, rest in re.findall(r"gh workflow run (\w+)\.yml([^`\n]*)", TEXT):
        path = ROOT / ".github" / "workflows" / f"{name}.yml"
        dispatch = YAML(typ="safe").load(path.read_text(encoding="utf-8"))["on"]["workflow_dispatch"]
        for key in re.findall(r"-f (\w+)=", rest):
            assert key in dispatch["inputs"]


def test_every_secret_and_variable_of_the_workflows_is_explained() -> None:
    for name in ("retrain", "promote"):
        text = (ROOT / ".github" / "workflows" / f"{name}.yml").read_text(encoding="utf-8")
        for key in re.findall(r"(?:secrets|vars)\.(\w+)", text):
            assert key in TEXT


def test_every_exit_code_is_in_the_table_for_the_night() -> None:
    table = TEXT.split("## It pages at night")[1].split("\n**")[0]
    named = {
        int(code) for row in re.findall(r"^\| ([\d, ]+)", table, re.M) for code in re.findall(r"\d+", row)
    }
    raised = {error.exit_code for error in errors.ReprocastError.__subclasses__()} - {64}
    assert raised | {130, 143} <= named


def test_the_schedules_are_those_of_the_workflow() -> None:
    path = ROOT / ".github" / "workflows" / "retrain.yml"
    crons = [one["cron"] for one in YAML(typ="safe").load(path.read_text(encoding="utf-8"))["on"]["schedule"]]
    (table,) = blocks("cron")
    lines = [line.split("cd ")[0].split() for line in table.splitlines() if line and line[0] != "#"]
    assert lines == [cron.split() for cron in crons]
    for cron in crons:
        minute, hour, *_ = cron.split()
        assert f"{int(hour):02}:{int(minute):02} UTC" in TEXT


def test_its_files_are_well_formed() -> None:
    for text in blocks("json"):
        json.loads(text)
    (gitlab,) = [YAML(typ="safe").load(text) for text in blocks("yaml")]
    assert gitlab["retrain"]["script"][-1].endswith("reprocast retrain --propose")
    assert {job for job in gitlab if "script" in gitlab[job]} == {"retrain", "promote"}
    for text in blocks("ini"):
        configparser.ConfigParser(strict=False).read_string(text)


@pytest.mark.parametrize("language", ["sh", "cron"])
def test_shell_is_shell(language: str) -> None:
    for text in blocks(language):
        lines = [line.split("* ", 3)[-1] if language == "cron" else line for line in text.splitlines()]
        script = "\n".join(re.sub(r"^.*?(?=cd /srv)", "", line) for line in lines)
        subprocess.run(["bash", "-n"], input=script, text=True, check=True)
