"""The champion's channels and errors on a new panel, against a loop."""

import numpy as np
import pytest

from reprocast.baselines.saved import SavedBaseline
from reprocast.commands.decisions.drift_evidence import evidence
from reprocast.errors import DataError
from reprocast.model import Cost, Description, Roles
from reprocast.panel import Panel

DAYS = np.arange("2020-01-01", "2020-04-01", dtype="datetime64[D]").astype("datetime64[us]")
LENGTH, H = len(DAYS), 3


def naive(**changes: object) -> SavedBaseline:
    said: dict = {
        "kind": "baseline", "name": "naive", "task": "forecast", "block": {"kind": "naive"}, "shared": {},
        "seeds": (), "features": Roles(target=("y",), past=("x",), future=("day_of_week",)),
        "channels": Roles(
            target=("y",), past=("x",), future=("day_of_week_sin", "day_of_week_cos")
        ),
        "look_back": 4, "horizon": H, "season": 7, "calendar": "D", "series": ("A", "B"),
        "loc": ((0.0,) * 4,) * 2, "scale": ((1.0,) * 4,) * 2,
        "cost": Cost(parameters=0, multiply_adds=0, optimiser_steps=0), "fitted": {}, "fingerprint": "n",
        "windows_sha256": "", "validation_end": "2020-01-31",
    }  # fmt: skip
    return SavedBaseline(Description(**(said | changes)))


@pytest.fixture
def panel() -> Panel:
    values = np.random.default_rng(0).normal(size=(2, 2 * LENGTH))
    return Panel(
        ("A", "B"), np.array([0, LENGTH, 2 * LENGTH]), np.tile(DAYS, 2), {"y": values[0], "x": values[1]}
    )


def test_losses_are_those_of_a_loop(panel: Panel) -> None:
    found, _ = evidence(naive(), panel, "2020-03-01", ())
    y = panel.columns["y"].reshape(2, LENGTH)
    scale = [y[n, :31].std() for n in range(2)]  # up to 31 January
    first, last = 30, LENGTH - H - 1  # the first target lies after 31 January, the last in the panel
    expected = [
        np.mean([abs(y[n, t + 1 : t + 1 + H] - y[n, t]).mean() / scale[n] for n in range(2)])
        for t in range(first, last + 1)
    ]
    assert found.losses.values == pytest.approx(expected)
    assert np.array_equal(found.losses.cutoffs, DAYS[first : last + 1])
    assert np.array_equal(found.losses.ends, DAYS[first + H : last + H + 1])
    covered = found.losses.ends[: found.losses.backtest]
    assert covered[-1] == np.datetime64("2020-03-01")
    assert np.array_equal(found.losses.phase, np.arange(first, last + 1) % 7)


def test_channels_are_what_the_champion_sees_but_for_the_calendar(panel: Panel) -> None:
    found, _ = evidence(naive(), panel, "2020-03-01", ())
    assert [(one.series, one.channel) for one in found.channels] == [
        ("A", "y"), ("A", "x"), ("B", "y"), ("B", "x"),
    ]  # fmt: skip
    assert np.array_equal(found.channels[3].values, panel.columns["x"][LENGTH:])
    assert np.array_equal(found.channels[0].phase, np.arange(LENGTH) % 7)
    assert np.array_equal(found.after, DAYS[np.datetime64("2020-03-01") < DAYS])


def test_confirmations_are_counted_in_due_steps(panel: Panel) -> None:
    _, steps = evidence(naive(), panel, "2020-03-01", ("2020-03-02", "2020-03-11T12:00", "2020-03-31"))
    assert steps == [1, 10, 30]


def test_a_model_without_an_end_of_validation_is_refused(panel: Panel) -> None:
    with pytest.raises(DataError, match="where its validation ends"):
        evidence(naive(validation_end=None), panel, "2020-03-01", ())
    with pytest.raises(DataError, match="begins after 2019-01-01"):
        evidence(naive(), panel, "2019-01-01", ())
