"""Sync makes the store agree with the outputs, once."""

import json
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from mlflow.entities import Run

from reprocast.tracking.producer import Producer, this_process
from reprocast.tracking.store import Store
from reprocast.tracking.sync import sync

Put = Callable[..., None]


def rows(root: Path) -> dict[str, int]:
    """Rows of every table of the store."""
    with sqlite3.connect(root / "mlruns" / "mlflow.db") as connection:
        tables = [name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type='table'")]
        found = {name: connection.execute(f'SELECT count(*) FROM "{name}"').fetchone()[0] for name in tables}
    connection.close()
    return found


def by_name(store: Store, condition: str = "") -> dict[str, Run]:
    """Runs by their name; each name once."""
    runs = store.runs(condition)
    named = {run.info.run_name: run for run in runs}
    assert len(named) == len(runs)
    return named


def curve(store: Store, run: Run, name: str) -> list[tuple[int, float]]:
    return sorted(
        (point.step, point.value) for point in store.client.get_metric_history(run.info.run_id, name)
    )


def test_a_fresh_store_is_filled_from_the_outputs(outputs: Path, store: Store) -> None:
    summary = sync(outputs)
    runs = by_name(store)
    assert sorted(runs) == ["gru", "gru seed 1", "gru seed 2", "naive"]
    assert {run.info.status for run in runs.values()} == {"FINISHED"}
    assert (summary.created, summary.models) == (2, 2)
    gru, seed = runs["gru"], runs["gru seed 2"]
    assert seed.data.tags["mlflow.parentRunId"] == gru.info.run_id
    assert (gru.data.tags["role"], seed.data.tags["role"], runs["naive"].data.tags["role"]) == (
        "network",
        "seed",
        "baseline",
    )
    assert gru.data.params["train.learning_rate"] == "0.003"
    assert gru.data.params["hidden"] == "4"
    assert seed.data.params["seed"] == "2"


def test_curves_and_scores_are_those_of_the_files(outputs: Path, store: Store) -> None:
    sync(outputs)
    runs = by_name(store)
    gru, seed = runs["gru"], runs["gru seed 1"]
    assert curve(store, seed, "train_loss") == [(1, 1.5), (2, 1.0), (3, 0.5)]
    assert curve(store, seed, "learning_rate") == [(1, 0.003), (2, 0.002), (3, 0.001)]
    assert seed.data.metrics["best_validation_loss"] == 0.75
    assert seed.data.metrics["best_epoch"] == 2
    assert gru.data.metrics["best_validation_loss"] == (0.75 + 0.25) / 2
    assert gru.data.metrics["test_mae"] == 0.5
    assert seed.data.metrics["test_mae"] == 0.51
    assert gru.data.metrics["parameters"] == 17
    assert "test_smape" not in gru.data.metrics
    assert curve(store, gru, "test_mae_by_step") == [(1, 0.5), (2, 1.5), (3, 2.5)]


def test_diagnostics_are_metrics_of_the_model_and_of_its_seeds(outputs: Path, store: Store) -> None:
    sync(outputs)
    runs = by_name(store)
    gru, seed = runs["gru"], runs["gru seed 2"]
    assert (gru.data.metrics["memory_length"], seed.data.metrics["memory_length"]) == (3, 4)
    assert gru.data.metrics["saturated_gates"] == 0.25
    assert gru.data.metrics["dead_units"] == 0.0
    assert curve(store, seed, "gradient_by_lag") == [(0, 4), (2, 2), (4, 1)]
    assert curve(store, seed, "jacobian_by_lag") == [(0, 1), (2, 0.5)]
    assert curve(store, runs["gru seed 1"], "clipped_steps") == [(1, 1), (2, 0.5), (3, 0)]
    assert "memory_length" not in runs["naive"].data.metrics


def test_diagnostics_of_another_model_are_not_its_own(outputs: Path, store: Store) -> None:
    path = outputs / "results" / "diagnostics" / "gru.json"
    path.write_text(path.read_text().replace("gru-1", "gru-0"))
    sync(outputs)
    assert "memory_length" not in by_name(store)["gru seed 1"].data.metrics


def test_long_look_backs_have_more_figures_than_mlflow_takes_at_once(outputs: Path, store: Store) -> None:
    path = outputs / "results" / "diagnostics" / "gru.json"
    said = json.loads(path.read_text())
    for seed in said["seeds"].values():
        seed["layers"][0]["gradient"] = list(range(1200, 0, -1))
    path.write_text(json.dumps(said))
    sync(outputs)
    assert len(curve(store, by_name(store)["gru seed 1"], "gradient_by_lag")) == 1200


def test_the_data_are_an_input(outputs: Path, store: Store) -> None:
    sync(outputs)
    (found,) = by_name(store)["gru"].inputs.dataset_inputs
    assert found.dataset.name == "sample 2001-03-01"
    assert found.dataset.digest == ("ab" * 32)[:16]
    profile = json.loads(found.dataset.profile)
    assert profile["windows"] == {"train": 7, "test": 2}
    assert profile["num_rows"] == 80
    assert [column["name"] for column in json.loads(found.dataset.schema)["mlflow_colspec"]] == ["close"]


@pytest.mark.parametrize("force", [False, True])
def test_a_second_sync_changes_nothing(outputs: Path, store: Store, force: bool) -> None:
    sync(outputs)
    before = rows(outputs)
    again = sync(outputs, force=force)
    assert rows(outputs) == before
    assert again == type(again)()
    assert before["runs"] == 4


def test_scores_that_came_later_and_scores_that_changed_are_logged(
    outputs: Path, store: Store, put: Put
) -> None:
    kept = outputs / "results" / "scores"
    shutil.move(kept, outputs / "later")
    sync(outputs)
    assert "test_mae" not in by_name(store)["gru"].data.metrics
    shutil.move(outputs / "later", kept)
    sync(outputs)
    assert by_name(store)["gru"].data.metrics["test_mae"] == 0.5
    put("gru", "network", mae=0.25)
    sync(outputs)
    assert by_name(store)["gru"].data.metrics["test_mae"] == 0.25


def test_scores_of_another_fingerprint_are_not_those_of_the_model(outputs: Path, store: Store) -> None:
    path = outputs / "results" / "scores" / "gru.json"
    path.write_text(path.read_text().replace("gru-1", "gru-0"))
    sync(outputs)
    assert "test_mae" not in by_name(store)["gru"].data.metrics


def test_only_the_present_outputs_are_current(outputs: Path, store: Store, put: Put) -> None:
    sync(outputs)
    put("gru", "network", fingerprint="gru-2")
    shutil.rmtree(outputs / "models" / "naive")
    sync(outputs)
    current = store.runs("tags.current = 'true'")
    assert {run.data.tags["fingerprint"] for run in current} == {"gru-2"}
    assert len(current) == 3
    assert len(store.runs("")) == 7
    put("gru", "network", fingerprint="gru-1")
    sync(outputs)
    assert {run.data.tags["fingerprint"] for run in store.runs("tags.current = 'true'")} == {"gru-1"}
    assert len(store.runs("")) == 7


def test_the_newest_finished_run_is_the_current_one(outputs: Path, store: Store) -> None:
    tags = {"fingerprint": "naive-1", "role": "baseline"}
    for time in (1, 2):
        run = store.client.create_run(store.experiment, time, tags, f"naive {time}").info.run_id
        store.client.set_terminated(run, "FINISHED")
    store.client.set_terminated(
        store.client.create_run(store.experiment, 3, tags, "naive 3").info.run_id, "FAILED"
    )
    sync(outputs)
    current = by_name(store, "tags.current = 'true' AND tags.role = 'baseline'")
    assert list(current) == ["naive 2"]


def start_run(store: Store, producer: Producer, **tags: str) -> str:
    run = store.client.create_run(store.experiment, tags={**producer.tags(), **tags})
    return run.info.run_id


def test_the_run_of_a_killed_process_is_marked(root: Path, store: Store) -> None:
    process = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    import psutil

    here = this_process()
    producer = Producer(here.host, process.pid, psutil.Process(process.pid).create_time())
    run = start_run(store, producer)
    assert sync(root, force=True).killed == 0
    assert store.client.get_run(run).info.status == "RUNNING"
    process.kill()
    assert process.stdin is not None
    process.stdin.close()
    process.wait()
    assert sync(root).killed == 1
    assert store.client.get_run(run).info.status == "KILLED"


def test_another_process_with_the_same_number_is_not_the_producer(root: Path, store: Store) -> None:
    here = this_process()
    run = start_run(store, Producer(here.host, here.pid, here.start - 60))
    sync(root)
    assert store.client.get_run(run).info.status == "KILLED"


def test_runs_that_nobody_here_can_judge_are_left_alone(root: Path, store: Store) -> None:
    elsewhere = start_run(store, Producer("another-host", 1, 1.0))
    stranger = store.client.create_run(store.experiment).info.run_id
    assert sync(root).running == 0
    for run in (elsewhere, stranger):
        assert store.client.get_run(run).info.status == "RUNNING"


def test_a_training_that_is_being_followed_is_not_recorded_twice(outputs: Path, store: Store) -> None:
    start_run(store, this_process(), fingerprint="gru-1", role="network")
    summary = sync(outputs)
    assert (summary.created, summary.running) == (1, 1)
    assert len(store.runs("tags.fingerprint = 'gru-1'")) == 1
    assert len(store.runs("tags.fingerprint = 'naive-1'")) == 1


def test_a_model_whose_files_are_gone_is_logged_again(outputs: Path, store: Store) -> None:
    sync(outputs)
    shutil.rmtree(outputs / "mlruns" / "artifacts")
    assert sync(outputs, force=True).models == 2
    assert sync(outputs, force=True).models == 0


def test_nothing_is_written_beside_the_store(outputs: Path, store: Store) -> None:
    before = set(outputs.iterdir())
    sync(outputs)
    assert {path.name for path in set(outputs.iterdir()) - before} == {".reprocast"}
    assert sorted(path.name for path in (outputs / "mlruns").iterdir()) == [
        "artifacts",
        "mlflow.db",
        "mlflow.db.lock",
    ]


def test_ids_of_runs_enter_no_output(outputs: Path, store: Store) -> None:
    def bytes_of_outputs() -> dict[Path, bytes]:
        files = (path for part in ("models", "results", "data") for path in (outputs / part).rglob("*"))
        return {path: path.read_bytes() for path in files if path.is_file()}

    before = bytes_of_outputs()
    sync(outputs)
    assert bytes_of_outputs() == before
