import numpy as np
import pytest

from reprocast.data.windows import Channels, Fold, Windows
from reprocast.errors import DataError
from reprocast.evaluation import forecasting
from reprocast.evaluation.forecasting import forecast_windows


class Description:
    name = "gru"
    seeds = (1, 2)


class Model:
    """Forecasts the last value, plus one for the second seed; NaN from 2020-01-07 on for series b."""

    description = Description()

    def __init__(self, broken: bool = False):
        self.broken = broken

    def forecast(self, batch):
        last = batch.past[:, -1:, :1]
        if self.broken:
            last = np.where((batch.series[:, None, None] == 1) & (last >= 6), np.nan, last)
        return np.stack([last, last + 1]).repeat(2, axis=2)


@pytest.fixture
def windows():
    fold = Fold(np.zeros((2, 1)), np.ones((2, 1)), {})
    ds = np.datetime64("2020-01-01", "us") + np.tile(np.arange(10), 2) * np.timedelta64(1, "D")
    values, channels = np.tile(np.arange(10.0), 2)[:, None], Channels(("y",))
    offsets = np.array([0, 10, 20])
    return Windows(values, ds, ("a", "b"), offsets, channels, channels, 3, 2, 1, "D", {0: fold})


STARTS = np.array([0, 1, 2, 3, 4, 5, 10, 11, 12, 13, 14, 15])


@pytest.mark.parametrize("batch", [1, 5, 12, 100])
def test_batches_are_put_together_in_order(windows, monkeypatch, batch):
    monkeypatch.setattr(forecasting, "BATCH", batch)
    found = forecast_windows(Model(), windows, windows.folds[0], STARTS)
    assert found.shape == (2, 12, 2, 1)
    last = STARTS % 10 + 2
    np.testing.assert_array_equal(found[0, :, 0, 0], last)
    np.testing.assert_array_equal(found[1, :, 1, 0], last + 1)


def test_no_windows_give_no_forecasts(windows):
    assert forecast_windows(Model(), windows, windows.folds[0], STARTS[:0]).shape == (2, 0, 2, 1)


def test_a_forecast_that_is_not_finite_names_model_series_and_first_cutoff(windows):
    expected = r"models/gru: 2 of 12 forecasts are not finite, the first for b at cutoff 2020-01-07"
    with pytest.raises(DataError, match=expected):
        forecast_windows(Model(broken=True), windows, windows.folds[0], STARTS[::-1])
