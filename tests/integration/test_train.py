"""The stage train in a project of its own."""

import csv
import json
import os
import pty
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from unit.tasks.waves import waves

from reprocast.data.tensors import to_tensors
from reprocast.data.window_files import windows_sha256, write_windows
from reprocast.data.windows import gather
from reprocast.deterministic import figure
from reprocast.errors import InternalError, ParamsError
from reprocast.model import Description
from reprocast.networks.diagnostics import diagnose
from reprocast.networks.lit import LitNetwork
from reprocast.networks.weights import read_weights
from reprocast.params.architecture import Architecture
from reprocast.stages import follower, train
from reprocast.stages.follower import start_follower, wait_for
from reprocast.stages.train import main
from reprocast.tasks.forecast import learn
from reprocast.tasks.networks import load_network

PARAMS = """
task: forecast
seeds: [2, 1]
architectures:
  small: {cell: gru, hidden: 6}
  deep: {cell: lstm, hidden: 4, layers: 2, dropout: 0.3}
  broken: {cell: elman}
train: {batch_size: 64, max_epochs: 3, learning_rate: 0.01}
runtime: {threads: 1, accelerator: cpu}
"""
FILES = ["model.json", "seed-1.safetensors", "seed-2.safetensors"]


def new_project(folder: Path, params: str = PARAMS) -> Path:
    """A folder with params.yaml and data/windows."""
    (folder / "data/windows").mkdir(parents=True)
    write_windows(folder / "data/windows", waves())
    (folder / "params.yaml").write_text(params, encoding="utf-8")
    return folder


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(new_project(tmp_path / "project"))
    return tmp_path / "project"


def outputs(project: Path, name: str) -> dict[str, bytes]:
    results = [f"results/training/{name}.csv", f"results/diagnostics/{name}.json"]
    paths = [*(project / "models" / name).iterdir(), *(project / path for path in results)]
    return {path.name: path.read_bytes() for path in paths}


def events(project: Path, name: str) -> list[dict[str, Any]]:
    text = (project / f".reprocast/events/{name}.jsonl").read_text(encoding="utf-8")
    return [json.loads(line) for line in text.splitlines()]


def test_it_writes_a_model_that_forecasts(project: Path) -> None:
    main("small", follow=False)
    assert sorted(path.name for path in (project / "models/small").iterdir()) == FILES
    model, windows = load_network(project / "models/small"), waves()
    forecasts = model.forecast(gather(windows, windows.folds[0], windows.folds[0].starts["test"]))
    assert forecasts.shape == (2, len(windows.folds[0].starts["test"]), 3, 1)
    assert np.isfinite(forecasts).all()


def test_the_description_says_what_the_model_is(project: Path) -> None:
    main("small", follow=False)
    text = (project / "models/small/model.json").read_text(encoding="utf-8")
    said = Description.model_validate_json(text)
    assert (said.kind, said.name, said.seeds) == ("network", "small", (2, 1))
    assert said.block == Architecture(cell="gru", hidden=6).model_dump(mode="json")
    assert said.fitted["learning_rate"] == {"1": 0.01, "2": 0.01}
    assert set(said.shared) == {"task", "seeds", "train", "runtime"}
    assert said.shared["train"]["clip_norm"] == 1.0
    assert said.windows_sha256 == windows_sha256(project / "data/windows")
    assert said.loc == ((5.0, 0.0, 0.0), (5.0, 0.0, 0.0))
    assert (said.look_back, said.horizon, said.season, said.calendar) == (8, 3, 12, "step")
    gru, decoder, head = 3 * 6 * (3 + 6), 6 * 6 + 3 * 6 * (1 + 1), 3 * 6
    assert said.cost.multiply_adds == 8 * gru + decoder + head
    assert said.cost.parameters == (gru + 2 * 3 * 6) + (6 * 6 + 2 * 3 * 6 + 6) + (6 + 1)
    assert said.cost.optimiser_steps == 2 * 3 * 3
    assert str(project) not in text


def test_the_curves_agree_with_the_description(project: Path) -> None:
    main("small", follow=False)
    with (project / "results/training/small.csv").open(encoding="utf-8") as stream:
        rows = list(csv.DictReader(stream))
    losses = ["train_loss", "validation_loss"]
    assert list(rows[0]) == ["fold", "seed", "epoch", *losses, "learning_rate", "gradient_norm", "clipped"]
    assert [(row["seed"], row["epoch"]) for row in rows] == [(s, e) for s in "21" for e in "123"]
    fitted = json.loads((project / "models/small/model.json").read_text(encoding="utf-8"))["fitted"]
    for seed in "12":
        curve = {row["epoch"]: float(row["validation_loss"]) for row in rows if row["seed"] == seed}
        best = min(curve, key=lambda epoch: curve[epoch])
        assert fitted["best_epoch"][seed] == int(best)
        assert fitted["best_loss"][seed] == pytest.approx(curve[best], rel=1e-4)


