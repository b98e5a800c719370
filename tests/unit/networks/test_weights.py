"""Weights on disk: the same bytes for the same weights, and clear words for a broken file."""

from pathlib import Path

import pytest
import torch
from safetensors import safe_open
from torch import nn

from reprocast.errors import DataError, NoInputError
from reprocast.networks.weights import read_weights, restore, write_weights


def test_what_is_read_is_what_was_written(tmp_path: Path) -> None:
    weights = {"b": torch.randn(3, 2).t(), "a": torch.tensor([1.5, float("inf")])}
    write_weights(weights, tmp_path / "w")
    found = read_weights(tmp_path / "w")
    assert found.keys() == weights.keys()
    assert all(torch.equal(found[name], weights[name]) for name in weights)


def test_bytes_do_not_depend_on_the_order_of_names(tmp_path: Path) -> None:
    weights = {name: torch.full((2,), float(n)) for n, name in enumerate("abc")}
    write_weights(weights, tmp_path / "one")
    write_weights(dict(reversed(weights.items())), tmp_path / "two")
    assert (tmp_path / "one").read_bytes() == (tmp_path / "two").read_bytes()


def test_the_file_is_plain_safetensors_without_remarks(tmp_path: Path) -> None:
    write_weights({"a": torch.zeros(1)}, tmp_path / "w")
    with safe_open(tmp_path / "w", "np") as file:
        assert list(file.keys()) == ["a"]
        assert not file.metadata()


def test_a_missing_file(tmp_path: Path) -> None:
    with pytest.raises(NoInputError, match=r"w: no such file; run `reprocast repro`"):
        read_weights(tmp_path / "w")


def test_a_truncated_file(tmp_path: Path) -> None:
    write_weights({"a": torch.zeros(100)}, tmp_path / "w")
    (tmp_path / "w").write_bytes((tmp_path / "w").read_bytes()[:-4])
    with pytest.raises(DataError, match="is not a safetensors file"):
        read_weights(tmp_path / "w")


@pytest.mark.parametrize(
    ("other", "said"),
    [
        (nn.Linear(3, 3), r"bias is \(3,\), the description asks for \(2,\)"),
        (nn.Linear(3, 2, bias=False), r"bias is nothing, the description asks for \(2,\)"),
        (nn.Bilinear(1, 3, 2, bias=True), r"weight is \(2, 1, 3\), the description asks for \(2, 3\)"),
    ],
)
def test_weights_of_another_network_are_refused(tmp_path: Path, other: nn.Module, said: str) -> None:
    write_weights(other.state_dict(), tmp_path / "w")
    with pytest.raises(DataError, match=said):
        restore(nn.Linear(3, 2), tmp_path / "w")
