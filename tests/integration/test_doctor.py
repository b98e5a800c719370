"""`reprocast doctor`: what it looks at, what it says, and with which exit code it leaves."""

import shutil
import sqlite3
import subprocess
import sys
from collections import namedtuple
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from reprocast import cli
from reprocast.commands import doctor as checks
from reprocast.commands import doctor_yahoo
from reprocast.data.sources.yahoo_rehearsal import Rehearsal, rehearsing
from reprocast.data.sources.yahoo_scenarios import GOOD, SCENARIOS, TICKER
from reprocast.errors import TryAgainError
from reprocast.params.operations import Operations

ROOT = Path(__file__).parents[2]
EXPECTED = {
    "good-days": (0, "TEST: 5 bars from 2024-06-03 to 2024-06-07"),
    "empty-result": (65, "TEST: Yahoo has no bars"),
    "rate-limit-once": (0, "the answer is whole"),
    "rate-limit": (75, "the rate limit is reached (429) after 4 attempts; try again in an hour"),
    "rate-limit-retry-after": (0, "skipping waits of 7 s"),
    "rate-limit-long": (75, "try again in 900 s, as it asks"),
    "refused": (75, "access is refused (401)"),
    "server-error": (75, "answers 500"),
    "maintenance": (75, "down for maintenance"),
    "cut": (75, "the connection was cut"),
    "hang": (75, "no answer within 0.15 s"),
    "malformed-json": (75, "no JSON"),
    "no-crumb": (0, "the answer is whole"),
    "half-finished-bar": (0, "TEST: 4 bars from 2024-06-03 to 2024-06-06"),
    "nan-in-last-bar": (65, "close is missing on 2024-06-07; a partial answer is put aside"),
    "missing-sessions": (65, "the last 2 bars are missing"),
    "split-rewrites-history": (0, "TEST: 5 bars"),
    "renamed-column": (65, "('volume')"),
    "unknown-ticker": (65, "does not know this ticker"),
    "one-of-two-unknown": (65, "NOPE: Yahoo does not know this ticker (data.series); a partial answer"),
    "no-network": (75, "cannot be reached"),
}


@pytest.fixture
def run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Callable[..., tuple[int, str]]:
    """A command in an empty folder: its exit code, and all that it said."""
    monkeypatch.chdir(tmp_path)

    def command(*arguments: str) -> tuple[int, str]:
        monkeypatch.setattr(sys, "argv", ["reprocast", *arguments])
        code = 0
        try:
            cli.main()
        except SystemExit as left:
            code = int(left.code or 0)
        said = capsys.readouterr()
        assert "Traceback" not in said.err
        return code, said.out + said.err

    return command


def test_every_scenario_is_expected_to_end_somehow() -> None:
    assert set(EXPECTED) == set(SCENARIOS)


