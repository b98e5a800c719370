"""What a round of `reprocast retrain` does, refuses and says; crash points are in test_retrain.py."""

import json
import threading
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest
import toy_gate
from retrain_worlds import begun, migrated, uninterrupted, world
from toy_rounds import FIRST, NEXT, World, contents, day, git, killed, status

from reprocast.commands import repro
from reprocast.commands.folder.alone import alone
from reprocast.commands.folder.stopping import Stopped
from reprocast.commands.folder.whose import whose
from reprocast.commands.repro import StageFailedError
from reprocast.commands.retrain import retrain
from reprocast.commands.rounds import back as retrain_back
from reprocast.commands.rounds import place as retrain_place
from reprocast.commands.rounds import remote as retrain_remote
from reprocast.commands.rounds import steps as retrain_steps
from reprocast.commands.rounds.status import begun as begun_again
from reprocast.errors import DataError, ParamsError, TryAgainError, UsageError

__all__ = ["begun", "migrated", "uninterrupted", "world"]
SUMMARY = Path(".reprocast/run_summary.md")


def everything() -> dict[str, bytes]:
    """All files but notes of ours, of DVC and of git about themselves."""
    own = (".reprocast/", ".dvc/tmp/", ".git/", "mlruns/")
    return {name: data for name, data in contents(".").items() if not name.startswith(own)}


def test_a_round_publishes_one_commit_and_says_so(world: World) -> None:
    base = git("rev-parse", "HEAD").strip()
    assert world.round().startswith("better than before")
    assert git("rev-list", "HEAD", "--count", f"^{base}").strip() == "1"
    assert git("rev-parse", "origin/main", "HEAD").split() == [status()["commit"]] * 2
    assert git("diff", base, "HEAD", "--", "params.yaml").count("\n-") == 2  # the file's name, and one line
    assert f'end: "{day(NEXT)}"   # moves' in Path("params.yaml").read_text(encoding="utf-8")
    changed = {name.split("/")[0] for name in git("diff", "--name-only", base, "HEAD").split()}
    assert changed == {"params.yaml", "dvc.lock", "ledger", "data", "refit.dvc"}
    assert "refit" in {name for _, name in retrain_remote._named()}  # it is looked up at the remote, too
    said = {key: status()[key] for key in ("state", "outcome", "exit_code", "as_of", "action")}
    assert said == dict(zip(said, ("done", "promoted", 0, day(NEXT), "promote"), strict=True))
    assert f"## Retraining up to {day(NEXT)}: a new champion" in SUMMARY.read_text(encoding="utf-8")
    assert toy_gate.registry()["champion"] in Path(status()["ledger"]).read_text(encoding="utf-8")


def test_nothing_new_touches_nothing(world: World) -> None:
    before, state = everything(), world.state()
    for as_of in (day(FIRST), "2024-02-21T23:00", "2024-02-01"):
        world.source.calls = 0
        assert retrain(as_of=as_of) == f"nothing new up to {day(FIRST)}"
        assert status()["outcome"] == "nothing_new"
    assert everything() == before
    assert world.state() == state


@pytest.mark.slow
def test_a_round_takes_in_all_days_that_were_missed(world: World) -> None:
    world.round(NEXT + 3)  # a Tuesday
    assert status()["as_of"] == "2024-02-27"
    assert retrain(as_of="2024-02-27T14:00") == "nothing new up to 2024-02-27"  # New York has not closed


