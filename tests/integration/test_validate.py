"""The validate stage: what it passes on, what it refuses and how it says so, and which bytes it writes."""

import csv
import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from reprocast.data import docs_page
from reprocast.errors import DataError, ParamsError
from reprocast.panel import Panel, write_panel
from reprocast.stages import pull, validate

ROOT = Path(__file__).parents[2]
PARAMS = """\
data: {source: sample, series: [GOOG, IBM], start: "2020-01-02", end: "2020-12-31", calendar: XNYS, season: 5}
columns: {target: [log_volatility], past: [log_return, log_volume], future: [day_of_week]}
window: {look_back: 16, horizon: 4, embargo: 4}
split: {test: 60, validation: 60}
"""
HOLIDAYS = "01-20 02-17 04-10 05-25 07-03 09-07 11-26 12-25"
"""When the New York Stock Exchange stayed closed in 2020, from its own list."""
RESULTS = ("result.json", "table.csv")


def prices(seed: int = 7) -> pd.DataFrame:
    """Two series over the sessions of 2020, as a wide frame by column with a row a series and session."""
    closed = pd.to_datetime([f"2020-{day}" for day in HOLIDAYS.split()])
    days = pd.bdate_range("2020-01-02", "2020-12-31").difference(closed)
    rng = np.random.default_rng(seed)
    opening, close = rng.uniform(90, 110, (2, 2 * len(days)))
    return pd.DataFrame(
        {
            "unique_id": np.repeat(["GOOG", "IBM"], len(days)),
            "ds": np.tile(days.to_numpy().astype("datetime64[us]"), 2),
            "open": opening,
            "high": np.maximum(opening, close) + 1,
            "low": np.minimum(opening, close) - 1,
            "close": close,
            "volume": rng.uniform(0, 1e6, 2 * len(days)),
        }
    )


def put(frame: pd.DataFrame, folder: Path, params: str = PARAMS) -> None:
    """A project in `folder` that holds the frame as its raw panel; rows are taken as they stand."""
    (folder / "params.yaml").write_text(params, encoding="utf-8")
    (folder / "data" / "raw").mkdir(parents=True, exist_ok=True)
    names, counts = np.unique(frame["unique_id"].to_numpy(dtype=str), return_counts=True)
    columns = {name: frame[name].to_numpy() for name in frame.columns[2:]}
    offsets = np.concatenate([[0], np.cumsum(counts)])
    panel = Panel(tuple(names.tolist()), offsets, frame["ds"].to_numpy(), columns)
    write_panel(panel, folder / "data" / "raw" / "panel.parquet")


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    put(prices(), tmp_path)
    return tmp_path


def run(folder: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "reprocast.stages.validate"],
        cwd=folder,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        check=False,
    )


def test_a_sound_panel_passes_on_byte_by_byte(project: Path) -> None:
    validate.main()
    raw = (project / "data/raw/panel.parquet").read_bytes()
    assert (project / "data/validated/panel.parquet").read_bytes() == raw
    assert [path.name for path in (project / "data/validated").iterdir()] == ["panel.parquet"]
    assert sorted(path.name for path in (project / "reports/validation").iterdir()) == sorted(RESULTS)
    result = json.loads((project / "reports/validation/result.json").read_text(encoding="utf-8"))
    assert result["success"] is True
    with (project / "reports/validation/table.csv").open(encoding="utf-8") as stream:
        table = list(csv.DictReader(stream))
    assert [row["success"] for row in table] == ["yes"] * len(result["expectations"])
    assert {row["series_checked"] for row in table} == {"2"}
    missing = [row["column"] for row in table if row["expectation"] == "missing_share"]
    assert missing == ["open", "high", "low", "close", "volume"]  # what the features read


def test_bytes_do_not_depend_on_the_run_the_zone_or_the_hash_seed(project: Path) -> None:
    frame = prices()
    frame.loc[[3, 5], "volume"] = np.nan  # accepted faults are in the result as well
    params = PARAMS + "validation: {missing_share: 0.01}\n"
    put(frame, project, params)
    written = []
    validate.main()
    for zone in (None, "Pacific/Auckland"):
        if zone:
            done = run(project, TZ=zone, PYTHONHASHSEED="1", LC_ALL="C")
            assert done.returncode == 0, done.stderr
        written.append([(project / "reports/validation" / name).read_bytes() for name in RESULTS])
    assert written[0] == written[1]
    expectations = json.loads(written[0][0])["expectations"]
    found = [one["findings"] for one in expectations if one["findings"] and one["severity"] == "error"]
    accepted = {
        "series": "GOOG",
        "count": 2,
        "of": 253,
        "first": ["2020-01-07", "2020-01-09"],
        "accepted": True,
        "detail": "",
    }
    assert found == [[accepted]]


