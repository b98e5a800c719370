"""Two weeks of production, day by day: workflows, remotes and services for real; only the market is made up.

A weekend, a holiday, an outage, a split, a revision, runs that are dropped, a proposal that is superseded, a
person who mends the network, and from then on has winners fitted again on all data. Every morning the right
model is champion, and the ledger says why.
"""

import json
import re
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import pytest
from mlflow import MlflowClient
from two_weeks import forge
from two_weeks.machine import Job
from two_weeks.services import KEYS
from two_weeks.world import World, new_world, status

pytestmark = [
    pytest.mark.long,
    pytest.mark.timeout(1800),
    pytest.mark.filterwarnings("ignore"),  # of the services, some of which run in this process
]


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    with new_world(tmp_path) as world:
        yield world


def outcome(job: Job) -> tuple[str, int]:
    """Outcome and exit code of a round; machine, summary and artifact agree with run_status.json."""
    said = status(job)
    assert (job.code, bool(job.failed)) == (said["exit_code"], said["exit_code"] != 0), job.log
    assert job.summary.startswith("## Retraining"), job.log
    kept = json.loads((job.folder.parent / "artifact" / "run_status.json").read_text(encoding="utf-8"))
    assert kept == said
    assert not any(value in job.log + job.summary for value in list(KEYS.values())[1:]), (
        "a secret was printed"
    )
    return said["outcome"], said["exit_code"]


def champion(world: World) -> str:
    """Model behind the alias; registry, ledger and artifact agree about it."""
    version = MlflowClient(world.mlflow).get_model_version_by_alias("reprocast", "champion")
    last = world.ledger()[-1]
    who = next(one for one in (last["champion"], last["challenger"]) if one["fingerprint"] == last["winner"])
    served = last.get("refit") or who
    assert version.tags["fingerprint"] == served["fingerprint"]
    assert version.tags["artifact_sha256"] == served["artifact_sha256"]
    return str(version.tags["model"])


def merged(world: World, moment: str) -> str:
    """Somebody merges; the champion afterwards."""
    job = world.merge(moment)
    assert not job.failed, job.log
    assert "the chain holds" in job.summary
    assert re.search(r"holds   vintage +[0-9a-f]+,? .*commit", job.summary), (
        "the source's answer, by DVC and S3"
    )
    return champion(world)


def test_two_weeks(world: World) -> None:
    first_week(world)
    second_week(world)
    the_ledger_explains_every_day(world)
    an_engineer_looks_at_the_past(world)


def first_week(world: World) -> None:
    monday = world.at("2024-06-10T22:17")
    assert outcome(monday) == ("proposed", 0)
    request = forge.open_request(world.place)
    assert request
    assert request["title"] == "Retrained up to 2024-06-10: a first champion"
    assert "**Verdict.**" in request["body"]
    assert request["body"].count("```mermaid") == 2
    assert world.ledger() == [], "nothing is on main before somebody merges"
    assert merged(world, "2024-06-11T08:00") == "naive"  # the network sees unscaled values, and fails
    # Tuesday's run is dropped, and on Wednesday Yahoo is down.
    assert outcome(world.at("2024-06-12T22:17")) == ("failed", 75)
    assert "Yahoo" in world.told[-1]["text"]
    assert champion(world) == "naive"
    caught_up = world.at("2024-06-13T03:43")
    assert outcome(caught_up) == ("proposed", 0)
    assert status(caught_up)["as_of"] == "2024-06-12"
    assert "2 new sessions" in caught_up.summary
    assert merged(world, "2024-06-13T08:00") == "naive"
    thursday = world.at("2024-06-13T22:17")
    assert outcome(thursday) == ("proposed", 0)
    assert "split" in thursday.summary
    # Nobody merges on Friday, but somebody mends the network: the open proposal is superseded.
    mend(world)
    friday = world.at("2024-06-14T22:17")
    assert outcome(friday) == ("proposed", 0)
    assert status(friday)["action"] == "promote"
    assert champion(world) == "naive"
    assert len(list((world.place / "pulls").glob("*.json"))) == 3, "Thursday's was brought up to date"


