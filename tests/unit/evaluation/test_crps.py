"""Closed forms of the CRPS against the integral that defines it, and distribution functions against scipy."""

import itertools

import numpy as np
import pytest
from scipy import integrate, stats

from reprocast.evaluation.crps import EXACT
from reprocast.model import DISTRIBUTIONS

CONTINUOUS = {
    "gaussian": [((0.3, 1.7), stats.norm(0.3, 1.7)), ((-5.0, 0.01), stats.norm(-5.0, 0.01))],
    "student_t": [
        ((0.3, 1.7, 2.1), stats.t(2.1, 0.3, 1.7)),
        ((-5.0, 0.5, 30.0), stats.t(30.0, -5.0, 0.5)),
        ((0.0, 1.0, 4.0), stats.t(4.0)),
    ],
}
CASES = [(family, *case) for family, cases in CONTINUOUS.items() for case in cases]


@pytest.mark.parametrize(("family", "parameters", "law"), CASES)
@pytest.mark.parametrize("z", [-3.0, -0.4, 0.0, 1.9])
def test_the_closed_form_is_the_integral(family, parameters, law, z):
    y = parameters[0] + z * parameters[1]
    accuracy = {"epsabs": 1e-12, "epsrel": 1e-11, "limit": 500}
    middle = [parameters[0] + side * parameters[1] for side in (-30, -3, 0, 3, 30)]
    points = sorted(
        [-np.inf, *(one for one in middle if one < y), y, *(one for one in middle if one > y), np.inf]
    )
    expected = sum(
        integrate.quad(lambda x: law.cdf(x) ** 2 if x < y else law.sf(x) ** 2, low, high, **accuracy)[0]
        for low, high in itertools.pairwise(points)
    )
    found = EXACT[family].crps(np.array([y]), np.array([parameters]))
    assert found[0] == pytest.approx(expected, rel=1e-7, abs=1e-9)
    assert EXACT[family].cdf(np.array([y]), np.array([parameters]))[0] == pytest.approx(law.cdf(y), abs=1e-12)


@pytest.mark.parametrize(
    ("mean", "dispersion"), [(0.4, 0.9), (3.0, 0.2), (40.0, 0.05), (200.0, 1.5), (5.0, 1e-3)]
)
def test_the_closed_form_of_counts_is_the_sum(mean, dispersion):
    law = stats.nbinom(1 / dispersion, 1 / (1 + dispersion * mean))
    counts = np.arange(int(law.ppf(1 - 1e-15)) + 2)
    for y in (0, 1, int(mean), int(3 * mean) + 2):
        expected = np.square(law.cdf(counts) - (counts >= y)).sum()
        parameters = np.array([[mean, dispersion]])
        found = EXACT["negative_binomial"].crps(np.array([float(y)]), parameters)
        assert found[0] == pytest.approx(expected, rel=1e-7)
        cdf = EXACT["negative_binomial"].cdf(np.array([y - 0.5, float(y)]), parameters)
        assert cdf == pytest.approx([law.cdf(y - 1), law.cdf(y)], abs=1e-12)


def test_every_head_that_is_a_distribution_has_its_closed_form():
    assert set(EXACT) == set(DISTRIBUTIONS)


def test_an_answer_that_is_not_known_has_none():
    for family, parameters in (
        ("gaussian", (0.0, 1.0)),
        ("student_t", (0.0, 1.0, 5.0)),
        ("negative_binomial", (2.0, 1.0)),
    ):
        assert np.isnan(EXACT[family].crps(np.array([np.nan]), np.array([parameters]))).all()
