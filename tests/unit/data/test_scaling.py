import statistics

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from reprocast.data.scaling import fit_scaler, own_scale, scaled, unscaled

NAN = np.nan
VALUES = np.array([[1.0, 5.0], [2.0, 5.0], [NAN, 5.0], [4.0, 9.0], [10.0, 0.1], [30.0, 0.1], [99.0, 0.1]])
TRAINING = np.array([[0, 3], [4, 6]])


def test_mean_and_deviation_of_the_training_rows() -> None:
    loc, scale = fit_scaler(VALUES, TRAINING, "standard")
    assert loc[:, 0] == pytest.approx([statistics.mean([1, 2]), statistics.mean([10, 30])])
    assert scale[:, 0] == pytest.approx([statistics.pstdev([1, 2]), statistics.pstdev([10, 30])])


def test_median_and_quartiles() -> None:
    rows = np.array([3.0, 1.0, NAN, 2.0, 5.0, 1000.0])[:, None]
    loc, scale = fit_scaler(rows, np.array([[0, 6]]), "robust")
    assert loc[0, 0] == 3
    lower, _, upper = statistics.quantiles([3, 1, 2, 5, 1000], method="inclusive")
    assert scale[0, 0] == pytest.approx((upper - lower) / 1.349)


def test_the_robust_scale_of_a_normal_sample_is_its_deviation() -> None:
    rows = np.random.default_rng(0).normal(3, 7, (100_000, 1))
    assert fit_scaler(rows, np.array([[0, 100_000]]), "robust")[1][0, 0] == pytest.approx(7, rel=0.02)


def test_where_half_of_the_values_are_equal_the_deviation_stands_in() -> None:
    rows = np.array([0.0, 0, 0, 0, 0, 6])[:, None]
    loc, scale = fit_scaler(rows, np.array([[0, 6]]), "robust")
    assert (loc[0, 0], scale[0, 0]) == (0, pytest.approx(np.std(rows)))


def test_smallest_and_largest_become_0_and_1() -> None:
    loc, scale = fit_scaler(VALUES, TRAINING, "minmax")
    assert scaled(VALUES[[0, 1], 0], loc[0, 0], scale[0, 0]).tolist() == [0, 1]
    assert scaled(VALUES[[4, 5], 0], loc[1, 0], scale[1, 0]).tolist() == [0, 1]


@pytest.mark.parametrize("scaling", ["standard", "robust", "minmax", "window"])
def test_over_the_panel_all_series_are_one(scaling: str) -> None:
    loc, scale = fit_scaler(VALUES, TRAINING, scaling, "panel")
    pooled = np.concatenate([VALUES[0:3], VALUES[4:6]])
    expected = fit_scaler(pooled, np.array([[0, 5]]), scaling)
    for found, one in zip((loc, scale), expected, strict=True):
        assert found == pytest.approx(np.repeat(one, 2, axis=0), rel=1e-12)


@pytest.mark.parametrize("scaling", ["standard", "robust", "minmax"])
def test_a_constant_channel_is_shifted_to_zero(scaling: str) -> None:
    loc, scale = fit_scaler(VALUES, TRAINING, scaling)
    assert loc[:, 1].tolist() == [5.0, 0.1]
    assert scale[:, 1].tolist() == [1.0, 1.0]


@pytest.mark.parametrize("scaling", ["standard", "robust", "minmax"])
@pytest.mark.parametrize("values", [[0.1 + 0.2, 0.3, 0.1 * 3], [0, 3e-160, 0]])
def test_a_channel_that_varies_by_rounding_is_constant(scaling: str, values: list[float]) -> None:
    _, scale = fit_scaler(np.array(values)[:, None], np.array([[0, 3]]), scaling)
    assert scale.tolist() == [[1.0]]


def test_a_small_channel_is_not_constant() -> None:
    _, scale = fit_scaler(np.array([[1e-9], [3e-9]]), np.array([[0, 2]]), "standard")
    assert scale[0, 0] == pytest.approx(1e-9)


@pytest.mark.parametrize("over", ["series", "panel"])
def test_no_scaling(over: str) -> None:
    loc, scale = fit_scaler(VALUES, TRAINING, "none", over)
    assert not loc.any()
    assert (scale == 1).all()


@pytest.mark.parametrize("scaling", ["standard", "robust", "minmax"])
def test_a_channel_without_training_values_has_no_scaler(scaling: str) -> None:
    loc, _ = fit_scaler(np.array([[NAN, 1.0], [NAN, 2.0], [3.0, 3.0]]), np.array([[0, 2], [2, 2]]), scaling)
    assert np.isnan(loc).tolist() == [[True, False], [True, True]]


finite = st.floats(-1e9, 1e9)


def rounding(values: np.ndarray, loc: np.ndarray, scale: np.ndarray) -> np.ndarray:
    """What four roundings may change, numbers too small to be normal included."""
    float64 = np.finfo(float)
    return 4 * (float64.eps * (np.abs(values) + np.abs(loc)) + float64.smallest_subnormal * (1 + scale))


@given(
    values=arrays.arrays(np.float64, st.tuples(st.integers(1, 30), st.just(2)), elements=finite),
    later=arrays.arrays(np.float64, (5, 2), elements=finite),
    scaling=st.sampled_from(["standard", "robust", "minmax", "window", "none"]),
    over=st.sampled_from(["series", "panel"]),
)
def test_every_scaler_is_inverted_to_float_rounding(
    values: np.ndarray, later: np.ndarray, scaling: str, over: str
) -> None:
    loc, scale = fit_scaler(values, np.array([[0, len(values)]]), scaling, over)
    every = np.concatenate([values, later])
    back = unscaled(scaled(every, loc, scale), loc, scale)
    assert np.isfinite(scaled(every, loc, scale)).all()
    assert np.all(np.abs(back - every) <= rounding(every, loc, scale))


@given(
    seen=arrays.arrays(np.float64, (3, 6, 2), elements=finite),
    ahead=arrays.arrays(np.float64, (3, 4, 2), elements=finite),
)
def test_each_window_by_its_own_look_back(seen: np.ndarray, ahead: np.ndarray) -> None:
    loc, scale = own_scale(seen, np.full((3, 2), 7.0))
    for b in range(3):
        for c in range(2):
            x = seen[b, :, c].tolist()
            constant = max(x) - min(x) <= 1e-12 * max(map(abs, x))
            assert loc[b, c] == pytest.approx(x[0] if constant else statistics.fmean(x), rel=1e-9, abs=1e-6)
            if constant:
                assert scale[b, c] == 7
            elif scale[b, c] != 7:
                assert scale[b, c] == pytest.approx(statistics.pstdev(x), rel=1e-6)
    loc, scale = loc[:, None], scale[:, None]
    back = unscaled(scaled(ahead, loc, scale), loc, scale)
    assert np.all(np.abs(back - ahead) <= rounding(ahead, loc, scale))
