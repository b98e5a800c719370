"""The pull stage: good data become data/raw, broken data one clear line and nothing else."""

import gzip
import json
import shutil
from collections.abc import Callable
from io import StringIO
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from reprocast.deterministic import sha256_of_file
from reprocast.errors import DataError, NoInputError, ParamsError, ReprocastError, UsageError
from reprocast.panel import read_panel
from reprocast.stages import pull
from reprocast.stages.acquire import acquire, stored
from reprocast.stages.pull import RAW

ROOT = Path(__file__).parents[2]
SAMPLE = """\
data: {{source: sample, series: [IBM, GOOG], start: "2004-01-02", end: "{end}", calendar: XNYS, season: 5}}
"""
REST = "columns: {target: [load]}\nwindow: {look_back: 2, horizon: 1}\n"
FILES = 'data: {{source: files, path: "{path}", id: series, end: {end}, season: 1{more}}}\n'
PLAIN = REST + 'data: {source: files, path: "*.csv", form: FORM, end: "2024-12-31", calendar: D, season: 1}\n'
GOOD = "series,ds,load\na,2024-01-01,1\na,2024-01-02,2.5\nb,2024-01-01,3\nb,2024-01-02,NA\n"


@pytest.fixture(autouse=True)
def _project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    shutil.copytree(ROOT / "data" / "samples", "data/samples")


def sample(end: str = "2013-03-01") -> None:
    Path("params.yaml").write_text(REST + SAMPLE.format(end=end), encoding="utf-8")


def mine(
    text: str,
    path: str = "mine.csv",
    end: str = '"2024-12-31"',
    calendar: str = "D",
    more: str = "",
    asked: str = "",
) -> None:
    Path(path).write_text(text, encoding="utf-8")
    more = f", calendar: {calendar}{more}"
    Path("params.yaml").write_text(
        REST + FILES.format(path=asked or path, end=end, more=more), encoding="utf-8"
    )


def frame() -> pd.DataFrame:
    return read_panel(RAW / "panel.parquet").to_frame()


def test_the_sample_as_of_its_end() -> None:
    sample()
    pull.main()
    manifest = json.loads((RAW / "manifest.json").read_text(encoding="utf-8"))
    assert manifest["columns"] == ["open", "high", "low", "close", "volume"]
    assert manifest["series"]["GOOG"] == {"rows": 2148, "first": "2004-08-19", "last": "2013-03-01"}
    assert manifest["series"]["IBM"]["first"] == "2004-01-02"
    original = pd.read_csv("data/samples/stocks.csv").query("unique_id == 'IBM' and ds >= '2004-01-02'")
    ibm = frame().query("unique_id == 'IBM'")
    np.testing.assert_allclose(ibm["close"].iloc[-1], original["close"].iloc[-1], rtol=1e-15)
    ratio = (original["adj_close"] / original["adj_close"].iloc[-1]).to_numpy()
    np.testing.assert_allclose(ibm["close"] / ibm["close"].iloc[-1], ratio, rtol=1e-12)


def test_the_same_bytes_twice_and_elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    hashes = []
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        shutil.copytree(ROOT / "data" / "samples", tmp_path / name / "data" / "samples")
        monkeypatch.chdir(tmp_path / name)
        sample()
        pull.main()
        hashes.append({path.name: sha256_of_file(path) for path in RAW.iterdir()})
    assert hashes[0] == hashes[1]


def test_an_earlier_end_takes_the_same_vintage_and_no_later_row() -> None:
    sample()
    pull.main()
    sample(end="2010-06-30")
    pull.main()
    assert len(list(Path("data/vintages").iterdir())) == 1
    assert frame()["ds"].max() == pd.Timestamp("2010-06-30")
    raw = pd.read_csv("data/samples/stocks.csv").query("unique_id == 'IBM' and ds == '2010-06-30'")
    assert frame().query("unique_id == 'IBM'")["close"].iloc[-1] == raw["close"].iloc[0]


def test_files_of_ones_own() -> None:
    mine(GOOD)
    pull.main()
    assert frame()["unique_id"].tolist() == ["a", "a", "b", "b"]
    np.testing.assert_array_equal(frame()["load"], [1, 2.5, 3, np.nan])


def test_an_edited_file_is_a_new_vintage() -> None:
    mine(GOOD)
    pull.main()
    mine(GOOD.replace("2.5", "9.5"))
    pull.main()
    assert frame()["load"].iloc[1] == 9.5
    assert len(list(Path("data/vintages").iterdir())) == 2


