"""The pull request of a proposal: what it says, and how the forge is asked."""

import json
import stat
import sys
from pathlib import Path

import pytest

from reprocast.commands import pull_request as command
from reprocast.commands.pull_request import GITHUB, GITLAB, forge, pull_request
from reprocast.commands.rounds.pull_request_text import CURVES, END, HORIZON, LEADERBOARD, body, title
from reprocast.errors import NoInputError, UnavailableError

STATUS = {
    "state": "done",
    "outcome": "proposed",
    "as_of": "2024-06-10",
    "action": "promote",
    "commit": "c0ffee",
    "proposal": "reprocast/proposal",
}
OUTPUTS = {
    LEADERBOARD: "model,mae\ngru,0.1\nhar,0.2\n",
    HORIZON: "model,step,mae,rmse\ngru,1,0.1,0\ngru,2,0.2,0\nhar,1,0.3,0\nhar,2,0.4,0\nold,1,9,9\n",
    CURVES: "model,fold,seed,epoch,train_loss,validation_loss\n"
    "gru,0,1,1,0,7\ngru,1,1,1,0,0.5\ngru,1,1,2,0,0.4\ngru,1,2,1,0,8\n",
}
GH = """#!{python}
import pathlib, sys
calls = pathlib.Path("calls")
calls.write_text((calls.read_text() if calls.exists() else "") + " ".join(sys.argv[1:])[:200] + "\\n")
if "list" in sys.argv:
    print({listed!r})
elif {fails}:
    sys.exit("HTTP 403: Resource not accessible")
else:
    print("https://forge.example/pull/7")
"""


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder after a round that has proposed something."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("GITLAB_CI", raising=False)
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    monkeypatch.setattr(command, "_output", lambda path, _: OUTPUTS.get(path))
    (tmp_path / ".reprocast").mkdir()
    (tmp_path / ".reprocast/run_status.json").write_text(json.dumps(STATUS), encoding="utf-8")
    (tmp_path / ".reprocast/run_summary.md").write_text("## Retraining\n\nThe gru wins.\n", encoding="utf-8")
    return tmp_path


def put(project: Path, name: str = "gh", listed: str = "[]", *, fails: bool = False) -> None:
    (project / "bin").mkdir()
    path = project / "bin" / name
    path.write_text(GH.format(python=sys.executable, listed=listed, fails=fails), encoding="utf-8")
    path.chmod(path.stat().st_mode | stat.S_IXUSR)


def calls(project: Path) -> list[str]:
    return (project / "calls").read_text(encoding="utf-8").splitlines()


def test_it_is_opened_with_the_summary_and_figures(project: Path) -> None:
    put(project)
    done = "pull request of reprocast/proposal opened: https://forge.example/pull/7"
    assert pull_request() == done
    listed, created = calls(project)
    assert listed == "pr list --head reprocast/proposal --state open --json number"
    said = "Retrained up to 2024-06-10: a new champion"
    assert created.startswith(f"pr create --head reprocast/proposal --base main --title {said} --body-file ")
    text = (project / created.split()[-1]).read_text(encoding="utf-8")
    assert text.startswith("## Retraining\n\nThe gru wins.\n\n```mermaid\n")
    assert text.rstrip().endswith(END)


def test_an_open_one_is_brought_up_to_date(project: Path) -> None:
    put(project, listed='[{"number": 7}]')
    assert "brought up to date" in pull_request()
    assert calls(project)[1].startswith("pr edit reprocast/proposal --title ")


def test_gitlab_is_asked_in_its_own_ci(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    put(project, "glab")
    monkeypatch.setenv("GITLAB_CI", "true")
    assert "opened" in pull_request()
    assert calls(project)[1].startswith("mr create --source-branch reprocast/proposal --target-branch main ")
    assert forge({}) is GITHUB
    assert forge({"GITLAB_CI": "true"}) is GITLAB


@pytest.mark.parametrize("outcome", ["nothing_new", "failed", "kept"])
def test_nothing_is_opened_where_nothing_was_proposed(project: Path, outcome: str) -> None:
    text = json.dumps({**STATUS, "outcome": outcome})
    (project / ".reprocast/run_status.json").write_text(text, encoding="utf-8")
    assert pull_request() == f"no pull request: the last round's outcome is {outcome}"


def test_a_forge_that_is_missing_or_refuses_is_named(project: Path) -> None:
    with pytest.raises(UnavailableError, match="gh: opens pull requests, and is not installed"):
        pull_request()
    put(project, fails=True)
    with pytest.raises(
        UnavailableError, match=r"gh pr create: HTTP 403.*is pushed, `reprocast pull-request` tries again"
    ):
        pull_request()


def test_without_a_round_there_is_none(project: Path) -> None:
    (project / ".reprocast/run_status.json").unlink()
    with pytest.raises(NoInputError, match="`reprocast retrain --propose` comes first"):
        pull_request()


def test_figures_show_the_best_models_and_the_last_fold() -> None:
    text = body("s", OUTPUTS.get)
    assert "line [0.1000, 0.2000]\n    line [0.3000, 0.4000]\n```\n" in text
    assert "colours: gru, har." in text
    assert "line [0.5000, 0.4000]\n```\n" in text
    assert body("s", lambda _: None) == f"s\n\n{END}\n"


def test_the_title_says_what_was_decided() -> None:
    assert title({**STATUS, "action": "refuse"}).endswith("the challenger is refused")
    assert title({**STATUS, "action": "keep"}).endswith("the champion stays")
