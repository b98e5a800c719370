"""The gate: whether a challenger becomes champion. Values in, a decision out.

It does if its losses are below the champion's, shown at the level that the round may spend; or, where
`gate.margin` is set, if it is cheaper and shown to be less than the margin worse. Both tests share the level
without paying twice: being better implies being less than the margin worse, and is tested after it (closed
testing; Marcus, Peritz & Gabriel 1976). Everything else keeps the champion, ties above all.
"""

from dataclasses import dataclass
from typing import Literal

import numpy as np

from reprocast.data.windows import Floats
from reprocast.deterministic import figure
from reprocast.errors import DataError
from reprocast.evaluation.sample import Sample
from reprocast.panel import time_text
from reprocast.params.registry import Gate
from reprocast.registry.common_cutoffs import CHALLENGER, CHAMPION, LOSS
from reprocast.registry.cosine_test import p_below_zero, p_below_zero_of_series
from reprocast.registry.ledger_entry import Candidate, Evidence

ROUNDING = 1e-6
"""Share of the loss that a difference must exceed: machines differ by about as much."""


@dataclass(frozen=True)
class Budget:
    """What a round may spend."""

    level: float
    """alpha_t."""
    fresh: int
    """Cutoffs that no earlier round has tested on."""


@dataclass(frozen=True)
class Compared:
    """Losses of both at the same cutoffs, and what was compared."""

    sample: Sample
    cutoffs: np.ndarray[tuple[int], np.dtype[np.generic]]
    """Times of the cutoffs, sorted (n,)."""
    series: int


@dataclass(frozen=True)
class Decision:
    """What becomes of the challenger."""

    action: Literal["promote", "keep"]
    evidence: Evidence
    reason: str


def decide(
    champion: Candidate, challenger: Candidate, compared: Compared, budget: Budget, rules: Gate
) -> Decision:
    """Compares two models; the champion stays unless the challenger has shown that it should not."""
    evidence = _evidence(champion, challenger, compared, budget, rules)
    if evidence.p_value is None:
        return Decision("keep", evidence, _untested(evidence, budget))
    if evidence.skill > ROUNDING and evidence.p_value <= evidence.alpha:
        return Decision("promote", evidence, f"{challenger.model} is better: {_said(evidence)}")
    if evidence.margin_p_value is not None and evidence.cheaper and evidence.margin_p_value <= evidence.alpha:
        return Decision("promote", evidence, f"{challenger.model} {_cheap(evidence, champion, challenger)}")
    return Decision("keep", evidence, f"no evidence that {challenger.model} is better: {_said(evidence)}")


def _evidence(
    champion: Candidate, challenger: Candidate, compared: Compared, budget: Budget, rules: Gate
) -> Evidence:
    losses = compared.sample.losses
    theirs, ours = (losses[name].to_numpy(float) for name in (CHAMPION, CHALLENGER))
    mean = {"champion": float(theirs.mean()), "challenger": float(ours.mean())}
    spends = budget.level > 0
    p_value = _p_value(ours - theirs, compared.sample) if spends else None
    near = None
    if rules.margin is not None and p_value is not None:
        near = _p_value(ours - (1 + rules.margin) * theirs, compared.sample)
    return Evidence(
        loss=LOSS,
        champion_loss=_figure(mean["champion"]),
        challenger_loss=_figure(mean["challenger"]),
        skill=_figure(1 - mean["challenger"] / mean["champion"] if mean["champion"] > 0 else 0.0),
        p_value=None if p_value is None else _figure(p_value),
        alpha=0.0 if p_value is None else _figure(budget.level),
        fresh=budget.fresh,
        cutoffs=len(losses),
        first_cutoff=time_text(compared.cutoffs[0]),
        last_cutoff=time_text(compared.cutoffs[-1]),
        series=compared.series,
        margin=rules.margin,
        margin_p_value=None if near is None else _figure(near),
        cheaper=_is_cheaper(challenger.multiply_adds, champion.multiply_adds, rules.saving),
    )


def _is_cheaper(ours: int, theirs: int, saving: float) -> bool:
    return ours < theirs and ours <= (1 - saving) * theirs


def _p_value(differences: Floats, sample: Sample) -> float | None:
    if sample.unit == "series":
        return p_below_zero_of_series(differences)
    return p_below_zero(differences, sample.horizon)


def _figure(value: float) -> float:
    """As the ledger keeps it: what machines agree on.

    Raises:
        DataError: a loss is not finite.
    """
    kept = figure(value)
    if kept is None:
        raise DataError("a loss is not finite, so nothing can be decided; look for NaN in the forecasts")
    return kept


def _untested(evidence: Evidence, budget: Budget) -> str:
    if not budget.fresh:
        return "nothing was tested: no cutoff is later than those of the last test"
    return f"nothing was tested: {evidence.cutoffs} cutoffs are too few to tell"


def _said(evidence: Evidence) -> str:
    share, better = abs(evidence.skill), evidence.skill > 0
    difference = f"{100 * share:.2f} % {'lower' if better else 'higher'}" if share > ROUNDING else "the same"
    return (
        f"its {evidence.loss.upper()} is {difference} on {evidence.cutoffs:,} cutoffs "
        f"(p = {evidence.p_value:.2g}; this round spends {evidence.alpha:.2g})"
    )


def _cheap(evidence: Evidence, champion: Candidate, challenger: Candidate) -> str:
    saved = 1 - challenger.multiply_adds / champion.multiply_adds
    return (
        f"saves {100 * saved:.0f} % of the multiply–adds and is less than {100 * (evidence.margin or 0):g} % "
        f"worse on {evidence.cutoffs:,} cutoffs (p = {evidence.margin_p_value:.2g}; "
        f"this round spends {evidence.alpha:.2g})"
    )
