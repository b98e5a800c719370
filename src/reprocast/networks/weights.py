"""Weights as a safetensors file: plain numbers by name, the same bytes for the same weights, no pickle."""

from collections.abc import Mapping
from pathlib import Path

from safetensors import SafetensorError
from safetensors.torch import load, save
from torch import Tensor, nn

from reprocast.errors import DataError, NoInputError

Weights = Mapping[str, Tensor]


def write_weights(weights: Weights, path: Path) -> None:
    """Writes a file whose bytes depend on names and values only."""
    path.write_bytes(weights_bytes(weights))


def weights_bytes(weights: Weights) -> bytes:
    """What `write_weights` writes."""
    return save({name: weights[name].detach().cpu().contiguous() for name in sorted(weights)})


def weights_from(content: bytes) -> dict[str, Tensor]:
    """The weights of `weights_bytes`."""
    tensors: dict[str, Tensor] = load(content)
    return tensors


def read_weights(path: Path) -> dict[str, Tensor]:
    """The weights that `write_weights` wrote.

    Raises:
        NoInputError: no such file.
        DataError: it is not a whole safetensors file.
    """
    try:
        return weights_from(path.read_bytes())
    except FileNotFoundError:
        raise NoInputError(f"{path}: no such file; run `reprocast repro`") from None
    except SafetensorError as error:
        raise DataError(f"{path}: is not a safetensors file ({error}); run `reprocast repro`") from None


def restore(network: nn.Module, path: Path) -> None:
    """Fills a network with the weights of a file; raises like `read_weights`.

    Raises:
        DataError: names or shapes are not the network's.
    """
    weights, expected = read_weights(path), network.state_dict()
    found = {name: tuple(tensor.shape) for name, tensor in weights.items()}
    wanted = {name: tuple(tensor.shape) for name, tensor in expected.items()}
    if found != wanted:
        name = min(name for name in found | wanted if found.get(name) != wanted.get(name))
        shapes = f"{found.get(name, 'nothing')}, the description asks for {wanted.get(name, 'nothing')}"
        raise DataError(f"{path}: {name} is {shapes}; run `reprocast repro`")
    network.load_state_dict(weights)
