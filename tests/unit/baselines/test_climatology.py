from dataclasses import replace

import numpy as np
import pytest

from reprocast.baselines.saved import fit_baseline
from reprocast.data.transforms import calendar_channels
from reprocast.data.windows import Channels, gather
from reprocast.errors import ParamsError
from reprocast.params.baselines import Baseline


def with_calendar(windows, *names):
    """The same windows, with features of the calendar as future covariates."""
    made = {name: calendar_channels(name, windows.ds) for name in names}
    columns = {channel: values for channels in made.values() for channel, values in channels.items()}
    extra = len(columns)
    fold = windows.folds[0]
    loc = np.column_stack([fold.loc, np.full((2, extra), 0.1)])
    scale = np.column_stack([fold.scale, np.full((2, extra), 0.7)])
    return replace(
        windows,
        values=np.column_stack([windows.values, *columns.values()]),
        channels=Channels(windows.channels.target, windows.channels.past, tuple(columns)),
        features=Channels(windows.features.target, windows.features.past, names),
        folds={0: replace(fold, loc=loc, scale=scale)},
    )


def fit(windows, **block):
    return fit_baseline("c", Baseline(kind="climatology", **block), windows, 0, "w", "f")


def in_units(model, windows):
    """Forecasts (B, H, K) of the test windows in the targets' units, and the rows they are of (B, H)."""
    fold = windows.folds[0]
    starts = np.asarray(fold.starts["test"])
    batch = gather(windows, fold, starts)
    rows = starts[:, None] + windows.look_back + np.arange(windows.horizon)
    return model.forecast(batch)[0] * batch.scale[:, None] + batch.loc[:, None], rows


def training_rows(windows, series):
    """Of one series: every row up to the last that a training window forecasts."""
    first, last = windows.offsets[series], windows.offsets[series + 1]
    reach = max(s for s in windows.folds[0].starts["train"] if s < last)
    return np.arange(first, reach + windows.look_back + windows.horizon)


@pytest.mark.parametrize("targets", [1, 2])
def test_forecasts_are_means_of_the_weekday_in_training(make_windows, targets):
    windows = with_calendar(make_windows(targets=targets), "day_of_week")
    found, rows = in_units(fit(windows), windows)
    weekday = windows.ds.astype("datetime64[D]").astype(int) % 7
    for b in range(len(rows)):
        known = training_rows(windows, int(rows[b, 0] >= windows.offsets[1]))
        for h, row in enumerate(rows[b]):
            same = known[weekday[known] == weekday[row]]
            np.testing.assert_allclose(found[b, h], windows.values[same, :targets].mean(axis=0), rtol=1e-9)


def test_only_the_features_named_tell_points_apart(make_windows):
    windows = with_calendar(make_windows(), "month", "day_of_week")
    both, one = fit(windows), fit(windows, by=("day_of_week",))
    assert len(one.description.fitted["points"]) == 7 < len(both.description.fitted["points"])
    expected, _ = in_units(fit(with_calendar(make_windows(), "day_of_week")), windows_of(make_windows))
    np.testing.assert_allclose(in_units(one, windows)[0], expected, rtol=1e-9)


def windows_of(make_windows):
    return with_calendar(make_windows(), "day_of_week")


def test_steps_average_over_the_nearest_points(make_windows):
    """Three weekdays side by side: the day, the one before and the one after."""
    windows = with_calendar(make_windows(), "day_of_week")
    found, rows = in_units(fit(windows, steps=3), windows)
    weekday = windows.ds.astype("datetime64[D]").astype(int) % 7
    known = training_rows(windows, 0)
    near = known[np.isin((weekday[known] - weekday[rows[0, 0]]) % 7, (0, 1, 6))]
    np.testing.assert_allclose(found[0, 0, 0], windows.values[near, 0].mean(), rtol=1e-9)


def test_a_point_that_training_has_not_shown_has_the_nearest_ones_mean(make_windows):
    """Of 67 training days only; the ten after them are new dates, and nearest to the last one known."""
    windows = with_calendar(make_windows(), "day_of_year")
    found, rows = in_units(fit(windows), windows)
    last = training_rows(windows, 0)[-1]
    assert rows[0, 0] <= last < rows[9, 2]
    np.testing.assert_allclose(found[9, 2, 0], windows.values[last, 0], rtol=1e-9)


def test_what_was_not_observed_is_in_no_mean(make_windows):
    windows = with_calendar(make_windows(), "day_of_week")
    observed, hidden = np.ones(len(windows.values)), 14
    observed[hidden] = 0
    fold, past = windows.folds[0], 2
    masked = replace(
        windows,
        values=np.insert(windows.values, past, observed, axis=1),
        channels=replace(windows.channels, observed=("observed(y0)",)),
        folds={
            0: replace(fold, loc=np.insert(fold.loc, past, 0, 1), scale=np.insert(fold.scale, past, 1, 1))
        },
    )
    known = training_rows(windows, 0)
    same = [row for row in known if row % 7 == hidden % 7 and row != hidden]
    means = np.asarray(fit(masked).description.fitted["means"])[0, :, 0]
    assert np.isclose(means, windows.values[same, 0].mean()).sum() == 1


@pytest.mark.parametrize(
    ("names", "by", "line"),
    [
        ((), None, r"baselines\.c: needs a feature of the calendar in columns\.future: day_of_week"),
        (("month",), ("hour",), r"baselines\.c\.by: hour is no feature .* there are month"),
    ],
)
def test_a_calendar_that_is_not_there_is_refused(make_windows, names, by, line):
    with pytest.raises(ParamsError, match=line):
        fit(with_calendar(make_windows(), *names), by=by)
