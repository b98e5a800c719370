"""What diagnoses give reason to warn of, a line each: what, in which seeds, and what helps."""

from collections.abc import Callable, Iterator, Mapping

from reprocast.networks.diagnostics import Diagnosis
from reprocast.networks.limits import CLIPPED, DEAD, GROWN, SATURATED, SHUT
from reprocast.params.architecture import Architecture
from reprocast.params.train import Train

Diagnoses = Mapping[int, Diagnosis]
"""By seed."""


def warned(
    diagnoses: Diagnoses, clipped: Mapping[int, float], architecture: Architecture, train: Train
) -> list[str]:
    """The warnings about one architecture.

    Args:
        diagnoses: of its networks.
        clipped: share of each training's steps whose gradient was clipped.
        architecture: its entry in params.yaml.
        train: how it was trained.
    """
    found = (
        _faded(diagnoses, architecture),
        _grown(diagnoses, train),
        _clipped(clipped),
        _dead(diagnoses, architecture),
        _saturated(diagnoses, architecture),
    )
    return [line for line in found if line]


def _faded(diagnoses: Diagnoses, a: Architecture) -> str | None:
    """Truncation ends gradients on purpose: what lies before it is not missed."""
    reach = {seed: min(one.span, _allowed(a)) for seed, one in diagnoses.items()}
    seeds = _where(diagnoses, lambda seed: diagnoses[seed].fade < reach[seed])
    if not seeds:
        return None
    steps = max(diagnoses[seed].fade for seed in seeds)
    said = f"gradients fade after about {steps} of {max(reach.values()) + 1} steps"
    return f"{said}{_named(seeds, diagnoses)}: take {_or(_longer(a, steps))}"


def _allowed(a: Architecture) -> float:
    return a.segment * (a.truncate - 1) if a.truncate else float("inf")


def _longer(a: Architecture, steps: int) -> Iterator[str]:
    """What carries gradients further and is not taken yet."""
    if a.cell in ("rnn", "relu_rnn", "jordan", "norm_rnn"):
        yield "cell: gru or lstm"
    if a.cell in ("lstm", "norm_lstm") and a.forget_bias is None:
        yield "forget_bias: 1"
    if set(a.of_each_layer("dilation")) == {1}:
        yield "dilation"
    if a.layers > 1 and a.skip == "none":
        yield "skip: residual"
    yield f"a look_back of about {max(1, steps)}"


def _grown(diagnoses: Diagnoses, train: Train) -> str | None:
    seeds = _where(diagnoses, lambda seed: diagnoses[seed].growth > GROWN)
    if not seeds:
        return None
    growth = max(diagnoses[seed].growth for seed in seeds)
    clip = ["train.clip_norm: 1"] if train.clip_norm is None else []
    remedy = _or([*clip, "a lower train.learning_rate", "initial_weights: orthogonal"])
    return (
        f"gradients grow up to {growth:.3g}-fold on their way back{_named(seeds, diagnoses)}: take {remedy}"
    )


def _clipped(clipped: Mapping[int, float]) -> str | None:
    seeds = _where(clipped, lambda seed: clipped[seed] > CLIPPED)
    if not seeds:
        return None
    share = max(clipped[seed] for seed in seeds)
    remedy = _or(["a lower train.learning_rate", "initial_weights: orthogonal", "a higher train.clip_norm"])
    return f"gradients were clipped in {_percent(share)} of the steps{_named(seeds, clipped)}: take {remedy}"


def _dead(diagnoses: Diagnoses, a: Architecture) -> str | None:
    seeds = _where(diagnoses, lambda seed: diagnoses[seed].dead > DEAD)
    if not seeds:
        return None
    share = max(diagnoses[seed].dead for seed in seeds)
    smooth = ["cell: rnn or gru"] if a.cell == "relu_rnn" else []
    remedy = _or([*smooth, "a lower train.learning_rate", "fewer hidden units"])
    said = f"{_percent(share)} of a layer's units are dead (the same in all windows)"
    return f"{said}{_named(seeds, diagnoses)}: take {remedy}"


def _saturated(diagnoses: Diagnoses, a: Architecture) -> str | None:
    seeds = _where(diagnoses, lambda seed: (diagnoses[seed].saturated or 0.0) > SHUT)
    if not seeds:
        return None
    share = max(diagnoses[seed].saturated or 0.0 for seed in seeds)
    normalised = [f"cell: norm_{a.cell}"] if a.cell in ("lstm", "gru") else []
    remedy = _or([*normalised, "a lower train.learning_rate", "train.l2"])
    said = f"{_percent(share)} of a gate's values are saturated (within {SATURATED:g} of 0 or 1)"
    return f"{said}{_named(seeds, diagnoses)}: take {remedy}"


def _where(of: Mapping[int, object], holds: Callable[[int], bool]) -> list[int]:
    return [seed for seed in sorted(of) if holds(seed)]


def _named(seeds: list[int], every: Mapping[int, object]) -> str:
    """Which seeds, where it is not all."""
    if len(seeds) == len(every):
        return ""
    return f" (seed{'s' if len(seeds) > 1 else ''} {', '.join(map(str, seeds))})"


def _or(remedies: list[str] | Iterator[str]) -> str:
    *first, last = remedies
    return f"{', '.join(first)} or {last}" if first else last


def _percent(share: float) -> str:
    return f"{100 * share:.0f} %"
