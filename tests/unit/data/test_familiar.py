"""Look-backs in another unit are told from what training has shown; drift and noise are not."""

import numpy as np
import pytest

from reprocast.data.familiar import Ranges, ranges_of, unfamiliar, unfamiliar_after
from reprocast.data.training_part import Part
from reprocast.panel import Panel

L = 24


def load(rng: np.random.Generator, rows: int) -> np.ndarray:
    """Kilowatts by the hour."""
    return 50 + 20 * np.sin(np.arange(rows) * 2 * np.pi / 24) + rng.normal(0, 4, rows)


def temperature(rng: np.random.Generator, rows: int) -> np.ndarray:
    """Degrees Celsius."""
    return 12 + 10 * np.sin(np.arange(rows) / 700) + rng.normal(0, 3, rows)


def walk(rng: np.random.Generator, rows: int) -> np.ndarray:
    """A price that wanders."""
    return np.exp(3 + rng.normal(0, 0.01, rows).cumsum())


def counts(rng: np.random.Generator, rows: int) -> np.ndarray:
    """Sales now and then."""
    return rng.poisson(0.2, rows) * 1.0


def windows(values: np.ndarray) -> np.ndarray:
    return values[: len(values) // L * L].reshape(-1, L, 1)


def shown(values: np.ndarray) -> Ranges:
    return ranges_of(windows(values)[::3])


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("make", [load, temperature, walk, counts])
def test_what_goes_on_as_before_is_familiar(make: object, seed: int) -> None:
    values = make(np.random.default_rng(seed), 4000)  # type: ignore[operator]
    assert not unfamiliar(windows(values[3000:]), shown(values[:3000])).any()


@pytest.mark.parametrize(
    ("make", "change"),
    [
        (load, lambda values: values * 1000),  # watts
        (load, lambda values: values / 1000),  # megawatts
        (load, lambda values: values * 100),
        (temperature, lambda values: values + 273.15),  # kelvin
        (walk, lambda values: values * 100),  # cents
    ],
)
def test_another_unit_is_not(make: object, change: object) -> None:
    values = make(np.random.default_rng(0), 4000)  # type: ignore[operator]
    assert unfamiliar(windows(change(values[3000:])), shown(values[:3000])).all()  # type: ignore[operator]


def test_by_hand() -> None:
    values = np.concatenate([np.arange(10.0), np.arange(10.0) * 2])[:, None].reshape(2, 10, 1)
    found = ranges_of(values)
    pooled = np.sort(values.ravel())
    assert (found.low[0], found.high[0]) == pytest.approx(tuple(np.quantile(pooled, [0.005, 0.995])))
    assert (found.least[0], found.most[0]) == (2.5, 5.0)
    width = found.high[0] - found.low[0]
    at = np.full((1, 10, 1), found.high[0] + 5 * width)
    spread = np.linspace(-4, 4, 10)[None, :, None]
    assert not unfamiliar(at - 1e-9, found).any()
    assert unfamiliar(at + 1e-9, found).all()
    assert not unfamiliar(spread * 49 / 5 * 2.25, found).any()
    assert unfamiliar(spread * 49, found).all()


def test_what_was_constant_says_nothing_of_the_unit() -> None:
    constant = ranges_of(np.zeros((5, L, 1)))
    assert not unfamiliar(np.full((2, L, 1), 1e9), constant).any()
    flag = ranges_of((np.arange(5 * L).reshape(5, L, 1) % 20 == 0) * 1.0)
    assert not unfamiliar(np.ones((1, L, 1)), flag).any()


def test_one_spike_is_no_other_unit() -> None:
    values = load(np.random.default_rng(0), 4000)
    after = windows(values[3000:]).copy()
    after[:, 5] *= 1000
    assert not unfamiliar(after, shown(values[:3000])).any()


def test_the_look_backs_after_training_are_named_by_their_begin() -> None:
    values = np.concatenate([load(np.random.default_rng(seed), 480) for seed in (0, 1)])
    ds = np.tile(np.arange(480), 2)
    panel = Panel(("a", "b"), np.array([0, 480, 960]), ds, {"y": values})
    part = Part(0, 299)
    assert unfamiliar_after(panel, "y", part, L) == []
    values[480 + 400 :] *= 1000
    [found] = unfamiliar_after(panel, "y", part, L)
    assert (found.series, found.count, found.of) == ("b", 3, 7)  # 300, 324, 348 and 372 are as before
    assert found.first == ("396", "420", "444")
    assert "training has shown" in found.detail


def test_a_series_shorter_than_a_look_back_is_left_alone() -> None:
    panel = Panel(("a",), np.array([0, 50]), np.arange(50), {"y": np.arange(50.0)})
    assert unfamiliar_after(panel, "y", Part(0, 10), L) == []
    assert unfamiliar_after(panel, "y", Part(0, 40), L) == []
