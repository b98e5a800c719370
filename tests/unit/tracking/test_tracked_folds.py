"""A backtest in the store: a child run for each fold and seed, scores over all folds and of each."""

import json
from pathlib import Path

import pytest
from mlflow.entities import Run

from reprocast.tracking.store import Store
from reprocast.tracking.sync import sync

from .conftest import scores, write

MEMBERS = [(fold, seed) for fold in (0, 1) for seed in (1, 2)]


def loss(fold: int, seed: int, epoch: int) -> float:
    return fold + seed / 8 + 1 / epoch


@pytest.fixture
def backtest(outputs: Path) -> Path:
    """The project with two folds of the network."""
    path = outputs / "models" / "gru" / "model.json"
    said = json.loads(path.read_text()) | {"folds": 2, "fold": 1}
    write(path, said)
    write(path.parent / "folds" / "0" / "model.json", said | {"fold": 0})
    header = "fold,seed,epoch,train_loss,validation_loss,learning_rate,gradient_norm\n"
    rows = [f"{f},{s},{e},1,{loss(f, s, e)},0.1,1\n" for f, s in MEMBERS for e in (1, 2)]
    write(outputs / "results" / "training" / "gru.csv", header + "".join(rows))
    parts = [scores("gru", "network", mae=mae)["folds"]["0"] for mae in (0.5, 0.7, 0.6)]
    told = scores("gru", "network") | {"folds": {"0": parts[0], "1": parts[1]}, "pooled": parts[2]}
    write(outputs / "results" / "scores" / "gru.json", told)
    return outputs


def by_name(store: Store) -> dict[str, Run]:
    return {run.info.run_name: run for run in store.runs("tags.model = 'gru'")}


def test_each_fold_and_seed_has_its_curve_and_its_scores(backtest: Path, store: Store) -> None:
    sync(backtest)
    runs = by_name(store)
    assert set(runs) == {"gru", *(f"gru fold {fold} seed {seed}" for fold, seed in MEMBERS)}
    for fold, seed in MEMBERS:
        run = runs[f"gru fold {fold} seed {seed}"]
        history = store.client.get_metric_history(run.info.run_id, "validation_loss")
        assert [point.value for point in history] == [loss(fold, seed, epoch) for epoch in (1, 2)]
        assert run.data.metrics["test_mae"] == (0.5, 0.7)[fold] + seed / 100
        assert run.data.params["fold"] == run.data.tags["fold"] == str(fold)
        assert run.data.tags["mlflow.parentRunId"] == runs["gru"].info.run_id


def test_the_model_has_the_scores_over_all_folds_and_of_each(backtest: Path, store: Store) -> None:
    sync(backtest)
    metrics = by_name(store)["gru"].data.metrics
    found = [metrics[f"{name}_mae"] for name in ("test", "validation", "fold0_test", "fold1_validation")]
    assert found == [0.6, 0.6, 0.5, 0.7]
    history = store.client.get_metric_history(by_name(store)["gru"].info.run_id, "test_mae_by_step")
    assert [point.value for point in history] == [0.6, 1.6, 2.6]
    assert by_name(store)["gru"].data.params["folds"] == "2"


def test_the_data_are_those_of_the_deployed_fold(backtest: Path, store: Store) -> None:
    path = backtest / "data" / "windows" / "manifest.json"
    folds = {str(n): {"train": {"windows": {"A": 100 + n}}} for n in (2, 9, 10)}
    write(path, json.loads(path.read_text()) | {"folds": folds})
    sync(backtest)
    (found,) = by_name(store)["gru"].inputs.dataset_inputs
    assert json.loads(found.dataset.profile)["windows"] == {"train": 110}


def test_a_second_sync_changes_nothing(backtest: Path, store: Store) -> None:
    sync(backtest)
    again = sync(backtest, force=True)
    assert again == type(again)()
    assert len(by_name(store)) == 5


def test_a_training_that_lacks_a_fold_is_recorded_anew(backtest: Path, store: Store) -> None:
    """As after a change of split.folds under a store that knows only the old runs."""
    sync(backtest)
    store.client.delete_run(by_name(store)["gru fold 0 seed 2"].info.run_id)
    assert sync(backtest, force=True).created == 1


def test_what_is_served_leaves_the_earlier_folds_behind(backtest: Path, store: Store) -> None:
    sync(backtest)
    kept = list((backtest / "mlruns" / "artifacts").rglob("gru/*"))
    assert [path.name for path in kept] == ["model.json"]
    assert json.loads(kept[0].read_text())["fold"] == 1
