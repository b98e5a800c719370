"""Runs of old comparisons go, files and all; none that is registered, pinned, current, running, not ours."""

from pathlib import Path
from types import SimpleNamespace

import pytest
from mlflow.entities import ViewType

from reprocast.tracking.registered import Registry, open_registry
from reprocast.tracking.retired import remove, retired


@pytest.fixture
def registry(root: Path) -> Registry:
    return open_registry(root)


def put(registry: Registry, time: int, status: str = "FINISHED", **tags: str) -> str:
    """A run with a file."""
    run = registry.store.client.create_run(registry.store.experiment, time, dict(tags)).info
    folder = Path(run.artifact_uri.removeprefix("file://"))
    folder.mkdir(parents=True)
    (folder / "report.html").write_text("x")
    if status != "RUNNING":
        registry.store.client.set_terminated(run.run_id, status, time)
    return str(run.run_id)


def rounds(registry: Registry, count: int) -> list[str]:
    return [put(registry, 1000 * (n + 1), role="comparison", fingerprint=f"c{n}") for n in range(count)]


def going(registry: Registry, keep: int) -> set[str]:
    return {run.info.run_id for run in retired(registry, keep)}


def test_nothing_goes_while_there_are_no_more_rounds_than_are_kept(registry: Registry) -> None:
    rounds(registry, 3)
    put(registry, 1, role="seed", status="KILLED")
    assert going(registry, 3) == set()


def test_models_go_with_the_last_comparison_that_has_them(registry: Registry) -> None:
    first, second, third = rounds(registry, 3)
    old = put(registry, 900, role="network", comparison=first)
    seed = put(registry, 900, role="seed", comparison=first)
    put(registry, 900, role="baseline", comparison=second)  # never trained again since
    put(registry, 2900, role="network", comparison=third)
    killed = put(registry, 1500, "KILLED", role="network")
    put(registry, 2500, "KILLED", role="network")
    assert going(registry, 2) == {first, old, seed, killed}


def test_what_is_wanted_stays(registry: Registry, monkeypatch: pytest.MonkeyPatch) -> None:
    first, *_ = rounds(registry, 3)
    held = put(registry, 900, role="network", comparison=first, fingerprint="f1")
    mine = SimpleNamespace(run=held, fingerprint="f1")
    monkeypatch.setattr("reprocast.tracking.retired.versions", lambda registry: [mine])
    put(registry, 900, role="seed", comparison=first, fingerprint="f1")
    put(registry, 900, role="network", comparison=first, pinned="true")
    put(registry, 900, role="network", comparison=first, current="true")
    put(registry, 900, "RUNNING", role="network", comparison=first)
    put(registry, 900, comparison=first, owner="somebody else")
    assert going(registry, 2) == {first}


def test_files_go_with_the_run_and_a_second_time_there_is_nothing_to_do(registry: Registry) -> None:
    first, second = rounds(registry, 2)
    places = {
        one: Path(registry.store.client.get_run(one).info.artifact_uri.removeprefix("file://"))
        for one in (first, second)
    }
    remove(registry, retired(registry, 1))
    assert [places[one].exists() for one in (first, second)] == [False, True]
    left = registry.store.client.search_runs([registry.store.experiment], "", ViewType.ACTIVE_ONLY)
    assert [run.info.run_id for run in left] == [second]
    assert retired(registry, 1) == []
