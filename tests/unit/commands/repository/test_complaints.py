"""What git and DVC said when they failed, in one line that somebody can act on."""

import subprocess

import pytest

from reprocast.commands.repository import dvc, git
from reprocast.errors import TryAgainError


def ended(stderr: str, code: int = 1) -> "subprocess.CompletedProcess[str]":
    return subprocess.CompletedProcess([], code, "", stderr)


def test_dvcs_first_error_is_the_cause() -> None:
    said = (
        "WARNING: this and that\nERROR: failed to connect to s3 (bucket/dvc) - Could not connect\n"
        "ERROR: failed to pull data from the cloud - 3 files failed to download\n"
    )
    assert dvc.reason(ended(said)) == "failed to connect to s3 (bucket/dvc) - Could not connect"
    assert dvc.reason(ended("Traceback\nKeyError: 'x'\n")) == "KeyError: 'x'"
    assert dvc.reason(ended("\n")) == "it gave no reason"


def test_the_rule_by_which_a_push_is_refused_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    said = (
        "remote: \nremote: ========\nremote: GitLab: You are not allowed to push to protected branches.\n"
        "To https://example.org/x.git\n ! [remote rejected] main -> main (pre-receive hook declined)\n"
        "error: failed to push some refs\n"
    )
    monkeypatch.setattr(git, "_run", lambda *_: ended(said))
    with pytest.raises(TryAgainError, match=r"^git push: remote: GitLab: You are not allowed"):
        git.over_the_network("push")