def test_a_pinned_vintage_is_taken_whatever_the_files_say() -> None:
    mine(GOOD)
    pull.main()
    name = json.loads((RAW / "manifest.json").read_text(encoding="utf-8"))["vintage"]
    mine(GOOD.replace("2.5", "9.5"), more=f", vintage: '{name[:8]}'")
    pull.main()
    assert frame()["load"].iloc[1] == 2.5


@pytest.mark.parametrize(
    "kind", ["gz", "parquet", "semicolon", "windows", "no id", "wide", "glob", "zoned", "rename"]
)
def test_forms_of_files(kind: str) -> None:
    expected = pd.read_csv(StringIO(GOOD), parse_dates=["ds"])
    match kind:
        case "gz":
            mine("", "mine.csv.gz")
            Path("mine.csv.gz").write_bytes(gzip.compress(GOOD.encode(), mtime=0))
        case "parquet":
            mine(GOOD, asked="mine.parquet")
            expected.to_parquet("mine.parquet")
        case "semicolon":
            mine(GOOD.replace(",", ";"))
        case "windows":
            mine("\ufeff" + GOOD.replace("\n", "\r\n") + "\r\n")
        case "no id":
            Path("params.yaml").write_text(PLAIN.replace("FORM", "long"), encoding="utf-8")
            for series, part in expected.groupby("series"):
                part[["ds", "load"]].to_csv(f"{series}.csv", index=False)
        case "wide":
            text = "ds,a,b\n2024-01-01,1,3\n2024-01-02,2.5,\n"
            Path("mine.csv").write_text(text, encoding="utf-8")
            Path("params.yaml").write_text(PLAIN.replace("FORM", "wide"), encoding="utf-8")
            expected = expected[:3].rename(columns={"load": "value"})
        case "glob":
            mine(GOOD, asked="part-*.csv")
            for n, rows in enumerate((GOOD.splitlines()[1:3], GOOD.splitlines()[3:])):
                Path(f"part-{n}.csv").write_text(
                    "series,ds,load\n" + "\n".join(rows) + "\n", encoding="utf-8"
                )
        case "zoned":
            mine(GOOD.replace("-01,", "-01T01:00+01:00,").replace("-02,", "-02T02:00+02:00,"))
        case "rename":
            mine(GOOD.replace("load", "Load (kW)"), more=', rename: {"Load (kW)": load}')
    pull.main()
    found = frame()
    assert found["unique_id"].tolist() == expected["series"].tolist()
    assert (found["ds"] == expected["ds"]).all()
    np.testing.assert_array_equal(found.iloc[:, 2], expected.iloc[:, 2])


def with_line(line: int, text: str) -> str:
    lines = GOOD.splitlines()
    return "\n".join([*lines[: line - 1], text, *lines[line:]]) + "\n"


BROKEN: dict[str, tuple[str, str]] = {
    "missing id": (GOOD.replace("series", "name"), "mine.csv: has no column series (data.id"),
    "missing time": (GOOD.replace("ds", "when"), "mine.csv: has no column ds (data.id, data.time"),
    "duplicate timestamp": (
        with_line(3, "a,2024-01-01,2"),
        "mine.csv, line 3, column ds: series a: 2024-01-01 stands twice",
    ),
    "text in a number": (
        with_line(3, "a,2024-01-02,n/k"),
        "mine.csv, line 3, column load: 'n/k' is not a number",
    ),
    "decimal comma": (
        with_line(3, 'a,2024-01-02,"2,5"'),
        "mine.csv, line 3, column load: '2,5' is not a number; write decimals with a point",
    ),
    "empty file": ("", "mine.csv: is empty"),
    "only a header": ("series,ds,load\n", "mine.csv: has a header but no rows"),
    "not a time": (
        with_line(4, "b,01.02.2024,3"),
        "mine.csv, line 4, column ds: '01.02.2024' is not a date like",
    ),
    "no time": (with_line(4, "b,,3"), "mine.csv, line 4, column ds: the time is missing"),
    "no series": (
        with_line(4, ",2024-01-01,3"),
        "mine.csv, line 4, column series: the series' name is missing",
    ),
    "mixed zones": (
        with_line(3, "a,2024-01-02T00:00:00+02:00,2"),
        "mine.csv, line 3, column ds: '2024-01-02T00:00:00+02:00' has a time zone, those before it have none",
    ),
    "out of order": (
        "series,ds,load\na,2024-01-02,1\n\na,2024-01-01,2\n",
        "mine.csv, line 4, column ds: series a: 2024-01-01 comes after 2024-01-02",
    ),
    "too many cells": (with_line(3, "a,2024-01-02,2,7"), "mine.csv, line 3: has 4 cells, the header has 3"),
    "cut off": (GOOD[:-8], "mine.csv, line 5: has 2 cells, the header has 3"),
    "a column twice": ("series,ds,ds\na,2024-01-01,1\n", "mine.csv: column ds stands twice"),
    "no numbers": ("series,ds,mood\na,2024-01-01,fine\n", "mine.csv: has no column of numbers beside ds"),
}


