"""`reprocast init` on the kinds of file that people have: the params.yaml it writes must be valid and fit."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from property.sheets import zipped

from reprocast.data.calendars import due_times
from reprocast.errors import DataError
from reprocast.infer import infer
from reprocast.params.data import FilesData
from reprocast.params.reading import read
from reprocast.params.root import Params

ROOT = Path(__file__).parents[3]


@pytest.fixture(autouse=True)
def _folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def params_of(frame: pd.DataFrame, name: str = "mine.csv") -> Params:
    frame.to_csv(name, index=False)
    return resolved(Path(name))


def resolved(path: Path) -> Params:
    Path("params.yaml").write_text(infer(path), encoding="utf-8")
    return read(Path("params.yaml"), Params)


def waves(n: int, start: str = "2020-01-01", freq: str = "h") -> pd.DataFrame:
    t = np.arange(n)
    return pd.DataFrame(
        {"time": pd.date_range(start, periods=n, freq=freq), "load": np.sin(t), "temperature": np.cos(t)}
    )


def test_hourly_load_of_one_series() -> None:
    params = params_of(waves(2000))
    assert params.data.calendar == "h"
    assert params.data.season == 24
    assert params.data.source == "files"
    assert params.data.id is None
    assert params.columns.target == ("load",)
    assert params.columns.past == ("temperature",)
    assert params.columns.future == ("hour", "day_of_week")
    assert params.window.horizon == 24
    assert params.split.test == params.split.validation == 300


def test_prices_become_volatility() -> None:
    params = resolved(ROOT / "data" / "samples" / "stocks.csv")
    assert params.data.kind == "prices"
    assert params.data.calendar == "XNYS"
    assert params.data.season == 5
    assert params.data.id == "unique_id"
    assert params.columns.target == ("log_volatility",)
    assert params.columns.past == ("log_return", "log_volume")
    assert "har" in params.baselines
    assert params.validation.gap_share == 0


def test_prices_under_the_names_that_sites_use() -> None:
    frame = pd.read_csv(ROOT / "data" / "samples" / "stocks.csv").query("unique_id == 'IBM'")
    frame = frame.drop(columns=["unique_id", "split"])
    params = params_of(
        frame.set_axis(["Date", "Open", "High", "Low", "Close", "Volume", "Adj Close"], axis=1)
    )
    assert params.data.rename == {
        "Open": "open",
        "High": "high",
        "Low": "low",
        "Close": "close",
        "Volume": "volume",
        "Adj Close": "adj_close",
    }
    assert params.data.time == "Date"
    assert params.data.kind == "prices"


@pytest.mark.parametrize(
    ("freq", "start", "calendar", "season"),
    [
        ("15min", "2020-01-01", "15min", 96),
        ("30min", "2020-01-01", "30min", 48),
        ("2h", "2020-01-01", "2h", 12),
        ("min", "2020-01-01", "min", 60),
        ("D", "2020-01-01", "D", 7),
        ("B", "2020-01-01", "B", 5),
        ("W-SUN", "2010-01-01", "W", 52),
        ("W-WED", "2010-01-01", "7D", 52),
        ("MS", "1990-01-01", "MS", 12),
        ("ME", "1990-01-01", "ME", 12),
        ("QS", "1950-01-01", "QS", 4),
        ("YS", "1800-01-01", "YS", 1),
    ],
)
def test_frequency_and_season(freq: str, start: str, calendar: str, season: int) -> None:
    params = params_of(waves(200, start, freq))
    assert params.data.calendar == calendar
    assert params.data.season == (season if season * 3 <= 200 else 1)


def test_a_wide_file() -> None:
    values = np.random.default_rng(0).normal(size=(300, 3)).cumsum(axis=0)
    frame = pd.DataFrame(values, columns=["MT_001", "MT_002", "MT_003"])
    frame.insert(0, "date", pd.date_range("2020-01-01", periods=300).astype(str))
    params = params_of(frame)
    assert params.data.form == "wide"
    assert params.columns.target == ("value",)
    assert params.columns.past == ()


def test_steps_and_a_series_column_of_another_name() -> None:
    frame = pd.concat(
        [pd.DataFrame({"pump": p, "step": range(100), "flow": np.arange(100) % 7}) for p in "ab"]
    )
    params = params_of(frame)
    assert params.data.calendar == "step"
    assert params.data.end == 99
    assert params.data.id == "pump"
    assert params.columns.future == ()


def test_names_that_columns_cannot_use_are_renamed() -> None:
    frame = waves(500).set_axis(["time", "load (kW)", "hour"], axis=1)
    params = params_of(frame)
    assert params.data.rename == {"load (kW)": "load_kW", "hour": "hour_value"}
    assert params.columns.target == ("load_kW",)


def test_gaps_and_missing_values_are_allowed_as_far_as_they_go() -> None:
    frame = waves(1000)
    frame.loc[100:129, "load"] = np.nan
    params = params_of(frame.drop(index=range(500, 520)))
    assert params.validation.gap_share == 0.02
    assert params.validation.missing_share == 0.04
    assert params.window.missing == "mask"


def test_short_gaps_see_the_last_value_and_leave_windows_to_learn_from() -> None:
    """Weekdays without some holidays: no window of 64 steps would be without one."""
    frame = waves(1000, freq="B").drop(index=[*range(30, 1000, 40), *range(31, 1000, 200)])
    params = params_of(frame)
    assert (params.data.calendar, params.window.missing, params.window.fill_steps) == ("B", "forward_fill", 2)


def test_days_of_an_exchange_are_known_without_its_prices() -> None:
    days = due_times("XNYS", "2015-01-02", "2019-12-31")
    frame = waves(len(days)).assign(time=days)
    params = params_of(frame)
    assert (params.data.calendar, params.window.missing) == ("XNYS", "refuse")


def test_a_short_file_gets_short_windows_and_few_baselines() -> None:
    params = params_of(waves(60, freq="D"))
    needed = params.window.look_back + params.window.horizon + 2 * params.window.embargo
    assert needed + params.split.test + params.split.validation <= 60  # type: ignore[operator]
    assert "har" not in params.baselines


def test_text_and_constant_columns_are_left_alone() -> None:
    params = params_of(waves(500).assign(place="roof", zero=0))
    assert params.columns.past == ("temperature",)
    assert "# Not used: zero." in Path("params.yaml").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("written", "calendar"),
    [("%d.%m.%Y", "D"), ("%m/%d/%Y", "D"), ("%d/%m/%Y %H:%M", "h"), ("%Y/%m/%d", "D")],
)
def test_dates_as_people_write_them(written: str, calendar: str) -> None:
    frame = waves(500, freq=calendar)
    params = params_of(frame.assign(time=frame["time"].dt.strftime(written)))
    assert isinstance(params.data, FilesData)
    assert params.data.date_format == written
    assert (params.data.start, params.data.calendar) == ("2020-01-01", calendar)


def test_decimal_commas() -> None:
    frame = waves(500)
    frame.to_csv("mine.csv", index=False, sep=";", decimal=",", date_format="%d.%m.%Y %H:%M")
    params = resolved(Path("mine.csv"))
    assert isinstance(params.data, FilesData)
    assert (params.data.decimal, params.data.date_format) == (",", "%d.%m.%Y %H:%M")
    assert params.columns.target == ("load",)
    assert params.columns.past == ("temperature",)


def test_an_archive() -> None:
    Path("mine.zip").write_bytes(zipped(("mine.csv", waves(500).to_csv(index=False).encode())))
    assert resolved(Path("mine.zip")).data.calendar == "h"


def test_parquet() -> None:
    waves(500).to_parquet("mine.parquet")
    assert resolved(Path("mine.parquet")).data.calendar == "h"


@pytest.mark.parametrize(
    ("frame", "said"),
    [
        (pd.DataFrame({"a": ["x", "y"], "b": [1.5, 2.5]}), "no column has times"),
        (waves(500)[["time"]], "no column of numbers"),
        (waves(20), "too few to train on"),
        (waves(2), "nothing can be learned"),
        (waves(100).assign(load=1.0, temperature=2.0), "no column of numbers varies"),
        (
            waves(100).assign(time=lambda f: f["time"] + pd.to_timedelta(np.arange(100) ** 2, "s")),
            "no calendar",
        ),
        (waves(100).iloc[::-1], "comes after"),
        (waves(100).assign(time=lambda f: f["time"].dt.strftime("%d %b %Y")), "ISO 8601"),
        (
            waves(12, "2024-01-01", "D").assign(time=lambda f: f["time"].dt.strftime("%m/%d/%Y")),
            "may be %d/%m",
        ),
    ],
    ids=[
        "no time",
        "no values",
        "too short",
        "two rows",
        "constant",
        "irregular",
        "backwards",
        "odd dates",
        "days or months",
    ],
)
def test_what_cannot_work_is_refused_in_one_line(frame: pd.DataFrame, said: str) -> None:
    with pytest.raises(DataError, match=said) as raised:
        params_of(frame)
    assert "\n" not in str(raised.value)
    assert "mine.csv" in str(raised.value)
