"""Warnings: each ill by itself, its remedy, and none for a network in good health."""

from typing import Any

import pytest

from reprocast.networks.diagnostics import Diagnosis, Reading
from reprocast.networks.remedies import warned
from reprocast.params.architecture import Architecture
from reprocast.params.train import Train

STEPS = 64


def diagnosis(per_step: float = 1.0, growth: float = 1.0, dead: float = 0.0, shut: float = 0.1) -> Diagnosis:
    """Of a layer whose gradient is multiplied by `per_step` at each step back."""
    gradient = tuple(per_step**n for n in range(STEPS))
    jacobian = (1.0, *(growth for _ in range(STEPS - 1)))
    return Diagnosis((Reading(1, False, 1, gradient, (), jacobian, dead, {"forget": (shut / 2, shut / 2)}),))


def said(
    *found: Diagnosis, clipped: tuple[float, ...] = (), train: Train | None = None, **options: Any
) -> list[str]:
    """Warnings about networks of seeds 1, 2, …"""
    architecture = Architecture.model_validate({"cell": "rnn", "hidden": 4, **options})
    shares = dict(enumerate(clipped or [0.0] * len(found), start=1))
    return warned(dict(enumerate(found, start=1)), shares, architecture, train or Train())


def test_a_healthy_network_is_not_warned_about() -> None:
    assert said(diagnosis(), diagnosis(0.9, growth=50.0, dead=0.1, shut=0.5), clipped=(0.5, 0.0)) == []


def test_gradients_that_fade() -> None:
    assert said(diagnosis(0.5), diagnosis()) == [
        "gradients fade after about 19 of 64 steps (seed 1): take cell: gru or lstm, dilation or a look_back "
        "of about 19"
    ]
    assert said(diagnosis(0.5), diagnosis(0.25))[0].startswith(
        "gradients fade after about 19 of 64 steps: take"
    )


@pytest.mark.parametrize(
    ("options", "remedies"),
    [
        ({"cell": "gru"}, "dilation or a look_back of about 19"),
        ({"cell": "gru", "dilation": 4}, "a look_back of about 19"),
        ({"cell": "lstm"}, "forget_bias: 1, dilation or a look_back of about 19"),
        ({"cell": "lstm", "forget_bias": 1.0}, "dilation or a look_back of about 19"),
        ({"cell": "gru", "layers": 2}, "dilation, skip: residual or a look_back of about 19"),
    ],
)
def test_only_what_is_not_taken_yet_is_recommended(options: dict[str, Any], remedies: str) -> None:
    assert said(diagnosis(0.5), **options) == [f"gradients fade after about 19 of 64 steps: take {remedies}"]


def test_a_truncation_is_meant() -> None:
    assert said(diagnosis(0.5), truncate=20) == []
    assert said(diagnosis(0.5), truncate=21) != []


def test_gradients_that_grow() -> None:
    (line,) = said(diagnosis(growth=1234.0))
    assert line == (
        "gradients grow up to 1.23e+03-fold on their way back: take a lower train.learning_rate or "
        "initial_weights: orthogonal"
    )
    (line,) = said(diagnosis(growth=101.0), train=Train(clip_norm=None))
    assert "take train.clip_norm: 1, a lower train.learning_rate or initial_weights: orthogonal" in line


def test_clipping_that_is_the_rule() -> None:
    (line,) = said(diagnosis(), diagnosis(), diagnosis(), clipped=(0.2, 0.51, 0.9))
    assert line.startswith(
        "gradients were clipped in 90 % of the steps (seeds 2, 3): take a lower train.learn"
    )


def test_dead_units() -> None:
    (line,) = said(diagnosis(dead=0.25), cell="relu_rnn")
    assert line == (
        "25 % of a layer's units are dead (the same in all windows): take cell: rnn or gru, a lower "
        "train.learning_rate or fewer hidden units"
    )


def test_saturated_gates() -> None:
    (line,) = said(diagnosis(shut=0.75), cell="lstm")
    assert line == (
        "75 % of a gate's values are saturated (within 0.01 of 0 or 1): take cell: norm_lstm, a lower "
        "train.learning_rate or train.l2"
    )
