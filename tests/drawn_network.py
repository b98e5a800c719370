"""Networks with drawn weights and a description, as training would leave them."""

import json
from pathlib import Path
from typing import Any

import torch

from reprocast.data.sizes import sizes_of
from reprocast.model import Cost, Description, Roles
from reprocast.networks.forecaster import Forecaster
from reprocast.params.architecture import Architecture
from reprocast.tasks.networks import SavedNetworks, save_networks

LOOK_BACK, HORIZON, SEASON = 9, 3, 4
FEATURES = Roles(target=("load",), past=("log_return(price)",), future=("day_of_week",))
CHANNELS = Roles(target=("load",), past=("log_return(price)",), future=("day_of_week_sin", "day_of_week_cos"))
LOC = ((50.0, 0.01, 0.0, 0.0), (80.0, -0.01, 0.0, 0.0))
SCALE = ((10.0, 0.1, 0.7, 0.7), (20.0, 0.2, 0.7, 0.7))


def architecture(block: dict[str, Any]) -> Architecture:
    """Of an entry as params.yaml writes it, by default with 6 units."""
    return Architecture.model_validate_json(json.dumps({"hidden": 6} | block))


def described(block: dict[str, Any], **changes: Any) -> Description:
    """Of a network over two series, load and the return of a price, on a daily calendar."""
    said: dict[str, Any] = {
        "kind": "network", "name": "net", "task": "forecast",
        "block": architecture(block).model_dump(mode="json"),
        "shared": {"runtime": {"threads": 1, "accelerator": "cpu"}}, "seeds": (1, 2),
        "features": FEATURES, "channels": CHANNELS,
        "look_back": LOOK_BACK, "horizon": HORIZON, "season": SEASON, "calendar": "D",
        "series": ("a", "b"), "loc": LOC, "scale": SCALE, "static": ((), ()),
        "cost": Cost(parameters=1, multiply_adds=1, optimiser_steps=1),
        "fitted": {}, "fingerprint": "f" * 64, "windows_sha256": "w",
    }  # fmt: skip
    return Description(**(said | changes))


def drawn(block: dict[str, Any], **changes: Any) -> SavedNetworks:
    """A model of two seeds, in use."""
    description, networks = described(block, **changes), []
    for seed in description.seeds:
        torch.manual_seed(seed)
        network = Forecaster(architecture(block), sizes_of(description, len(description.series)))
        for parameter in network.parameters():  # biases and gains that begin at 0 would hide themselves
            torch.nn.init.uniform_(parameter, -0.6, 0.6)
        networks.append(network.eval())
    return SavedNetworks(description, networks)


def saved(model: SavedNetworks, folder: Path) -> Path:
    """The same on disk."""
    folder.mkdir(parents=True)
    weights = {
        seed: net.state_dict() for seed, net in zip(model.description.seeds, model.networks, strict=True)
    }
    save_networks(model.description, weights, folder)
    return folder
