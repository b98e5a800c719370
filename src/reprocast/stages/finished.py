"""Networks that were trained before their stage was killed, kept aside until it has published."""

import json
import shutil
from dataclasses import asdict, dataclass
from typing import Any

import torch

from reprocast.deterministic import canonical_json, sha256_of_bytes, sha256_of_text
from reprocast.networks.watch import Epoch
from reprocast.networks.weights import weights_bytes, weights_from
from reprocast.stages.arithmetic import arithmetic
from reprocast.stages.publish import STATE, write_file
from reprocast.tasks.training import Trained

FINISHED = STATE / "finished"
"""A folder a model."""


@dataclass(frozen=True)
class Finished:
    """A network after its training."""

    trained: Trained
    epochs: tuple[Epoch, ...]
    laps: tuple[float, ...]
    """Seconds of each epoch."""
    seconds: float
    """Of the whole training."""


class Shelf:
    """The finished networks of one model, by fold and seed.

    What lies there is taken only where training again would give the same bits for certain: by the model's
    fingerprint, on the same processor, with the same libraries and settings, without an accelerator.
    """

    def __init__(self, name: str, fingerprint: str, accelerator: str) -> None:
        self._all = FINISHED / name
        key = sha256_of_text(canonical_json({"fingerprint": fingerprint, **_arithmetic()}))
        self._own = self._all / key if accelerator == "cpu" else None

    def keep(self, fold: int, seed: int, finished: Finished) -> None:
        """Puts a network aside, whole or not at all."""
        if self._own:
            write_file(self._own / _file(fold, seed), _packed(finished))

    def find(self, fold: int, seed: int) -> Finished | None:
        """The network, if it was finished; None if it was not, or if the file is damaged."""
        try:
            return _unpacked((self._own / _file(fold, seed)).read_bytes()) if self._own else None
        except FileNotFoundError:
            return None

    def clear(self) -> None:
        """Forgets all of the model's networks, those of other fingerprints too."""
        shutil.rmtree(self._all, ignore_errors=True)


def _arithmetic() -> dict[str, Any]:
    return {**arithmetic(), "torch": [torch.__config__.show(), torch.backends.cpu.get_cpu_capability()]}


def _file(fold: int, seed: int) -> str:
    return f"fold-{fold}-seed-{seed}"


def _packed(finished: Finished) -> bytes:
    """The hash of what follows, the account as a line of JSON, the weights."""
    trained = finished.trained
    account = {
        "trained": {key: getattr(trained, key) for key in ("best_epoch", "best_loss", "steps", "rate")},
        "epochs": [asdict(epoch) for epoch in finished.epochs],
        "laps": finished.laps,
        "seconds": finished.seconds,
    }
    content = json.dumps(account).encode() + b"\n" + weights_bytes(trained.weights)
    return sha256_of_bytes(content).encode() + b"\n" + content


def _unpacked(packed: bytes) -> Finished | None:
    sha256, _, content = packed.partition(b"\n")
    if sha256 != sha256_of_bytes(content).encode():
        return None
    line, _, weights = content.partition(b"\n")
    account = json.loads(line)
    return Finished(
        Trained(weights=weights_from(weights), **account["trained"]),
        tuple(Epoch(**epoch) for epoch in account["epochs"]),
        tuple(account["laps"]),
        account["seconds"],
    )