@pytest.mark.parametrize("fault", BROKEN)
def test_a_broken_file_is_one_line_with_its_place(fault: str) -> None:
    text, said = BROKEN[fault]
    mine(GOOD)
    pull.main()
    before = {path: path.read_bytes() for path in RAW.iterdir()}
    mine(text)
    with pytest.raises(DataError) as raised:
        pull.main()
    assert said in str(raised.value)
    assert "\n" not in str(raised.value)
    assert {path: path.read_bytes() for path in RAW.iterdir()} == before
    assert len(list(Path("data/vintages").iterdir())) == 1


def _latin() -> None:
    Path("mine.csv").write_bytes(GOOD.replace("load", "h\u00f6he").encode("latin-1"))


def _no_gzip() -> None:
    mine(GOOD, "mine.csv.gz")


def _no_parquet() -> None:
    mine(GOOD, "mine.parquet")


def _other_columns() -> None:
    mine(GOOD, asked="*.csv")
    Path("second.csv").write_text(GOOD.replace("load", "wind").replace("a,", "c,"), encoding="utf-8")


def _same_series_twice() -> None:
    mine(GOOD, asked="*.csv")
    Path("second.csv").write_text(GOOD, encoding="utf-8")


def _damaged() -> None:
    pull.main()
    next(Path("data/vintages").glob("*/panel.parquet")).write_bytes(b"PAR1")


def _nothing() -> None:
    """The good file stays as it is."""


@pytest.mark.parametrize(
    ("spoil", "more", "error", "said"),
    [
        (_latin, "", DataError, "mine.csv: cannot be read as CSV in UTF-8"),
        (_no_gzip, "", DataError, "mine.csv.gz: cannot be read"),
        (_no_parquet, "", DataError, "mine.parquet: is not a Parquet file"),
        (_other_columns, "", DataError, "second.csv: columns differ from those of mine.csv: load, wind"),
        (_same_series_twice, "", DataError, "*.csv: files together: series a, row 4: 2024-01-01"),
        (_damaged, "", DataError, "panel.parquet: is missing or damaged"),
        (_nothing, ", series: [a, z]", DataError, "data.series: z is not in the data; there are a, b"),
        (_nothing, ', start: "2024-06-01"', DataError, "series a: has no row from 2024-06-01 to 2024-12-31"),
        (_nothing, ", vintage: '00000000'", NoInputError, "data.vintage: no vintage 00000000"),
        (lambda: Path("mine.csv").unlink(), "", NoInputError, "data.path: no file mine.csv"),
        (lambda: mine(GOOD, "mine.txt"), "", UsageError, "mine.txt: is neither"),
    ],
)
def test_what_else_goes_wrong(
    spoil: Callable[[], object], more: str, error: type[ReprocastError], said: str
) -> None:
    mine(GOOD, more=more)
    spoil()
    with pytest.raises(error) as raised:
        pull.main()
    assert said in str(raised.value)
    assert "\n" not in str(raised.value)


def test_steps_instead_of_times() -> None:
    mine("series,ds,load\na,1,5\na,2,6\na,3,7\n", end="2", calendar="step")
    pull.main()
    assert frame()["ds"].tolist() == [1, 2]


def test_a_step_that_is_none() -> None:
    mine("series,ds,load\na,1,5\na,2.5,6\n", end="2", calendar="step")
    with pytest.raises(DataError, match=r"line 3, column ds: '2.5' is not a whole number"):
        pull.main()


def test_the_sample_is_what_its_provenance_says() -> None:
    text = (ROOT / "data" / "samples" / "PROVENANCE.md").read_text(encoding="utf-8")
    assert sha256_of_file(ROOT / "data" / "samples" / "stocks.csv") in text
    rows = pd.read_csv("data/samples/stocks.csv")
    assert f"{len(rows):,} rows" in text
    assert (rows[["open", "close", "low"]].max(axis=1) <= rows["high"]).all()
    assert (rows[["open", "close", "high"]].min(axis=1) >= rows["low"]).all()
    ratio = rows["adj_close"] / rows["close"]
    step = ratio / ratio.groupby(rows["unique_id"]).shift()
    jumps = rows[(step > 1.5) | (step < 0.75)]
    assert list(zip(jumps["unique_id"], jumps["ds"], jumps["split"], strict=True)) == [
        ("AAPL", "2000-06-21", 2),
        ("AAPL", "2005-02-28", 2),
        ("MSFT", "2003-02-18", 2),
    ]
    assert (rows.drop(jumps.index)["split"] == 1).all()


