"""The way back of a round that had refitted the first champion: nothing of it stays."""

import subprocess
from pathlib import Path

import pytest

from reprocast.commands.rounds.back import begin, put_back


def git(*arguments: str) -> None:
    who = ("-c", "user.name=T", "-c", "user.email=t@example.org")
    subprocess.run(["git", *who, *arguments], check=True)


def test_a_first_refit_is_gone_with_its_pointer(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("params.yaml").write_text("a: 1\n", encoding="utf-8")
    Path(".gitignore").write_text("/refit/\n/.reprocast/\n", encoding="utf-8")
    git("init", "-q", "-b", "main")
    git("add", "-A")
    git("commit", "-q", "-m", "start")
    begin("base", "a: 2\n")
    Path("params.yaml").write_text("a: 2\n", encoding="utf-8")
    Path("refit/gru").mkdir(parents=True)
    Path("refit.dvc").write_text("outs: []\n", encoding="utf-8")
    assert put_back(outputs=False)
    assert Path("params.yaml").read_text(encoding="utf-8") == "a: 1\n"
    assert not Path("refit").exists()
    assert not Path("refit.dvc").exists()
