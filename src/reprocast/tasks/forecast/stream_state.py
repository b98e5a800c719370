"""What a stream remembers of everything it has seen: little, and always as much. It can be saved.

Legend: L look-back, H horizon, C channels, R raw columns, n ≤ L rows.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from safetensors import SafetensorError
from safetensors.torch import load, save
from torch import Tensor

from reprocast.data.windows import Floats, Ints
from reprocast.deterministic import canonical_json
from reprocast.errors import DataError
from reprocast.model import Description
from reprocast.networks.streaming import Carried
from reprocast.panel import Times


@dataclass(frozen=True)
class Stream:
    """A series up to some step."""

    carried: tuple[Carried, ...]
    """What each seed's network hands on."""
    observed: Floats
    """The last value observed of each channel (C,), unscaled; NaN before the first."""
    age: Ints
    """Steps since (C,)."""
    recent: Floats
    """The last rows read (n, C), unscaled and filled."""
    before: Mapping[str, float]
    """The raw columns of the last row (R)."""
    ds: Any = None
    """Time of the last row; none: there was none."""
    ahead: Times | None = None
    """The due times after it (H,)."""
    steps: int = 0
    """Rows the networks have read since the state began."""


SAVED = 1
"""Version of the form."""


def to_bytes(stream: Stream, description: Description, series: str) -> bytes:
    """A safetensors file, no pickle: the same bytes for the same state."""
    about = {
        "version": SAVED,
        "model": _identity(description),
        "series": series,
        "steps": stream.steps,
        "columns": list(stream.before),
        "times": "none" if stream.ds is None else str(np.asarray(stream.ds).dtype),
    }
    tensors = {name: part.contiguous() for name, part in _named(stream.carried)}
    tensors["observed"], tensors["age"] = torch.from_numpy(stream.observed), torch.from_numpy(stream.age)
    tensors["recent"] = torch.from_numpy(np.ascontiguousarray(stream.recent))
    tensors["before"] = torch.tensor(list(stream.before.values()), dtype=torch.float64)
    if stream.ds is not None and stream.ahead is not None:
        tensors["ds"] = torch.from_numpy(np.append(stream.ds, stream.ahead).astype(np.int64))
    tensors["about"] = torch.from_numpy(np.frombuffer(canonical_json(about).encode(), np.uint8).copy())
    return save({name: tensors[name] for name in sorted(tensors)})


def from_bytes(content: bytes, beginning: Stream, description: Description, series: str) -> Stream:
    """What `to_bytes` wrote of the same model and series.

    Args:
        content: of the file.
        beginning: the state before the first value, whose form the networks' has.
        description: of the model.
        series: its name.

    Raises:
        DataError: not such a file, or of another model or series.
    """
    try:
        tensors = load(content)
        about = json.loads(tensors["about"].numpy().tobytes())
    except (SafetensorError, KeyError, ValueError) as error:
        raise DataError(f"not a saved stream ({error}); begin anew with the series' history") from None
    _refuse_other(about, description, series)
    times = tensors["ds"].numpy() if "ds" in tensors else None
    times = None if times is None else times.astype(about["times"])
    return Stream(
        carried=_filled(beginning.carried, tensors),
        observed=tensors["observed"].numpy(),
        age=tensors["age"].numpy(),
        recent=tensors["recent"].numpy(),
        before=dict(zip(about["columns"], tensors["before"].tolist(), strict=True)),
        ds=None if times is None else times[0],
        ahead=None if times is None else times[1:],
        steps=int(about["steps"]),
    )


def _refuse_other(about: Mapping[str, Any], description: Description, series: str) -> None:
    if about.get("version") != SAVED:
        raise DataError(
            f"a saved stream of form {about.get('version')}, this version reads {SAVED}; begin anew"
        )
    if about["model"] != _identity(description):
        raise DataError(
            f"the saved stream belongs to another model than {description.name} "
            f"{description.fingerprint[:12]}; begin anew with the series' history"
        )
    if about["series"] != series:
        raise DataError(f"the saved stream is of series {about['series']}, not {series}")


def _identity(description: Description) -> dict[str, Any]:
    return {"fingerprint": description.fingerprint, "weights": dict(description.weights)}


def _named(carried: tuple[Carried, ...]) -> Iterator[tuple[str, Tensor]]:
    """Every part of a state by seed, turn, level and place; what has not begun is left out."""
    for s, turns in enumerate(carried):
        for t, levels in enumerate(turns):
            for n, state in enumerate(levels):
                for p, part in enumerate(state or ()):
                    yield f"carried.{s}.{t}.{n}.{p}", part


def _filled(form: tuple[Carried, ...], tensors: Mapping[str, Tensor]) -> tuple[Carried, ...]:
    def state(place: str) -> tuple[Tensor, ...] | None:
        names = sorted(name for name in tensors if name.startswith(f"carried.{place}."))
        return tuple(tensors[name] for name in names) or None

    return tuple(
        tuple(tuple(state(f"{s}.{t}.{n}") for n in range(len(levels))) for t, levels in enumerate(turns))
        for s, turns in enumerate(form)
    )