def test_the_sample_is_made_by_its_script() -> None:
    """From the origin's columns and names, which our file can be turned back into."""
    script = ROOT / "data" / "samples" / "make_stocks.py"
    made = {"__name__": "make_stocks"}
    exec(compile(script.read_text(encoding="utf-8"), str(script), "exec"), made)
    rows = pd.read_csv("data/samples/stocks.csv", dtype=str).drop(columns="split")
    rows.columns = pd.Index(["Ticker", "Date", "Open", "High", "Low", "Close", "Volume", "Adj Close"])
    other = rows.iloc[:3].assign(Ticker="FB")
    text = made["make"](pd.concat([other, rows]).to_dict("records"))  # type: ignore[operator]
    assert text == Path("data/samples/stocks.csv").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("name", "rows", "lacking", "calendar"), [("traffic", 17_520, 104, "h"), ("weather", 1_461, 0, "D")]
)
def test_the_other_samples_are_what_their_provenance_says(
    name: str, rows: int, lacking: int, calendar: str
) -> None:
    text = (ROOT / "data" / "samples" / "PROVENANCE.md").read_text(encoding="utf-8")
    assert sha256_of_file(ROOT / "data" / "samples" / f"{name}.csv") in text
    shipped = pd.read_csv(f"data/samples/{name}.csv", parse_dates=["ds"])
    assert f"{len(shipped):,} rows" in text
    series, end = shipped["unique_id"].iloc[0], shipped["ds"].iloc[-1]
    data = f'{{source: sample, sample: {name}, series: [{series}], end: "{end.isoformat()}", kind: numeric, '
    Path("params.yaml").write_text(f"{REST}data: {data}calendar: {calendar}, season: 1}}\n", encoding="utf-8")
    pull.main()
    values = frame().set_index("ds").drop(columns="unique_id")
    expected = shipped.set_index("ds").drop(columns="unique_id")
    pd.testing.assert_frame_equal(
        values[expected.columns], expected.astype("float64"), check_freq=False, check_index_type=False
    )
    assert (len(values), values.isna().all(axis=1).sum()) == (rows, lacking)
    assert values.isna().any(axis=1).sum() == lacking
    assert values.index.to_series().diff().nunique() == 1


def test_a_sample_without_prices_is_not_adjusted() -> None:
    Path("params.yaml").write_text(REST + SAMPLE.format(end="2015-12-31") + "", encoding="utf-8")
    text = Path("params.yaml").read_text(encoding="utf-8").replace("sample, ", "sample, sample: weather, ")
    Path("params.yaml").write_text(text, encoding="utf-8")
    with pytest.raises(ParamsError, match="kind prices: the sample weather has none; set kind: numeric"):
        pull.main()


@pytest.mark.parametrize(
    ("name", "original"),
    [
        ("traffic", {"unique_id": None, "ds": "datetime"}),
        ("weather", {"unique_id": None, "ds": "date"}),
    ],
)
def test_the_other_samples_are_made_by_their_scripts(name: str, original: dict[str, str | None]) -> None:
    """From the origin's columns and names, which our file can be turned back into."""
    script = ROOT / "data" / "samples" / f"make_{name}.py"
    made = {"__name__": f"make_{name}"}
    exec(compile(script.read_text(encoding="utf-8"), str(script), "exec"), made)
    rows = pd.read_csv(f"data/samples/{name}.csv", dtype=str, keep_default_na=False)
    rows = rows.rename(columns={ours: theirs for ours, theirs in original.items() if theirs})
    if name == "weather":
        rows["date"] = rows["date"].str.replace("-", "/")
    text = made["make"](rows.assign(other="Clouds").to_dict("records"))  # type: ignore[operator]
    assert text == Path(f"data/samples/{name}.csv").read_text(encoding="utf-8")


def test_a_wide_file_without_a_number() -> None:
    Path("mine.csv").write_text("ds,a,b\n2024-01-01,,\n", encoding="utf-8")
    Path("params.yaml").write_text(PLAIN.replace("FORM", "wide"), encoding="utf-8")
    with pytest.raises(DataError, match=r"mine.csv: has no numbers beside ds"):
        pull.main()


def test_acquiring_again_gives_the_same_vintage() -> None:
    sample()
    data = pull.read(pull.PARAMS, pull.PullParams, part=True).data
    assert stored(data) is None
    first = acquire(data)
    found = stored(data)
    assert found is not None
    assert acquire(data).name == first.name == found.name
