"""A trained architecture as a model: a network a seed, kept as `model.json` and safetensors, loaded again.

Needs torch but not Lightning, so that a model is served without it.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from pydantic import ValidationError
from torch import Tensor, nn

from reprocast.data.sizes import sizes_of
from reprocast.data.tensors import to_tensors
from reprocast.data.windows import Batch
from reprocast.deterministic import canonical_json, sha256_of_file
from reprocast.errors import DataError, NoInputError
from reprocast.model import Description, levels_of
from reprocast.networks.arithmetic import fix_arithmetic
from reprocast.networks.weights import restore, write_weights
from reprocast.params.architecture import Architecture
from reprocast.tasks import part

FILE = "model.json"
CHUNK = 1024
"""Windows that a network sees at once: fixed, because the last bits of a forecast depend on it."""


@dataclass(frozen=True)
class SavedNetworks:
    """The networks of all seeds with their description."""

    description: Description
    networks: Sequence[nn.Module]
    """One a seed (S), in the order of the description."""

    def forecast(self, batch: Batch) -> NDArray[np.float64]:
        """Scaled forecasts (S, B, H, K)."""
        if not len(batch.past):
            d = self.description
            return np.zeros((len(self.networks), 0, d.horizon, len(d.channels.target)))
        return self._answers(batch, part(self.description.task, "learn").forecast)

    def quantiles(self, batch: Batch) -> NDArray[np.float64]:
        """Scaled quantiles (S, B, H, K, Q) at the levels of the head."""
        levels, learn = levels_of(self.description), part(self.description.task, "learn")
        return self._answers(batch, lambda outputs, network: learn.quantiles(outputs, network, levels))

    def parameters(self, batch: Batch) -> NDArray[np.float64]:
        """Parameters (S, B, H, K, P) of the scaled answers' distributions."""
        return self._answers(batch, lambda outputs, _: outputs)

    def _answers(self, batch: Batch, answer: Callable[[Tensor, nn.Module], Tensor]) -> NDArray[np.float64]:
        """What every network answers (S, B, …), a chunk of windows at a time."""
        chunks = []
        for first in range(0, len(batch.past), CHUNK):
            inputs = to_tensors(_rows(batch, slice(first, first + CHUNK)))
            with torch.no_grad():
                found = [answer(network(inputs), network).double().numpy() for network in self.networks]
            chunks.append(np.stack(found))
        return np.concatenate(chunks, axis=1)


def _rows(batch: Batch, rows: slice) -> Batch:
    return Batch(**{field.name: getattr(batch, field.name)[rows] for field in fields(Batch)})


def save_networks(
    description: Description, weights: Mapping[int, Mapping[str, Tensor]], folder: Path
) -> None:
    """Writes `model.json` and the weights of each seed into an existing folder."""
    for seed in description.seeds:
        write_weights(weights[seed], folder / _weights_file(seed))
    hashes = {str(seed): sha256_of_file(folder / _weights_file(seed)) for seed in description.seeds}
    text = canonical_json(description.model_copy(update={"weights": hashes}).model_dump(mode="json"))
    (folder / FILE).write_text(text, encoding="utf-8")


def load_network(folder: Path) -> SavedNetworks:
    """Reads what `save_networks` wrote, and sets PyTorch's arithmetic as it was for training.

    Raises:
        NoInputError: the model, or the weights of a seed, are not there.
        DataError: a file is not what the train stage wrote.
    """
    description = _description(folder / FILE)
    fix_arithmetic(_threads(description.shared))
    networks = [_build(description, folder) for _ in description.seeds]
    for seed, network in zip(description.seeds, networks, strict=True):
        _refuse_other_weights(description, seed, folder / _weights_file(seed))
        restore(network, folder / _weights_file(seed))
    return SavedNetworks(description, networks)


def _refuse_other_weights(description: Description, seed: int, path: Path) -> None:
    """Raises when a file is not the one that was written for this seed; older models name no hash."""
    expected = description.weights.get(str(seed))
    if expected and path.is_file() and sha256_of_file(path) != expected:
        raise DataError(
            f"{path}: is not what training {description.name} with seed {seed} has written; "
            "run `reprocast repro`"
        )


def _description(path: Path) -> Description:
    try:
        description = Description.model_validate_json(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise NoInputError(f"{path}: no such model; run `reprocast repro`") from None
    except ValidationError as error:
        raise _not_a_network(path, error) from None
    if description.kind != "network":
        raise DataError(f"{path}: is a {description.kind}, not a network; run `reprocast repro`")
    return description


def _build(description: Description, folder: Path) -> nn.Module:
    """A network of the description's form; its weights mean nothing yet."""
    try:
        architecture = Architecture.model_validate_json(json.dumps(description.block))
    except ValidationError as error:
        raise _not_a_network(folder / FILE, error) from None
    sizes = sizes_of(description, len(description.series))
    with torch.random.fork_rng(devices=[]):
        network: nn.Module = part(description.task, "learn").build(architecture, sizes)
    return network.eval()


def _threads(shared: Mapping[str, Any]) -> int:
    return int(shared.get("runtime", {}).get("threads", 1))


def _weights_file(seed: int) -> str:
    return f"seed-{seed}.safetensors"


def _not_a_network(path: Path, error: ValidationError) -> DataError:
    first = error.errors()[0]
    where = ".".join(str(key) for key in first["loc"])
    return DataError(f"{path}: is not a model: {where}: {first['msg']}; run `reprocast repro`")
