"""`reprocast pull-request`: opens the pull request of the last round's proposal, or brings it up to date."""

import json
import os
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass

from reprocast.commands.rounds.pull_request_text import body, title
from reprocast.commands.rounds.status import STATUS, last
from reprocast.commands.rounds.words import SUMMARY
from reprocast.errors import NoInputError, UnavailableError
from reprocast.params.operations import read_operations
from reprocast.stages.publish import STATE, write_file

BODY = STATE / "pull_request.md"


@dataclass(frozen=True)
class Forge:
    """How a forge's own program is asked; each word may hold {branch}, {base}, {title}, {file} or {text}."""

    program: str
    find: tuple[str, ...]
    """Prints the open requests of a branch as JSON."""
    create: tuple[str, ...]
    update: tuple[str, ...]


GITHUB = Forge(
    "gh",
    ("pr", "list", "--head", "{branch}", "--state", "open", "--json", "number"),
    ("pr", "create", "--head", "{branch}", "--base", "{base}", "--title", "{title}", "--body-file", "{file}"),
    ("pr", "edit", "{branch}", "--title", "{title}", "--body-file", "{file}"),
)
GITLAB = Forge(
    "glab",
    ("mr", "list", "--source-branch", "{branch}", "--output", "json"),
    (
        *("mr", "create", "--source-branch", "{branch}", "--target-branch", "{base}", "--title", "{title}"),
        *("--description", "{text}", "--yes"),
    ),
    ("mr", "update", "{branch}", "--title", "{title}", "--description", "{text}", "--yes"),
)


def pull_request() -> str:
    """Says what was done; nothing where the last round has proposed nothing.

    Raises:
        NoInputError: there was no round here.
        UnavailableError: the forge's program is missing, or refuses.
    """
    status = last()
    if status is None:
        raise NoInputError(f"{STATUS}: is not there; `reprocast retrain --propose` comes first")
    if status.get("outcome") != "proposed":
        return f"no pull request: the last round's outcome is {status.get('outcome')}"
    text = body(SUMMARY.read_text(encoding="utf-8"), lambda path: _output(path, status["commit"]))
    write_file(BODY, text)
    words = {"branch": status["proposal"], "base": read_operations().retrain.branch, "title": title(status)}
    return _asked(forge(os.environ), {**words, "file": BODY.as_posix(), "text": text})


def forge(environment: Mapping[str, str]) -> Forge:
    """GitLab in its own CI, GitHub everywhere else."""
    return GITLAB if environment.get("GITLAB_CI") else GITHUB


def _output(path: str, commit: str) -> str | None:
    """An output as a commit has it: the folder itself is back at the branch."""
    from dvc import api  # late: half a second
    from dvc.exceptions import DvcException

    try:
        return str(api.read(path, rev=commit))
    except (DvcException, OSError):
        return None


def _asked(where: Forge, words: Mapping[str, str]) -> str:
    is_open = bool(json.loads(_run(where, where.find, words) or "[]"))
    said = _run(where, where.update if is_open else where.create, words).split()
    done = "brought up to date" if is_open else "opened"
    return f"pull request of {words['branch']} {done}" + (f": {said[-1]}" if said else "")


def _run(where: Forge, arguments: tuple[str, ...], words: Mapping[str, str]) -> str:
    command = [where.program, *(argument.format_map(words) for argument in arguments)]
    try:
        ran = subprocess.run(command, capture_output=True, text=True, check=False)
    except FileNotFoundError as error:
        raise UnavailableError(f"{where.program}: opens pull requests, and is not installed") from error
    if ran.returncode:
        reason = (ran.stderr.strip().splitlines() or ["it gave no reason"])[-1]
        raise UnavailableError(
            f"{where.program} {' '.join(arguments[:2])}: {reason}; the branch {words['branch']} is pushed, "
            "`reprocast pull-request` tries again"
        )
    return ran.stdout
