"""A train stage that is killed with kill -9 and repeated: nothing finished is trained again, same bytes."""

import json
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import torch
from unit.tasks.waves import waves

from reprocast.data.starts import Starts
from reprocast.data.window_files import write_windows
from reprocast.data.windows import Windows
from reprocast.networks.watch import Epoch
from reprocast.stages import arithmetic, baseline, train
from reprocast.stages.finished import FINISHED, Finished, Shelf
from reprocast.stages.kept_folds import KEPT
from reprocast.tasks.training import Trained

PARAMS = """
task: forecast
seeds: [2, 1]
architectures:
  deep: {cell: lstm, hidden: 4, layers: 2, dropout: 0.3}
train: {batch_size: 64, max_epochs: 3, learning_rate: 0.01, averaging: ema}
runtime: {threads: 1, accelerator: cpu}
"""
KILLED = """
import os, signal
from reprocast.stages import train
calls, honest = [], train.train_seed
def train_seed(*arguments, on_epoch, **watching):
    calls.append(1)
    def killed_in_epoch_2_of_the_third(epoch):
        on_epoch(epoch)
        if len(calls) == 3 and epoch.epoch == 2:
            os.kill(os.getpid(), signal.SIGKILL)
    return honest(*arguments, on_epoch=killed_in_epoch_2_of_the_third, **watching)
train.train_seed = train_seed
train.main("deep", follow=False)
"""
PLAIN = "from reprocast.stages import train; train.main('deep', follow=False)"


def two_folds() -> Windows:
    windows = waves()
    fold = windows.folds[0]
    fewer = {**fold.starts, "train": Starts.of(fold.starts["train"][:-20])}
    return replace(windows, folds={0: replace(fold, starts=fewer), 1: fold})


def new_project(folder: Path) -> Path:
    (folder / "data/windows").mkdir(parents=True)
    write_windows(folder / "data/windows", two_folds())
    (folder / "params.yaml").write_text(PARAMS, encoding="utf-8")
    return folder


def outputs(project: Path) -> dict[str, bytes]:
    found = [path for folder in ("models", "results") for path in (project / folder).rglob("*.*")]
    return {str(path.relative_to(project)): path.read_bytes() for path in found if path.is_file()}


def events(project: Path) -> list[dict[str, Any]]:
    text = (project / ".reprocast/events/deep.jsonl").read_text(encoding="utf-8")
    return [json.loads(line) for line in text.splitlines()]


def told(project: Path) -> Iterator[tuple[Any, ...]]:
    for event in events(project):
        yield tuple(event.get(key) for key in ("event", "fold", "seed", "epoch", "train_loss", "best_loss"))


def python(code: str, project: Path) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, "-c", code], cwd=project, capture_output=True, text=True, check=False
    )


def test_a_killed_stage_goes_on_where_it_was_and_leaves_the_same_bytes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    project, whole = new_project(tmp_path / "killed"), new_project(tmp_path / "whole")
    killed = python(KILLED, project)
    assert killed.returncode == -signal.SIGKILL, killed.stderr
    assert [event["event"] for event in events(project)].count("seed_end") == 2
    assert not outputs(project)

    resumed = python(PLAIN, project)
    assert resumed.returncode == 0, resumed.stderr
    lines = resumed.stdout.splitlines()
    before = [line.split(":")[0] for line in lines if line.endswith("trained before the run was interrupted")]
    assert before == ["deep fold 0 seed 2", "deep fold 0 seed 1"]
    trained = [line.split(" epoch")[0] for line in lines if "epoch 1: train" in line]
    assert trained == ["deep fold 1 seed 2", "deep fold 1 seed 1"]
    assert not (project / FINISHED / "deep").exists()

    monkeypatch.chdir(whole)
    train.main("deep", follow=False)
    assert outputs(project) == outputs(whole)
    assert len(outputs(whole)) == 2 * 3 + 2
    assert list(told(project)) == list(told(whole))
    assert not (whole / FINISHED / "deep").exists()


KILLED_BASELINE = """
import os, signal
from reprocast.stages import baseline
honest = baseline.fit_baseline
def fit_baseline(name, block, windows, fold, *rest):
    if fold == 1:
        os.kill(os.getpid(), signal.SIGKILL)
    return honest(name, block, windows, fold, *rest)
baseline.fit_baseline = fit_baseline
baseline.main("ridge")
"""