def test_only_the_own_architecture_is_read(project: Path) -> None:
    main("small", follow=False)
    with pytest.raises(ParamsError, match=r"params.yaml:7 architectures.broken.cell: 'elman' is not rnn, "):
        main("broken", follow=False)
    with pytest.raises(ParamsError, match=r"params.yaml:4 architectures.other: is missing"):
        main("other", follow=False)


@pytest.mark.parametrize(
    ("before", "after", "changes"),
    [
        ("hidden: 4", "hidden: 5", False),
        ("hidden: 6", "hidden: 7", True),
        ("learning_rate: 0.01", "learning_rate: 0.02", True),
        ("seeds: [2, 1]", "seeds: [2]", True),
        ("task: forecast", "task: forecast\ncompare: {alpha: 0.1}", False),
    ],
)
def test_the_fingerprint_covers_the_own_block_and_the_shared_ones(
    project: Path, before: str, after: str, changes: bool
) -> None:
    def fingerprint() -> str:
        main("small", follow=False)
        return str(events(project, "small")[0]["fingerprint"])

    first, params = fingerprint(), project / "params.yaml"
    params.write_text(params.read_text(encoding="utf-8").replace(before, after), encoding="utf-8")
    assert (fingerprint() != first) is changes


def test_two_names_of_one_block_are_two_models(project: Path) -> None:
    params = PARAMS.replace(
        "deep: {cell: lstm, hidden: 4, layers: 2, dropout: 0.3}", "twin: {cell: gru, hidden: 6}"
    )
    (project / "params.yaml").write_text(params, encoding="utf-8")
    main("small", follow=False)
    main("twin", follow=False)
    assert events(project, "small")[0]["fingerprint"] != events(project, "twin")[0]["fingerprint"]
    small, twin = outputs(project, "small"), outputs(project, "twin")
    assert small["seed-1.safetensors"] == twin["seed-1.safetensors"]


def test_outputs_are_the_same_bytes_in_another_process_and_folder(project: Path, tmp_path: Path) -> None:
    main("deep", follow=False)
    other = new_project(tmp_path / "other")
    code = "from reprocast.stages.train import main; main('deep', follow=False)"
    strange = {"PYTHONHASHSEED": "42", "TZ": "Asia/Kathmandu", "LC_ALL": "C", "LANG": "C"}
    subprocess.run([sys.executable, "-c", code], cwd=other, env=os.environ | strange, check=True)
    assert outputs(project, "deep") == outputs(other, "deep")