@pytest.mark.parametrize("name", EXPECTED)
def test_a_rehearsal_shows_what_the_user_would_see(
    name: str, run: Callable[..., tuple[int, str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    if name == "hang":
        monkeypatch.setattr(doctor_yahoo, "REHEARSED_TIMEOUT", 0.15)
    code, said = run("doctor", "--source", "yahoo", "--rehearse", name)
    assert code == EXPECTED[name][0], said
    assert EXPECTED[name][1] in said
    assert said.startswith(f"played: Yahoo {SCENARIOS[name].tells}, at 2024-06-")
    assert not list(Path().iterdir())


def test_the_patience_is_that_of_operations_yaml(run: Callable[..., tuple[int, str]]) -> None:
    Path("operations.yaml").write_text("yahoo: {attempts: 2}\n", encoding="utf-8")
    assert "(429) after 2 attempts" in run("doctor", "--source", "yahoo", "--rehearse", "rate-limit")[1]
    Path("operations.yaml").write_text("yahoo: {attempts: 0}\n", encoding="utf-8")
    code, said = run("doctor", "--source", "yahoo", "--rehearse", "rate-limit")
    assert code == 78
    assert "operations.yaml:1 yahoo.attempts: 0" in said


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--rehearse", "hang"), "only yahoo is asked live"),
        (("--source", "files"), "only yahoo is asked live"),
        (("--source", "yahoo", "--rehearse", "flood"), "--rehearse flood: there is no such scenario"),
    ],
)
def test_what_cannot_be_asked(
    run: Callable[..., tuple[int, str]], arguments: tuple[str, ...], said: str
) -> None:
    code, line = run("doctor", *arguments)
    assert code == 64
    assert said in line


def conversation(played: Rehearsal, now: datetime) -> list[str]:
    return list(doctor_yahoo.checks(played.client(), Operations(), now, TICKER))


def test_a_conversation_with_yahoo_is_told_line_by_line() -> None:
    with rehearsing(GOOD) as played:
        lines = conversation(played, datetime(2024, 6, 8, 12, tzinfo=UTC))
    names = [line.split(":")[0] for line in lines]
    assert names == [f"ok     {name}" for name in ("cookie", "crumb", "prices", TICKER, "calendar")]
    assert lines[-2] == f"ok     {TICKER}: 5 daily bars since 2024-05-09"
    assert lines[-1].startswith("ok     calendar: the last bar is of 2024-06-07")


def test_what_was_answered_is_told_before_the_failure() -> None:
    lines: list[str] = []
    with rehearsing(SCENARIOS["rate-limit"]) as played:
        told = doctor_yahoo.checks(played.client(), Operations(), GOOD.now, TICKER)
        with pytest.raises(TryAgainError):
            lines.extend(told)
    assert lines[-1].startswith("wrong  prices: ")
    assert lines[-1].endswith("answers 429")


@pytest.fixture
def project(run: Callable[..., tuple[int, str]]) -> None:
    """What a project's folder has."""
    subprocess.run(["git", "init", "-q"], check=True)
    Path(".dvc").mkdir()
    for name in ("params.yaml", "dvc.yaml", "operations.yaml"):
        shutil.copyfile(ROOT / name, name)


def test_a_healthy_project(run: Callable[..., tuple[int, str]], project: None) -> None:
    code, said = run("doctor")
    assert code == 0, said
    lines = said.splitlines()
    assert [line.split(":")[0] for line in lines] == [f"ok     {name}" for name in checks.CHECKS]
    assert "params.yaml is right; sample up to 2013-03-01" in said
    assert "mlruns/mlflow.db is made by the first run" in said


Usage = namedtuple("Usage", "free")


def _no_disk(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda _: Usage(3e8))


def _no_params(_: pytest.MonkeyPatch) -> None:
    Path("params.yaml").write_text("seeds: [1, 1]\n", encoding="utf-8")


def _no_git(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")


def _not_under_git(_: pytest.MonkeyPatch) -> None:
    shutil.rmtree(".git")


def _no_dvc(_: pytest.MonkeyPatch) -> None:
    Path("dvc.yaml").unlink()


def _old_python(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checks.platform, "python_version", lambda: "3.9.1")


def _other_package(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        checks, "requires", lambda _: ["numpy>=99", "no-such-thing>=1", "hypothesis>=9; extra == 'dev'"]
    )


def _broken_store(_: pytest.MonkeyPatch) -> None:
    Path("mlruns").mkdir()
    Path("mlruns/mlflow.db").write_bytes(b"no database at all, but long enough to be looked at" * 9)


def _file_for_a_folder(_: pytest.MonkeyPatch) -> None:
    Path("data").write_text("", encoding="utf-8")


@pytest.mark.parametrize(
    ("harm", "code", "said"),
    [
        (_old_python, 69, "python: 3.9.1 is not"),
        (_other_package, 69, "packages: numpy "),
        (_other_package, 69, "is not >=99, no-such-thing (missing) is not >=1; `pip install"),
        (_no_git, 69, "git: does not run"),
        (_not_under_git, 66, "git: this folder is not under git"),
        (_no_dvc, 66, "dvc: dvc.yaml: not in this folder"),
        (_no_disk, 74, "disk: 0.3 GB are free; make it 2 at least"),
        (_file_for_a_folder, 73, "disk: data: cannot be written"),
        (_no_params, 78, "params.yaml: params.yaml:1 seeds: [1, 1] names a seed twice"),
        (_broken_store, 69, "MLflow store: mlruns/mlflow.db: file is not a database; move it away"),
    ],
)
def test_what_is_wrong_is_said_with_what_to_do(
    harm: Callable[[pytest.MonkeyPatch], None],
    code: int,
    said: str,
    run: Callable[..., tuple[int, str]],
    project: None,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    harm(monkeypatch)
    left, line = run("doctor")
    assert left == code, line
    assert f"wrong  {said}" in line if not said.startswith("is not") else said in line
    assert f"of {len(checks.CHECKS)} checks failed; what to do is said above" in line


def test_runs_in_the_store_are_counted(run: Callable[..., tuple[int, str]], project: None) -> None:
    Path("mlruns").mkdir()
    with sqlite3.connect("mlruns/mlflow.db") as store:
        store.execute("create table runs (id)")
        store.execute("insert into runs values (1)")
    store.close()
    assert "mlruns/mlflow.db holds 1 runs" in run("doctor")[1]