def test_a_killed_baseline_fits_only_the_folds_that_lack(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    project, whole = new_project(tmp_path / "killed"), new_project(tmp_path / "whole")
    for folder in (project, whole):
        (folder / "params.yaml").write_text("task: forecast\nbaselines: {ridge: {}}\n", encoding="utf-8")
    killed = python(KILLED_BASELINE, project)
    assert killed.returncode == -signal.SIGKILL, killed.stderr
    assert not outputs(project)

    monkeypatch.chdir(whole)
    baseline.main("ridge")
    monkeypatch.chdir(project)
    fitted, honest = [], baseline.fit_baseline

    def counted(name: str, block: Any, windows: Any, fold: int, *rest: Any) -> Any:
        fitted.append(fold)
        return honest(name, block, windows, fold, *rest)

    monkeypatch.setattr(baseline, "fit_baseline", counted)
    baseline.main("ridge")
    assert fitted == [1]
    assert outputs(project) == outputs(whole)
    assert len(outputs(whole)) == 2
    assert not (project / KEPT / "ridge").exists()


TRAINED = Trained({"b": torch.tensor([1 / 3]), "a": torch.tensor([[2.0, -0.0]])}, 2, 0.1 + 0.2, 6, 1e-3 / 3)
DONE = Finished(TRAINED, (Epoch(7, 1, 1 / 3, 0.1, 2e-3, 1.5, 0.25),), (0.5,), 1.25)


def test_what_was_kept_is_found_to_the_last_bit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Shelf("gru", "mark", "cpu").keep(1, 7, DONE)
    found = Shelf("gru", "mark", "cpu").find(1, 7)
    assert found is not None
    assert replace(found, trained=replace(found.trained, weights={})) == replace(
        DONE, trained=replace(TRAINED, weights={})
    )
    assert found.trained.weights.keys() == TRAINED.weights.keys()
    for name, weight in found.trained.weights.items():
        assert torch.equal(weight.view(torch.int32), TRAINED.weights[name].view(torch.int32))


@pytest.mark.parametrize(
    ("name", "mark", "fold", "seed"),
    [("lstm", "mark", 1, 7), ("gru", "other", 1, 7), ("gru", "mark", 0, 7), ("gru", "mark", 1, 8)],
)
def test_another_network_is_not_taken_for_it(
    name: str, mark: str, fold: int, seed: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Shelf("gru", "mark", "cpu").keep(1, 7, DONE)
    assert Shelf(name, mark, "cpu").find(fold, seed) is None


def test_nothing_is_taken_where_bits_are_not_certain(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Shelf("gru", "mark", "cuda").keep(1, 7, DONE)
    assert not FINISHED.exists()
    Shelf("gru", "mark", "cpu").keep(1, 7, DONE)
    assert Shelf("gru", "mark", "cuda").find(1, 7) is None
    with monkeypatch.context() as elsewhere:
        elsewhere.setenv("ATEN_CPU_CAPABILITY", "default")
        assert Shelf("gru", "mark", "cpu").find(1, 7) is None
    with monkeypatch.context() as elsewhere:
        elsewhere.setattr(arithmetic, "version", lambda name: f"another {name}")
        assert Shelf("gru", "mark", "cpu").find(1, 7) is None
    with monkeypatch.context() as elsewhere:
        elsewhere.setattr(arithmetic, "_processor", lambda: iter(["another"]))
        assert Shelf("gru", "mark", "cpu").find(1, 7) is None
    assert Shelf("gru", "mark", "cpu").find(1, 7) is not None


def test_a_damaged_file_is_no_network(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    shelf = Shelf("gru", "mark", "cpu")
    shelf.keep(1, 7, DONE)
    (path,) = (path for path in FINISHED.rglob("*") if path.is_file())
    whole = path.read_bytes()
    for place in (0, 70, len(whole) - 1):
        path.write_bytes(whole[:place] + bytes([whole[place] ^ 1]) + whole[place + 1 :])
        assert shelf.find(1, 7) is None
    for end in (0, 10, 64, 65, len(whole) - 1):
        path.write_bytes(whole[:end])
        assert shelf.find(1, 7) is None
    path.write_bytes(whole)
    assert shelf.find(1, 7) is not None


def test_clearing_forgets_older_fingerprints_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for name, mark in (("gru", "old"), ("gru", "new"), ("lstm", "new")):
        Shelf(name, mark, "cpu").keep(0, 1, DONE)
    Shelf("gru", "new", "cpu").clear()
    assert [path.name for path in FINISHED.iterdir()] == ["lstm"]