def test_nothing_of_the_run_is_in_the_result(project: Path) -> None:
    validate.main()
    result = (project / "reports/validation/result.json").read_text(encoding="utf-8")
    assert str(project) not in result
    assert not {"id", "meta", "run_id", "validation_time"} & set(json.loads(result)["expectations"][0])


def test_a_failed_expectation_leaves_with_65_and_names_what_and_where(project: Path) -> None:
    frame = prices()
    frame.loc[[2, 4, 6, 8], "high"] = 1.0
    put(frame, project)
    done = run(project)
    assert done.returncode == 65
    lines = done.stderr.splitlines()
    assert lines[0] == (
        "reprocast: validate: high must not be below low: series GOOG fails in 4 of 253 rows "
        "(2020-01-06, 2020-01-08, 2020-01-10, …); repair the data, or set "
        "data.kind: numeric if these are no prices"
    )
    assert len(lines) == 3  # high is below open and close as well
    assert lines[-1].endswith("(details: .reprocast/validation/data_docs/index.html)")
    assert not (project / "data/validated").exists()
    assert not (project / "reports").exists()
    failure = json.loads((project / ".reprocast/failure.json").read_text(encoding="utf-8"))
    assert (failure["stage"], failure["code"]) == ("validate", 65)


def test_a_failure_leaves_its_result_and_data_docs_to_look_at(project: Path) -> None:
    put(prices().drop(index=[100]).reset_index(drop=True), project)
    with pytest.raises(DataError, match="series GOOG lacks 1 of 253 due times") as caught:
        validate.main()
    assert str(caught.value).count("\n") == 0
    folder = project / ".reprocast/validation"
    assert json.loads((folder / "result.json").read_text(encoding="utf-8"))["success"] is False
    assert "gap_share,ds,error,2,no,1" in (folder / "table.csv").read_text(encoding="utf-8").splitlines()
    page = (folder / "data_docs/index.html").read_text(encoding="utf-8")
    assert "series GOOG lacks 1 of 253 due times (2020-05-27)" in page


def test_a_failure_keeps_earlier_results_and_a_success_removes_the_failure(project: Path) -> None:
    validate.main()
    before = (project / "reports/validation/result.json").read_bytes()
    put(prices().iloc[:-20], project)
    with pytest.raises(DataError, match="stale_steps"):
        validate.main()
    assert (project / "reports/validation/result.json").read_bytes() == before
    put(prices(), project)
    validate.main()
    assert not (project / ".reprocast/validation").exists()


def test_at_most_ten_failures_are_named_and_the_others_counted(project: Path) -> None:
    frame = prices()
    frame.loc[:, ["open", "high", "low", "close", "volume"]] = np.inf
    frame.loc[::2, ["open", "high", "low", "close", "volume"]] = -1.0
    frame.loc[::3, ["open", "high", "low", "close", "volume"]] = np.nan
    put(frame.iloc[::2], project)
    with pytest.raises(DataError) as caught:
        validate.main()
    lines = str(caught.value).splitlines()
    assert len(lines) == 11
    result = json.loads(Path(".reprocast/validation/result.json").read_text(encoding="utf-8"))
    failed = sum(not one["success"] for one in result["expectations"])
    assert lines[-1].startswith(f"and {failed - 10} more failed expectations (details: ")


def test_data_docs_replace_the_old_ones_and_stand_alone(project: Path) -> None:
    (project / "reports/data_docs").mkdir(parents=True)
    (project / "reports/data_docs/old.html").touch()
    validate.main()
    assert [path.name for path in (project / "reports/data_docs").iterdir()] == ["index.html"]
    page = (project / "reports/data_docs/index.html").read_text(encoding="utf-8")
    assert not re.search(r"https?://|<script|\.\./", page)
    assert page.count("each time (ds) due by calendar XNYS must have a row") == 1