@pytest.mark.slow
def test_the_day_is_over_when_its_market_has_closed(world: World) -> None:
    world.source.frame = world.longer(NEXT + 1)
    retrain(as_of=f"{day(NEXT + 1)}T20:59")
    assert status()["as_of"] == day(NEXT)


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> Any:
    """What a webhook has been told."""
    heard: list[dict[str, Any]] = []

    class Ear(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            heard.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
            self.send_response(200)
            self.end_headers()

        def log_message(self, *_: Any) -> None:
            pass

    with HTTPServer(("127.0.0.1", 0), Ear) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        monkeypatch.setenv("NO_PROXY", "127.0.0.1")
        yield f"http://127.0.0.1:{server.server_port}/", heard
        server.shutdown()
        thread.join()


FAILURES = {
    "data that fail validation": (StageFailedError("validate", 65, "series AAA: gaps"), 65, "failed"),
    "a source that is down": (TryAgainError("yahoo: cannot be reached"), 75, "failed"),
    "SIGTERM": (Stopped(), 143, "stopped"),
    "Ctrl-C": (KeyboardInterrupt(), 130, "stopped"),
    "our own fault": (ZeroDivisionError("x"), 70, "failed"),
}


SLOW = ("a source that is down", "Ctrl-C", "our own fault", "data that fail validation")


@pytest.mark.parametrize(
    "fault", [pytest.param(fault, marks=pytest.mark.slow if fault in SLOW else ()) for fault in FAILURES]
)
def test_what_fails_leaves_everything_as_it_was_and_is_told(fault: str, world: World, told: Any) -> None:
    error, code, state = FAILURES[fault]
    names = ("models", "results", "metrics.json", "params.yaml", "dvc.lock")
    before, head = contents(*names), git("rev-parse", "HEAD")
    world.monkeypatch.setenv("REPROCAST_WEBHOOK", told[0])

    def broken(*_: Any, **__: Any) -> None:
        repro.run_stages("compare")
        raise error

    world.monkeypatch.setattr(repro, "rebuild", broken)
    with pytest.raises(type(error)):
        world.round()
    assert contents(*names) == before
    assert git("rev-parse", "HEAD", "origin/main").split() == [head.strip()] * 2
    assert all(line.startswith("?? data/vintages/") for line in git("status", "--porcelain").splitlines())
    said = [status()[key] for key in ("state", "outcome", "exit_code", "step")]
    assert said == [state, "failed", code, "reproduce"]
    begin = f"## Retraining {state} at `reproduce` (exit code {code})"
    assert SUMMARY.read_text(encoding="utf-8").startswith(begin)
    (heard,) = told[1]
    assert heard["exit_code"] == code
    assert f"{state} at reproduce" in heard["text"]


def test_a_webhook_that_is_down_changes_nothing(world: World, capsys: pytest.CaptureFixture[str]) -> None:
    world.monkeypatch.setenv("REPROCAST_WEBHOOK", "http://127.0.0.1:9/secret")
    world.source.is_down = True
    with pytest.raises(TryAgainError, match="cannot be reached"):
        world.round()
    said = capsys.readouterr().err
    assert "retrain: the webhook was not told: ConnectionError" in said
    assert "secret" not in said


def test_who_comes_second_is_told_whose_round_it_is(world: World) -> None:
    with alone("retrain"):
        before = Path(".reprocast/run_status.json").read_bytes()
        with pytest.raises(
            TryAgainError, match=r"another `reprocast retrain` is running, by somebody on .* since 20"
        ):
            world.round()
        assert Path(".reprocast/run_status.json").read_bytes() == before


def test_a_killed_round_is_marked_as_such(world: World) -> None:
    killed(world, retrain_steps, "write_file", "after")
    world.source.is_down = True
    with pytest.raises(TryAgainError):
        world.round()
    (line,) = Path(".reprocast/killed_rounds.jsonl").read_text(encoding="utf-8").splitlines()
    assert (json.loads(line)["state"], json.loads(line)["step"]) == ("killed", "data_end")
    assert "The round before this one was killed (process" in SUMMARY.read_text(encoding="utf-8")
    assert git("status", "--porcelain", "--untracked-files=no") == ""


def test_a_killed_round_is_told_by_the_next_start_once(world: World, told: Any) -> None:
    world.monkeypatch.setenv("REPROCAST_WEBHOOK", told[0])
    killed(world, retrain_place, "refuse_other_work", "before")
    assert (told[1], status()["killed"]) == ([], None)
    killed(world, retrain_steps, "write_file", "after")
    assert (status()["killed"]["state"], status()["killed"]["step"]) == ("killed", "update")
    world.round()
    assert (status()["killed"]["step"], status()["killed"]["exit_code"]) == ("data_end", None)
    assert "killed" not in status()["killed"]  # each names one
    world.round()
    assert status()["killed"] is None
    assert "was killed" not in SUMMARY.read_text(encoding="utf-8")
    assert [(heard["state"], heard["step"]) for heard in told[1]] == [
        ("killed", "update"),
        ("killed", "data_end"),
    ]
    assert "killed at update: it never said how it ended" in told[1][0]["text"]
    lines = Path(".reprocast/killed_rounds.jsonl").read_text(encoding="utf-8").splitlines()
    assert [json.loads(line)["step"] for line in lines] == ["update", "data_end"]


def test_a_start_that_was_cut_off_itself_notes_a_killed_round_once(world: World) -> None:
    killed(world, retrain_place, "refuse_other_work", "before")
    before = Path(".reprocast/run_status.json").read_bytes()
    for _ in range(2):
        Path(".reprocast/run_status.json").write_bytes(before)  # noted, and nothing after that
        begun_again(whose(datetime.now(UTC)))
    assert len(Path(".reprocast/killed_rounds.jsonl").read_text(encoding="utf-8").splitlines()) == 1


def test_an_edit_after_a_kill_is_not_lost(world: World) -> None:
    killed(world, retrain_steps, "write_file", "after")
    with Path("params.yaml").open("a", encoding="utf-8") as stream:
        stream.write("# mine\n")
    with pytest.raises(UsageError, match="was edited after a round that did not end"):
        world.round()
    assert Path("params.yaml").read_text(encoding="utf-8").endswith("# mine\n")


def test_other_work_is_refused(world: World) -> None:
    before = git("rev-parse", "HEAD")
    Path("dvc.yaml").write_text("stages: {}\n", encoding="utf-8")
    with pytest.raises(UsageError, match=r"dvc\.yaml: changed and not committed"):
        world.round()
    git("checkout", "-q", "dvc.yaml")
    git("switch", "-q", "-c", "mine")
    with pytest.raises(UsageError, match="mine is checked out, and a round belongs on main"):
        world.round()
    git("switch", "-q", "main")
    Path("operations.yaml").write_text("retrain: {remote: upstream}\n", encoding="utf-8")
    with pytest.raises(ParamsError, match="git knows no remote upstream"):
        world.round()
    Path("operations.yaml").unlink()
    git("commit", "-q", "--allow-empty", "-m", "not pushed")
    with pytest.raises(UsageError, match=r"commits that origin/main lacks \(\w+ not pushed\)"):
        world.round()
    assert git("ls-remote", "../origin.git", "main").split()[0] == before.strip()


def push_of_somebody_else() -> None:
    git("clone", "-q", "../origin.git", "../other")
    for line in ("commit -q --allow-empty -m other", "push -q"):
        git("-C", "../other", *line.split())


@pytest.mark.slow
def test_what_others_push_is_taken_in_or_comes_first(world: World) -> None:
    push_of_somebody_else()
    published = retrain_place.published

    def too_late(*arguments: Any) -> None:
        git("-C", "../other", "commit", "-q", "--allow-empty", "-m", "quicker")
        git("-C", "../other", "push", "-q")
        published(*arguments)

    with world.monkeypatch.context() as patch:
        patch.setattr(retrain_place, "published", too_late)
        with pytest.raises(TryAgainError, match=r"git push: .*\[(remote )?rejected\]"):
            world.round()
    world.round()
    said = [line.split(" ", 1)[1] for line in git("log", "--oneline", "-3").splitlines()]
    assert said == [f"Retrain up to {day(NEXT)}: a new champion", "quicker", "other"]


@pytest.mark.slow
def test_a_remote_that_lacks_a_file_gets_it(world: World, uninterrupted: dict[str, Any]) -> None:
    with world.monkeypatch.context() as patch:
        patch.setattr(retrain_remote, "push_outputs", lambda: None)
        patch.setattr(retrain_remote, "_send", lambda *_: None)
        with pytest.raises(TryAgainError, match="the remote has not, or not whole: data/raw"):
            world.round()
    assert status()["step"] == "verify_push"
    world.monkeypatch.setattr(retrain_remote, "push_outputs", lambda: None)
    world.round()
    assert world.state() == uninterrupted


@pytest.mark.slow
def test_a_file_that_was_cut_short_in_the_cache_is_noticed(world: World) -> None:
    push = retrain_remote.push_outputs

    def cut_short() -> None:
        end = Path("data/raw/end").read_bytes()
        files = [path for path in Path(".dvc/cache").rglob("*") if path.is_file()]
        victim = next(path for path in files if path.read_bytes() == end)
        victim.chmod(0o644)
        victim.write_bytes(end[:-3])
        victim.chmod(0o444)  # DVC believes what is read-only
        push()

    world.monkeypatch.setattr(retrain_remote, "push_outputs", cut_short)
    with pytest.raises(DataError, match=r"data/.*: its copy in DVC's cache .* is damaged"):
        world.round()


@pytest.mark.slow
def test_a_proposal_is_a_branch_and_the_next_supersedes_it(world: World) -> None:
    names = ("models", "refit", "results", "params.yaml")
    before, head, champion = contents(*names), git("rev-parse", "HEAD"), toy_gate.registry()
    world.monkeypatch.setattr(toy_gate, "ACTION", ["keep"])
    world.round(propose=True)
    first = git("ls-remote", "../origin.git", "reprocast/proposal").split()[0]
    said = [status()[key] for key in ("outcome", "commit", "proposal")]
    assert said == ["proposed", first, "reprocast/proposal"]
    assert contents(*names) == before
    assert git("rev-parse", "HEAD", "origin/main") == head * 2
    assert git("rev-parse", f"{first}^") == head
    assert toy_gate.registry() == champion
    world.round(propose=True)
    assert status()["outcome"] == "nothing_new"
    world.monkeypatch.setattr(toy_gate, "ACTION", ["promote"])
    world.round(NEXT + 1, propose=True)
    second = git("ls-remote", "../origin.git", "reprocast/proposal").split()[0]
    assert git("rev-parse", f"{second}^") == head
    decisions = [name.rsplit("-", 1)[1] for name in git("ls-tree", "--name-only", second, "ledger/").split()]
    assert decisions == ["promote.json", "keep.json", "promote.json"]  # what was decided against stays said
    git("push", "-q", "origin", f"{second}:main")  # the merge
    world.round(NEXT + 1)
    assert status()["outcome"] == "nothing_new"
    assert toy_gate.registry() != champion


@pytest.mark.slow
def test_a_fresh_clone_does_the_same_round(world: World, uninterrupted: dict[str, Any]) -> None:
    git("clone", "-q", "../origin.git", "../clone")
    git("-C", "../clone", "remote", "set-url", "origin", "../origin.git")
    Path("mlruns").rename("../clone/mlruns")
    world.monkeypatch.chdir("../clone")
    world.round()
    assert world.state() == uninterrupted
    assert retrain_back.JOURNAL.exists() is False
