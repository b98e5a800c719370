"""Diagnostics of a model as metrics: `memory_length`, and by lag `gradient_by_lag` and `jacobian_by_lag`."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from statistics import fmean
from typing import Any

NAMES = {
    "memory": "memory_length",
    "kept": "gradient_kept_a_step",
    "growth": "gradient_growth",
    "saturated": "saturated_gates",
    "dead": "dead_units",
}
"""Figure of results/diagnostics -> metric; what was clipped is a curve of the seed's run."""


@dataclass(frozen=True)
class Score:
    """One figure of one run."""

    name: str
    value: float
    step: int = 0


def diagnosed(diagnostics: Mapping[str, Any]) -> Iterator[Score]:
    """Figures of the model's own run: means over its seeds."""
    seeds = list(diagnostics.get("seeds", {}).values())
    for key, name in NAMES.items():
        values = [one[key] for one in seeds]
        if values and None not in values:
            yield Score(name, fmean(values))


def diagnosed_seed(diagnostics: Mapping[str, Any], fold: int, seed: int) -> Iterator[Score]:
    """Figures of the run of one seed on the fold that is deployed: overall, and by lag of the top layer."""
    if diagnostics.get("fold") != fold:
        return
    said = diagnostics["seeds"][str(seed)]
    for key, name in NAMES.items():
        if said[key] is not None:
            yield Score(name, float(said[key]))
    top = next(layer for layer in reversed(said["layers"]) if layer["direction"] == "forwards")
    for key in ("gradient", "jacobian"):
        for n, norm in enumerate(top[key]):
            if norm is not None:
                yield Score(f"{key}_by_lag", float(norm), n * top["stride"])