def test_events_tell_the_training(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    main("small", follow=False)
    told = events(project, "small")
    epochs = ["seed_start", "epoch", "epoch", "epoch", "seed_end"]
    assert [event["event"] for event in told] == ["start", *epochs, *epochs, "end"]
    assert [event["time"] for event in told] == sorted(event["time"] for event in told)
    start, end = told[0], told[-1]
    assert (start["model"], start["pid"]) == ("small", os.getpid())
    assert {"fingerprint", "description", "host", "process_start", "commit"} <= start.keys()
    assert (end["status"], end["reason"]) == ("FINISHED", None)
    assert told[1]["seed"] == 2
    assert told[2].keys() >= {
        "seed",
        "epoch",
        "train_loss",
        "validation_loss",
        "learning_rate",
        "gradient_norm",
        "clipped",
    }
    best = min(event["validation_loss"] for event in told[2:5])
    assert told[5]["best_loss"] == best
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == 8
    assert lines[0].startswith("small seed 2 epoch 1: train ")


def test_a_terminal_gets_a_bar_and_a_line_a_seed(
    project: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True)
    main("small", follow=False)
    said = capsys.readouterr().out
    assert said.count("best validation loss") == 2
    assert "━" in said
    assert "small seed 1 epoch" not in said
    assert [count for count in range(3) if f"{count} of 2 networks" in said] == [0, 1, 2]
    assert not signs_of_a_live_display()
    assert outputs(project, "small").keys() == {*FILES, "small.csv", "small.json"}


def test_the_networks_are_diagnosed_on_validation_windows(project: Path) -> None:
    main("small", follow=False)
    said = json.loads((project / "results/diagnostics/small.json").read_text(encoding="utf-8"))
    model = json.loads((project / "models/small/model.json").read_text(encoding="utf-8"))
    assert (said["model"], said["fingerprint"]) == ("small", model["fingerprint"])
    assert said["windows"] == len(waves().folds[0].starts["validation"])
    network = load_network(project / "models/small")
    inputs = to_tensors(gather(waves(), waves().folds[0], waves().folds[0].starts["validation"]))
    for seed, one in zip(("2", "1"), network.networks, strict=True):
        found = diagnose(one, learn.loss("mse", one), inputs, int(seed))
        (layer,) = said["seeds"][seed]["layers"]
        assert layer["gradient"] == [figure(norm) for norm in found.top.gradient]
        assert layer["jacobian"] == [figure(norm) for norm in found.top.jacobian]
        assert set(layer["gates"]) == {"reset", "update"}
        assert said["seeds"][seed]["memory"] == found.memory


def test_the_share_of_clipped_steps_is_counted(project: Path) -> None:
    shares = []
    for clip in ("clip_norm: 1.0e-6", "clip_norm: 1.0e+6", "clip_norm: null", "clip_value: 1.0e-6"):
        own = PARAMS.replace("hidden: 6}", f"hidden: 6, train: {{{clip}}}}}")
        (project / "params.yaml").write_text(own, encoding="utf-8")
        main("small", follow=False)
        said = json.loads((project / "results/diagnostics/small.json").read_text(encoding="utf-8"))
        shares.append([seed["clipped"] for seed in said["seeds"].values()])
    assert shares == [[1, 1], [0, 0], [0, 0], [1, 1]]


def test_an_ill_network_is_warned_about_once_with_the_remedy(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    own = PARAMS.replace("hidden: 6}", "hidden: 6, train: {clip_norm: 1.0e-6}}")
    (project / "params.yaml").write_text(own, encoding="utf-8")
    main("small", follow=False)
    lines = [line for line in capsys.readouterr().out.splitlines() if "warning" in line]
    assert lines == [
        "small: warning: gradients were clipped in 100 % of the steps: take a lower train.learning_rate, "
        "initial_weights: orthogonal or a higher train.clip_norm"
    ]
    said = json.loads((project / "results/diagnostics/small.json").read_text(encoding="utf-8"))
    assert [f"small: warning: {line}" for line in said["warnings"]] == lines


def test_diagnosing_changes_no_weight(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    main("deep", follow=False)
    with_it = outputs(project, "deep")
    monkeypatch.setattr(train, "report", lambda *_: {"warnings": []})
    main("deep", follow=False)
    without = outputs(project, "deep")
    assert {name for name in with_it if with_it[name] != without[name]} == {"deep.json"}


def signs_of_a_live_display() -> list[str]:
    """Threads that still redraw; one that was told to end is given the time."""
    found = [thread for thread in threading.enumerate() if "Refresh" in type(thread).__name__]
    for thread in found:
        thread.join(20)
    return [thread.name for thread in found if thread.is_alive()]


def test_a_failed_training_says_so_and_leaves_the_old_outputs(project: Path) -> None:
    main("small", follow=False)
    before, params = outputs(project, "small"), project / "params.yaml"
    params.write_text(PARAMS.replace("learning_rate: 0.01", "learning_rate: 1.0e+30"), encoding="utf-8")
    with pytest.raises(InternalError, match=r"lower train\.learning_rate"):
        main("small", follow=False)
    assert outputs(project, "small") == before
    end = events(project, "small")[-1]
    assert end["status"] == "FAILED"
    assert "the training loss is not finite" in end["reason"]
    assert [event["event"] for event in events(project, "small")] == ["start", "seed_start", "end"]


def test_the_best_weights_before_a_loss_is_no_number_are_kept_aside(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In the third epoch a weight becomes NaN, as it does when gradients explode."""
    start = LitNetwork.on_train_epoch_start

    def spoilt(self: LitNetwork) -> None:
        start(self)
        if self.current_epoch == 2:
            next(self.network.parameters()).data.fill_(float("nan"))

    monkeypatch.setattr(LitNetwork, "on_train_epoch_start", spoilt)
    with pytest.raises(InternalError, match=r"epoch 3, step 1: .* the weights of epoch 2, the best"):
        main("small", follow=False)
    kept = read_weights(project / ".reprocast/diverged/small-seed-2.safetensors")
    assert all(weight.isfinite().all() for weight in kept.values())
    assert not (project / "models/small").exists()


OWN = """{cell: gru, hidden: 6, train: {optimiser: rmsprop, momentum: 0.5, max_epochs: 2, learning_rate: find,
  schedule: one_cycle, l1: 0.0001, l2: 0.0001, activation_l2: 0.01, slowness: 0.01, input_noise: 0.1,
  clip_value: 0.5, averaging: ema, averaging_decay: 0.9}}"""


def test_an_architecture_is_trained_by_its_own_settings_and_to_the_same_bytes(project: Path) -> None:
    params = PARAMS.replace("{cell: gru, hidden: 6}", OWN)
    (project / "params.yaml").write_text(params, encoding="utf-8")
    main("small", follow=False)
    once = outputs(project, "small")
    said = Description.model_validate_json(once["model.json"])
    rates = said.fitted["learning_rate"].values()
    assert all(1e-6 < rate < 1 and rate != 0.01 for rate in rates)
    assert said.cost.optimiser_steps == 2 * 2 * 3  # seeds, epochs, batches
    assert said.shared["train"]["optimiser"] == "adamw"
    assert said.block["train"]["optimiser"] == "rmsprop"
    main("small", follow=False)
    assert outputs(project, "small") == once


@pytest.mark.parametrize(
    "setting",
    [
        "optimiser: sgd",
        "optimiser: rmsprop",
        "optimiser: adam, l2: 0.1",
        "weight_decay: 0.5",
        "schedule: exponential",
        "schedule: one_cycle",
        "l1: 0.01",
        "l2: 0.1",
        "activation_l2: 1.0",
        "slowness: 10.0",
        "input_noise: 0.5",
        "clip_norm: 0.01",
        "clip_value: 0.0001",
        "averaging: ema",
        "averaging: swa, max_epochs: 8, patience: 8",
        "loss: huber",
        "batch_size: 32",
    ],
)
def test_each_setting_moves_the_weights(project: Path, setting: str) -> None:
    """Against the same training without it; a setting that did nothing would leave the bytes as they are."""
    _, _, length = setting.partition(", max_epochs")
    found = []
    for one in (f"max_epochs{length}" if length else "max_epochs: 3", setting):
        params = PARAMS.replace("[2, 1]", "[2]").replace("hidden: 6}", f"hidden: 6, train: {{{one}}}}}")
        (project / "params.yaml").write_text(params, encoding="utf-8")
        main("small", follow=False)
        found.append((project / "models/small/seed-2.safetensors").read_bytes())
    assert found[0] != found[1]


def test_nothing_is_left_of_an_architecture_of_other_seeds(project: Path) -> None:
    main("small", follow=False)
    (project / "params.yaml").write_text(PARAMS.replace("[2, 1]", "[5]"), encoding="utf-8")
    main("small", follow=False)
    assert sorted(path.name for path in (project / "models/small").iterdir()) == [
        "model.json",
        "seed-5.safetensors",
    ]


def test_a_recording_process_that_fails_costs_one_line(
    project: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(follower, "MODULE", "reprocast.no_such_module")
    main("small", follow=True)
    assert (project / "models/small/model.json").exists()
    said = capfd.readouterr().err
    assert "the recording process ended with code 1; `reprocast sync` records this training later" in said


def test_a_recording_process_that_cannot_start(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(follower.sys, "executable", "/no/such/python")
    assert start_follower("small") is None
    assert "cannot be started (No such file or directory)" in capsys.readouterr().err


def test_a_recording_process_that_hangs_is_ended(capsys: pytest.CaptureFixture[str]) -> None:
    process = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
    wait_for(process, patience=0.2)
    assert process.wait(10) != 0
    assert "was not done after 0.2 s" in capsys.readouterr().err


def test_a_terminal_gets_a_bar_and_a_pipe_a_line_an_epoch(project: Path) -> None:
    code = "from reprocast.stages.train import main; main('small', follow=False)"
    ours, theirs = pty.openpty()
    environment = {**os.environ, "TERM": "xterm", "COLUMNS": "100"}
    with subprocess.Popen([sys.executable, "-c", code], stdout=theirs, stderr=theirs, env=environment) as run:
        os.close(theirs)
        shown = _until_closed(ours)
    piped = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert run.returncode == 0
    assert "━" in shown
    assert "epoch 1: train" not in shown
    assert "━" not in piped
    assert "of 2 networks" in shown
    assert "of 2 networks" not in piped
    assert "epoch 1: train" in piped
    assert all("best validation loss" in text for text in (shown, piped))


def _until_closed(terminal: int) -> str:
    found = b""
    try:
        while part := os.read(terminal, 4096):
            found += part
    except OSError:  # Linux's way to say that the other end has closed
        pass
    os.close(terminal)
    return found.decode()