def second_week(world: World) -> None:
    saturday = world.at("2024-06-15T12:00")
    assert outcome(saturday) == ("nothing_new", 0)
    assert merged(world, "2024-06-17T08:00") == "gru"
    # Monday's run is dropped. On Tuesday a close of last month is another one.
    tuesday = world.at("2024-06-18T22:17")
    assert outcome(tuesday) == ("failed", 65)
    assert "--accept-revision" in tuesday.summary
    assert world.told[-1]["exit_code"] == 65
    assert champion(world) == "gru"
    accepted = world.at("2024-06-18T23:10", inputs={"accept_revision": True})
    assert outcome(accepted) == ("proposed", 0)
    assert status(accepted)["as_of"] == "2024-06-18"
    assert merged(world, "2024-06-19T08:00") == "gru"
    holiday = world.at("2024-06-19T22:17")
    assert outcome(holiday) == ("nothing_new", 0)
    # Thursday's run is dropped.
    assert outcome(world.at("2024-06-21T22:17")) == ("proposed", 0)
    assert merged(world, "2024-06-22T08:00") == "gru"
    assert outcome(world.at("2024-06-22T12:00")) == ("nothing_new", 0)
    assert len(world.told) == 2, "who is told of what went well stops listening"


def mend(world: World) -> None:
    """Somebody lets the network see scaled values, winners be fitted again, and pushes that to main."""
    world.person("log", "-1")
    changes = {
        "params.yaml": ("scaling: none", "scaling: standard"),
        "operations.yaml": ("refit: false ", "refit: true "),
    }
    for name, (before, after) in changes.items():
        path = world.place / "person" / name
        text = path.read_text(encoding="utf-8")
        assert before in text
        path.write_text(text.replace(before, after), encoding="utf-8")
    world.person("commit", "--quiet", "--all", "-m", "The network sees scaled values; winners are refitted")
    world.person("push", "--quiet", "origin", "main")


def the_ledger_explains_every_day(world: World) -> None:
    entries = world.ledger()
    said = [(entry["as_of"], entry["action"], entry["challenger"]["model"]) for entry in entries]
    assert said == [
        ("2024-06-10", "first", "gru"),
        ("2024-06-12", "keep", "gru"),
        ("2024-06-13", "keep", "gru"),
        ("2024-06-14", "promote", "gru"),
        ("2024-06-18", "keep", "gru"),
        ("2024-06-21", "keep", "gru"),
    ]
    assert all(entry["reason"] and entry["by"] for entry in entries)
    assert sum(entry["evidence"]["alpha"] for entry in entries if entry["evidence"]) <= 0.05
    for before, after in pairwise(entries):
        served = before.get("refit", {}).get("fingerprint", before["winner"])
        assert after["champion"]["fingerprint"] == served
    refit = entries[3]["refit"]
    assert [number for number, entry in enumerate(entries) if "refit" in entry] == [3]
    assert refit["fitted_to"].startswith("2024-06-14")
    assert "was never scored" in refit["claim"]
    for entry in entries[4:]:
        assert entry["champion"]["refit_of"] == entries[3]["winner"]
        assert entry["evidence"]["first_cutoff"] >= refit["fitted_to"], "it has seen all before"
        assert (entry["evidence"]["p_value"], entry["evidence"]["alpha"]) == (None, 0)


def an_engineer_looks_at_the_past(world: World) -> None:
    """In a fresh clone, with the credentials: MLflow over PostgreSQL, the outputs and answers in S3."""
    world.person("log", "-1")
    assert "rollback" not in world.command("history")
    assert world.command("verify", "1").endswith("the chain holds\n")
    rebuilt = world.command("reproduce", "1")
    assert "from vintage " in rebuilt
    assert "the same bytes" in rebuilt
    served = MlflowClient(world.mlflow).get_model_version_by_alias("reprocast", "champion").version
    rebuilt = world.command("reproduce", str(served))
    assert f"version {served}, gru refitted" in rebuilt
    assert "the same bytes" in rebuilt
