"""Distributions that networks forecast: their exact CRPS, and their distribution function.

CRPS = ∫ (F(x) − 1{y ≤ x})² dx (Matheson & Winkler 1976). Closed forms: Gneiting, Raftery, Westveld & Goldman
(2005), Calibrated Probabilistic Forecasting, eq. 5; Jordan, Krüger & Lerch (2019), Evaluating Probabilistic
Forecasts with scoringRules, app. A; Wei & Held (2014), Calibration Tests for Count Data.

Legend: … any shape; parameters (…, P) in the order of networks/distributions.py.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from scipy import special

from reprocast.data.windows import Floats


class OfAnswers(Protocol):
    """A function of answers (…) and parameters (…, P)."""

    def __call__(self, y: Floats, parameters: Floats) -> Floats:
        """Of one shape with the answers."""
        ...


@dataclass(frozen=True)
class Exact:
    """What is known of a family in closed form."""

    crps: OfAnswers
    cdf: OfAnswers
    counts: bool = False
    """Whether answers are whole numbers."""


def gaussian_crps(y: Floats, parameters: Floats) -> Floats:
    """S [z (2 Φ(z) − 1) + 2 φ(z) − 1/√π], z = (y − m) / s; Gneiting et al. (2005), eq. 5."""
    z, scale = _standard(y, parameters)
    density = np.exp(-np.square(z) / 2) / np.sqrt(2 * np.pi)
    return np.asarray(scale * (z * (2 * special.ndtr(z) - 1) + 2 * density - 1 / np.sqrt(np.pi)))


def gaussian_cdf(y: Floats, parameters: Floats) -> Floats:
    """Φ((y − m) / s)."""
    return np.asarray(special.ndtr(_standard(y, parameters)[0]))


def student_t_crps(y: Floats, parameters: Floats) -> Floats:
    """S [z (2 F(z) − 1) + 2 f(z) (ν + z²)/(ν − 1) − 2√ν/(ν − 1) · B(½, ν − ½)/B(½, ν/2)²].

    F and f are the standard distribution's; for ν > 1. Jordan, Krüger & Lerch (2019), app. A.
    """
    z, scale = _standard(y, parameters)
    v = parameters[..., 2]
    density = np.exp(-(v + 1) / 2 * np.log1p(np.square(z) / v) - special.betaln(0.5, v / 2)) / np.sqrt(v)
    spread = np.exp(special.betaln(0.5, v - 0.5) - 2 * special.betaln(0.5, v / 2))
    inner = 2 * density * (v + np.square(z)) / (v - 1) - 2 * np.sqrt(v) / (v - 1) * spread
    return np.asarray(scale * (z * (2 * special.stdtr(v, z) - 1) + inner))


def student_t_cdf(y: Floats, parameters: Floats) -> Floats:
    """F((y − m) / s) of the standard distribution with ν degrees of freedom."""
    return np.asarray(special.stdtr(parameters[..., 2], _standard(y, parameters)[0]))


def negative_binomial_crps(y: Floats, parameters: Floats) -> Floats:
    """Y (2 F(y; n) − 1) − n q/p² {p (2 F(y − 1; n + 1) − 1) + ₂F₁(n + 1, ½; 2; −4 q/p²)}, q = 1 − p.

    n = 1/α failures of probability p = 1/(1 + αμ); F is the distribution function. Wei & Held (2014).
    """
    n, p = _failures(parameters)
    q = 1 - p
    series = special.hyp2f1(n + 1, 0.5, 2, -4 * q / np.square(p))
    later = 2 * _counts_cdf(y - 1, n + 1, p) - 1
    return np.asarray(y * (2 * _counts_cdf(y, n, p) - 1) - n * q / np.square(p) * (p * later + series))


def negative_binomial_cdf(y: Floats, parameters: Floats) -> Floats:
    """F(y) = I(n, ⌊y⌋ + 1) at p, the regularised incomplete beta function."""
    return _counts_cdf(np.floor(y), *_failures(parameters))


def _counts_cdf(y: Floats, n: Floats, p: Floats) -> Floats:
    return np.where(y < 0, 0.0, special.betainc(n, np.maximum(y, 0) + 1, p))


def _failures(parameters: Floats) -> tuple[Floats, Floats]:
    mean, dispersion = parameters[..., 0], parameters[..., 1]
    return 1 / dispersion, 1 / (1 + dispersion * mean)


def _standard(y: Floats, parameters: Floats) -> tuple[Floats, Floats]:
    """(y − location) / scale, and the scale."""
    scale = parameters[..., 1]
    return (y - parameters[..., 0]) / scale, scale


EXACT: Mapping[str, Exact] = {
    "gaussian": Exact(gaussian_crps, gaussian_cdf),
    "student_t": Exact(student_t_crps, student_t_cdf),
    "negative_binomial": Exact(negative_binomial_crps, negative_binomial_cdf, counts=True),
}
"""By the name a head has in params.yaml."""
