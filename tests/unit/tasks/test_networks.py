"""A trained architecture on disk: it forecasts as the trained networks did, and refuses what is not whole."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from unit.tasks.waves import HORIZON, LOOK_BACK, waves

from reprocast.closure import SOURCE, import_closure
from reprocast.data.tensors import to_tensors
from reprocast.data.windows import Batch, gather
from reprocast.errors import DataError, NoInputError
from reprocast.model import Cost, Description, Roles
from reprocast.params.architecture import Architecture
from reprocast.params.train import Runtime, Train
from reprocast.tasks import networks
from reprocast.tasks.forecast import learn
from reprocast.tasks.networks import load_network, save_networks
from reprocast.tasks.training import Training

ARCHITECTURE = Architecture(cell="lstm", hidden=5, layers=2, dropout=0.4)
ROLES = Roles(target=("y",), past=("x",), future=("f",))
SEEDS = (3, 1)


def describe(**changes: Any) -> Description:
    said: dict[str, Any] = {
        "kind": "network",
        "name": "small",
        "task": "forecast",
        "block": ARCHITECTURE.model_dump(mode="json"),
        "shared": {"runtime": {"threads": 1, "accelerator": "cpu"}},
        "seeds": SEEDS,
        "features": ROLES,
        "channels": ROLES,
        "look_back": LOOK_BACK,
        "horizon": HORIZON,
        "season": 12,
        "calendar": "step",
        "series": ("a", "b"),
        "loc": ((5.0, 0.0, 0.0),) * 2,
        "scale": ((1.0, 1.0, 1.0),) * 2,
        "cost": Cost(parameters=1, multiply_adds=1, optimiser_steps=1),
        "fitted": {},
        "fingerprint": "f",
        "windows_sha256": "w",
    }
    return Description(**(said | changes))


@pytest.fixture
def trained(tmp_path: Path) -> dict[int, torch.nn.Module]:
    training = Training(learn, ARCHITECTURE, waves(), 0, Train(), Runtime(), tmp_path)
    return {seed: training.network(seed).eval() for seed in SEEDS}


@pytest.fixture
def folder(tmp_path: Path, trained: dict[int, torch.nn.Module]) -> Path:
    path = tmp_path / "models" / "small"
    path.mkdir(parents=True)
    save_networks(describe(), {seed: network.state_dict() for seed, network in trained.items()}, path)
    return path


@pytest.fixture
def batch() -> Batch:
    windows = waves()
    return gather(windows, windows.folds[0], windows.folds[0].starts["train"])


def test_it_forecasts_as_the_trained_networks_do(
    folder: Path, trained: dict[int, torch.nn.Module], batch: Batch
) -> None:
    model = load_network(folder)
    found = model.forecast(batch)
    assert model.description.model_copy(update={"weights": {}}) == describe()
    assert set(model.description.weights) == {str(seed) for seed in describe().seeds}
    assert found.shape == (2, len(batch.past), HORIZON, 1)
    assert found.dtype == np.float64
    with torch.no_grad():
        for n, seed in enumerate(SEEDS):
            expected = trained[seed](to_tensors(batch)).numpy()
            assert np.array_equal(found[n], expected.astype(np.float64))
    assert not np.allclose(found[0], found[1])


def test_every_field_comes_back(folder: Path) -> None:
    roles = Roles(target=("y",), past=(), future=("f",), observed=("observed(y)",), static=("s",))
    said = describe(
        channels=roles, features=roles, scaling="window", missing="mask", fill_steps=2,
        static=((0.25,), (-1.0,)), folds=3, fold=2,
    )  # fmt: skip
    text = json.dumps(said.model_dump(mode="json"))
    assert Description.model_validate_json(text) == said


def test_static_covariates_stay_with_their_windows(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    windows = waves()
    channels = replace(windows.channels, static=("s", "t"))
    windows = replace(windows, channels=channels, static=np.array([[3.0, -1.0], [-3.0, 2.0]]))
    training = Training(learn, ARCHITECTURE, windows, 0, Train(), Runtime(), tmp_path)
    weights = {seed: training.network(seed).state_dict() for seed in SEEDS}
    said = describe(
        channels=Roles(**{**vars(ROLES), "static": ("s", "t")}), static=((3.0, -1.0), (-3.0, 2.0))
    )
    save_networks(said, weights, tmp_path)
    whole = gather(windows, windows.folds[0], np.asarray(windows.folds[0].starts["train"])[::-1])
    expected = load_network(tmp_path).forecast(whole)
    monkeypatch.setattr(networks, "CHUNK", 7)
    assert np.abs(load_network(tmp_path).forecast(whole) - expected).max() < 1e-6
    swapped = replace(whole, static=whole.static[::-1])
    assert np.abs(load_network(tmp_path).forecast(swapped) - expected).max() > 1e-3


def test_forecasts_do_not_depend_on_how_windows_are_grouped(
    folder: Path, batch: Batch, monkeypatch: pytest.MonkeyPatch
) -> None:
    model, whole = load_network(folder), load_network(folder).forecast(batch)
    for chunk in (1, 7, 1000):
        monkeypatch.setattr(networks, "CHUNK", chunk)
        assert np.abs(model.forecast(batch) - whole).max() < 1e-6
    assert np.array_equal(model.forecast(batch), model.forecast(batch))


def test_no_windows_give_no_forecasts(folder: Path) -> None:
    windows = waves()
    none = gather(windows, windows.folds[0], np.zeros(0, np.int64))
    assert load_network(folder).forecast(none).shape == (2, 0, HORIZON, 1)


def test_loading_leaves_the_generator_alone_and_sets_the_threads(folder: Path) -> None:
    before, threads = torch.get_rng_state(), torch.get_num_threads()
    shared = {"runtime": {"threads": 2, "accelerator": "cpu"}}
    try:
        (folder / "model.json").write_text(describe(shared=shared).model_dump_json(), encoding="utf-8")
        load_network(folder)
        assert torch.get_num_threads() == 2
    finally:
        torch.set_num_threads(threads)
    assert torch.equal(before, torch.get_rng_state())


def test_files_are_the_same_bytes_each_time(
    folder: Path, trained: dict[int, torch.nn.Module], tmp_path: Path
) -> None:
    again = tmp_path / "again"
    again.mkdir()
    save_networks(describe(), {seed: trained[seed].state_dict() for seed in reversed(SEEDS)}, again)
    names = sorted(path.name for path in again.iterdir())
    assert names == ["model.json", "seed-1.safetensors", "seed-3.safetensors"]
    assert all((folder / name).read_bytes() == (again / name).read_bytes() for name in names)


def test_a_missing_model(tmp_path: Path) -> None:
    with pytest.raises(NoInputError, match=r"model\.json: no such model; run `reprocast repro`"):
        load_network(tmp_path)


def test_missing_weights_of_a_seed(folder: Path) -> None:
    (folder / "seed-1.safetensors").unlink()
    with pytest.raises(NoInputError, match=r"seed-1\.safetensors: no such file"):
        load_network(folder)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"kind": "baseline"}, "is a baseline, not a network"),
        ({"block": {"cell": "elman"}}, "is not a model: cell: "),
        (
            {"block": {"cell": "lstm", "hidden": 5}},
            r"encoder\.levels\.1\..* the description asks for nothing",
        ),
    ],
)
def test_a_description_that_does_not_fit(folder: Path, changes: dict[str, Any], said: str) -> None:
    (folder / "model.json").write_text(describe(**changes).model_dump_json(), encoding="utf-8")
    with pytest.raises(DataError, match=said):
        load_network(folder)


def test_a_description_that_lacks_a_key(folder: Path) -> None:
    said = json.loads((folder / "model.json").read_text(encoding="utf-8"))
    del said["horizon"]
    (folder / "model.json").write_text(json.dumps(said), encoding="utf-8")
    with pytest.raises(DataError, match=r"model\.json: is not a model: horizon: Field required"):
        load_network(folder)


def test_a_model_is_served_without_lightning() -> None:
    files = import_closure("reprocast.tasks.networks", "reprocast.tasks.forecast.learn")
    texts = {path: (SOURCE.parents[1] / path).read_text(encoding="utf-8") for path in files}
    assert "src/reprocast/networks/encoder.py" in texts
    assert [path for path, text in texts.items() if "import pytorch_lightning" in text] == []
