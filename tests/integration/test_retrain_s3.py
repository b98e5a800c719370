"""Rounds whose outputs go to S3: a server of moto's, started here."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest
from retrain_worlds import begun, migrated, world
from toy_rounds import NEXT, World, day, git, killed, quick_dvc, status
from two_weeks.services import BUCKET, storage

from reprocast.commands.rounds import remote as retrain_remote
from reprocast.errors import TryAgainError

__all__ = ["begun", "migrated", "world"]
pytestmark = pytest.mark.slow


@pytest.fixture
def bucket(world: World) -> Iterator[Any]:
    """A bucket that is the world's remote, with what the first round has pushed in it."""
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        world.monkeypatch.setenv(name, "x")
    world.monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    for name in ("NO_PROXY", "no_proxy"):
        world.monkeypatch.setenv(name, "127.0.0.1")
    with storage() as address:
        client = boto3.client("s3", endpoint_url=address)
        config = Path(".dvc/config")
        text = config.read_text(encoding="utf-8").replace("../../remote", f"s3://{BUCKET}/dvc")
        config.write_text(f"{text}    endpointurl = {address}\n", encoding="utf-8")
        git("commit", "-qam", "S3")
        git("push", "-q", "origin", "main")
        assert quick_dvc("push", "--quiet").returncode == 0
        yield client
        client.close()


def names(client: Any) -> list[str]:
    return [entry["Key"] for entry in client.list_objects_v2(Bucket=BUCKET).get("Contents", [])]


def test_a_round_killed_before_or_after_its_push_to_s3_is_replayed(world: World, bucket: Any) -> None:
    before = names(bucket)
    killed(world, retrain_remote, "dvc", "before push")
    world.round()
    assert status()["as_of"] == day(NEXT)
    pushed = names(bucket)
    assert set(before) < set(pushed)
    assert retrain_remote.verify_push() > len(before) // 2
    assert git("rev-parse", "HEAD") == git("rev-parse", "origin/main")


def test_what_s3_has_lost_is_noticed_and_pushed_again(world: World, bucket: Any) -> None:
    push = retrain_remote.push_outputs

    def lossy() -> None:
        before = set(names(bucket))
        push()
        for key in sorted(set(names(bucket)) - before)[::2]:
            bucket.delete_object(Bucket=BUCKET, Key=key)

    world.monkeypatch.setattr(retrain_remote, "push_outputs", lossy)
    with world.monkeypatch.context() as patch:
        patch.setattr(retrain_remote, "_send", lambda *_: None)
        with pytest.raises(TryAgainError, match="the remote has not, or not whole"):
            world.round()
    world.round()
    assert status()["outcome"] == "promoted"
    assert quick_dvc("status", "--cloud").returncode == 0


def test_a_bucket_that_is_gone_is_75_and_commits_nothing(world: World, bucket: Any) -> None:
    head = git("rev-parse", "HEAD")
    for key in names(bucket):
        bucket.delete_object(Bucket=BUCKET, Key=key)
    bucket.delete_bucket(Bucket=BUCKET)
    with pytest.raises(TryAgainError):
        world.round()
    assert git("rev-parse", "origin/main") == head