def test_data_docs_that_cannot_be_built_are_said_and_do_not_stop_the_stage(
    project: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def fail(*_: object) -> None:
        raise RuntimeError("no template\nfor this page")

    monkeypatch.setattr(docs_page, "docs_page", fail)
    validate.main()
    assert (project / "reports/validation/result.json").is_file()
    said = capsys.readouterr().out
    assert said == "validate: reports/data_docs: Data Docs could not be built: no template for this page\n"


def test_the_shipped_sample_meets_every_expectation_and_has_warnings(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    shutil.copy(ROOT / "params.yaml", tmp_path)
    shutil.copytree(ROOT / "data/samples", tmp_path / "data/samples")
    pull.main()
    validate.main()
    result = json.loads((tmp_path / "reports/validation/result.json").read_text(encoding="utf-8"))
    found = {(one["expectation"], one["column"]) for one in result["expectations"] if one["findings"]}
    assert found == {("jumps", "close")} | {
        ("shift", name) for name in ("log_volatility", "log_return", "log_volume")
    }
    assert all(one["severity"] == "warning" for one in result["expectations"] if one["findings"])
    [jumps] = [one["findings"] for one in result["expectations"] if one["expectation"] == "jumps"]
    apple = next(one for one in jumps if one["series"] == "AAPL")
    assert apple["first"] == ["2000-09-29"]  # half of the price in a day, after a warning about profits
    assert capsys.readouterr().out.splitlines()[-1] == (
        "validate: 13 warnings: jumps of close, shift of log_volatility, shift of log_return, 1 more; "
        "see the report, or reports/validation/table.csv"
    )


def test_roles_are_validated(project: Path) -> None:
    """A column known ahead that ends with the targets is refused; three sessions further it is not."""
    frame, steps = prices().assign(plan=1.0, area=2.0), 4
    params = PARAMS.replace("future: [day_of_week]", "future: [plan], static: [area]")
    put(frame, project, params)
    with pytest.raises(
        DataError, match=r"plan must be known at the 4 due times \(XNYS\) after .* series GOOG"
    ):
        validate.main()
    days = pd.to_datetime(["2021-01-04", "2021-01-05", "2021-01-06", "2021-01-07"]).astype("datetime64[us]")
    ahead = pd.DataFrame({"unique_id": np.repeat(["GOOG", "IBM"], steps), "ds": [*days, *days], "plan": 1.0})
    known = pd.concat([frame, ahead]).sort_values(["unique_id", "ds"], kind="stable", ignore_index=True)
    put(known, project, params)
    validate.main()
    known.loc[known["ds"] == days[2], "volume"] = 3.0
    put(known, project, params)
    with pytest.raises(DataError, match="after 2020-12-31 \\(ds\\) only plan may hold values: series GOOG"):
        validate.main()
    frame.loc[7, "area"] = 3.0
    put(frame, project, params.replace("[plan]", "[]"))
    with pytest.raises(DataError, match="area must have one value in each series: series GOOG fails in 1"):
        validate.main()


def test_a_short_series_is_a_warning_while_another_is_long_enough(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    frame = prices()
    rest = frame[(frame["unique_id"] == "GOOG") | (frame.index >= len(frame) - 60)]
    put(rest.reset_index(drop=True), project)
    validate.main()
    said = capsys.readouterr().out
    assert "warnings: enough rows" in said or "warning: enough rows" in said
    put(rest[rest["unique_id"] == "IBM"].reset_index(drop=True), project)
    with pytest.raises(DataError, match=r"the series together must have 149 times .* lacks 89 of 149 rows"):
        validate.main()


def test_a_logarithm_of_what_has_none_is_bad_data_and_not_our_fault(project: Path) -> None:
    """Warnings look at derived features; a feature that cannot be derived is told as such."""
    params = PARAMS.replace("target: [log_volatility]", "target: [log_return(volume)]")
    frame = prices()
    frame.loc[3, "volume"] = 0.0
    put(frame, project, params)
    with pytest.raises(
        DataError, match=r"series GOOG, volume at 2020-01-07: log_return\(volume\) has no value"
    ):
        validate.main()


def test_thresholds_are_read_from_params(project: Path) -> None:
    put(prices().iloc[:-20], project, PARAMS + "validation: {stale_steps: 20}\n")
    validate.main()


def test_an_unknown_exchange_is_a_fault_of_params(project: Path) -> None:
    put(prices(), project, PARAMS.replace("XNYS", "XXYZ"))
    with pytest.raises(ParamsError, match="XXYZ"):
        validate.main()


def test_an_end_that_the_calendar_does_not_know_is_a_fault_of_params(project: Path) -> None:
    """Bombay's holidays are announced year by year."""
    put(prices(), project, PARAMS.replace("2020-12-31", "2190-12-31").replace("XNYS", "XBOM"))
    with pytest.raises(ParamsError, match="XBOM is known from"):
        validate.main()


def test_an_empty_panel_is_refused(project: Path) -> None:
    put(prices().iloc[:0], project)
    with pytest.raises(DataError, match="holds no rows"):
        validate.main()


def test_times_that_repeat_are_refused_before_anything_is_loaded(project: Path) -> None:
    frame = prices()
    frame.loc[1, "ds"] = frame.loc[0, "ds"]
    put(frame, project)
    with pytest.raises(DataError, match=r"series GOOG, row 1: 2020-01-02.* stands twice"):
        validate.main()
