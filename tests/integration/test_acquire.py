"""Asking a live source again: what is taken, what is kept aside, and what is said."""

import json
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from live_source import BLOCK, LiveSource, files, prices

from reprocast.commands.acquire import acquire, take_in
from reprocast.data.quarantine import QUARANTINE
from reprocast.data.sources import SOURCES, Source, yahoo
from reprocast.data.sources.yahoo_rehearsal import rehearsing
from reprocast.data.sources.yahoo_scenarios import GOOD, TICKER, Scenario, chart
from reprocast.data.vintage import VINTAGES
from reprocast.data.vintages import known
from reprocast.errors import DataError, NoInputError, TryAgainError
from reprocast.params.data import YahooData
from reprocast.stages import pull
from reprocast.stages.acquire import REPORT, stored
from reprocast.stages.pull import RAW, PullParams, read

PARAMS = "data: BLOCK\ncolumns: {target: [close]}\nwindow: {look_back: 2, horizon: 1}\n"


@pytest.fixture
def source(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> LiveSource:
    monkeypatch.chdir(tmp_path)
    params()
    return LiveSource(monkeypatch)


def params(block: str = BLOCK) -> None:
    Path("params.yaml").write_text(PARAMS.replace("BLOCK", block), encoding="utf-8")


def data() -> YahooData:
    block = read(Path("params.yaml"), PullParams, part=True).data
    assert isinstance(block, YahooData)
    return block


def in_use() -> str:
    vintage = stored(data())
    assert vintage is not None
    return vintage.name


def pulled() -> pd.DataFrame:
    pull.main()
    return pd.read_parquet(RAW / "panel.parquet")


def report() -> str:
    return REPORT.read_text(encoding="utf-8")


def test_the_same_answer_changes_nothing(source: LiveSource) -> None:
    assert acquire().startswith("first answer: 2 series, the last session 2024-02-28: vintage ")
    before = files(".")
    times = {name: Path(name).stat().st_mtime_ns for name in before}
    assert acquire() == f"no new session since 2024-02-28; vintage {in_use()} stays in use"
    assert files(".") == before
    assert {name: Path(name).stat().st_mtime_ns for name in before} == times


def test_new_sessions_are_a_new_vintage_beside_the_old_one(source: LiveSource) -> None:
    acquire()
    first, panel = in_use(), pulled()
    old = files(f"data/vintages/{first}")
    source.frame = prices(sessions=42)
    said = acquire()
    assert said.startswith("2 new sessions, the last 2024-03-01: vintage ")
    assert in_use() != first
    assert files(f"data/vintages/{first}") == old
    assert len(pulled()) == len(panel) + 4
    assert "| AAA | appended | 2 |" in report()


def test_a_split_rebases_what_the_source_sends_and_is_named_with_its_factor(source: LiveSource) -> None:
    """The source scales all history by it and rounds; the raw prices agree but for the rounding."""
    acquire()
    source.frame = prices(sessions=41)
    mine = source.frame["unique_id"] == "AAA"
    source.frame.loc[mine, "close"] *= 1 + 3e-7
    source.set("AAA", 40, split=3.0)
    said = acquire()
    assert "history rebased: AAA: 3:1 split on 2024-02-29 (factor 0.333333)" in said
    manifest = json.loads((VINTAGES / f"{in_use()}.json").read_text(encoding="utf-8"))
    assert manifest["turns"][0]["reasons"] == ["AAA: 3:1 split on 2024-02-29 (factor 0.333333)"]
    assert manifest["turns"][0]["accepted"]


def test_prices_scaled_twice_are_no_rebasing(source: LiveSource) -> None:
    """A split is on record, but raw prices must not follow it: they would be adjusted again."""
    acquire()
    source.frame = prices(sessions=41)
    source.frame.loc[source.frame["unique_id"] == "AAA", ["open", "high", "low", "close"]] /= 2
    source.set("AAA", 40, split=2.0)
    with pytest.raises(DataError, match="AAA: 40 rows revised in open, high, low, close"):
        acquire()


def test_history_revised_without_a_reason_waits_until_it_is_accepted(source: LiveSource) -> None:
    acquire()
    first, panel = in_use(), pulled()
    was = source.frame["close"].iloc[10]
    source.frame = prices(sessions=41)
    source.set("AAA", 10, close=round(was * 1.5, 2), high=200.0)
    source.set("AAA", 12, volume=3.0)
    expected = (
        "yahoo: history was revised without a recorded reason: AAA: 2 rows revised in high, close, volume; "
        "largest change AAA volume 2024-01-19: 1012 → 3 (-99.70%); vintage "
    )
    for _ in range(2):  # however often one asks
        with pytest.raises(DataError) as raised:
            acquire()
        assert expected in str(raised.value)
        assert f"vintage {first}, up to 2024-02-28, stays in use" in str(raised.value)
        assert "`reprocast acquire --accept-revision`" in str(raised.value)
        assert "\n" not in str(raised.value)
        assert in_use() == first
        assert len(known()) == 2
    assert pulled().equals(panel)
    assert "AAA: 2 rows revised in high, close, volume" in report()
    said = acquire(accept=True)
    assert said.startswith("revision accepted (AAA: 2 rows revised")
    second = in_use()
    assert second != first
    turns = json.loads((VINTAGES / f"{second}.json").read_text(encoding="utf-8"))["turns"]
    assert [turn["accepted"] for turn in turns] == [False, True]
    assert turns[1]["reasons"] == ["--accept-revision"]
    assert turns[1]["against"] == [first]
    assert len(pulled()) == len(panel) + 2
    assert acquire().startswith("no new session since 2024-02-29; ")


def test_rows_that_vanish_or_appear_within_the_past_are_a_revision(source: LiveSource) -> None:
    acquire()
    whole = source.frame
    source.frame = whole.drop(index=5)
    with pytest.raises(DataError, match=r"AAA: 1 row gone \(2024-01-09\)"):
        acquire()
    acquire(accept=True)
    source.frame = whole
    with pytest.raises(DataError, match=r"AAA: 1 row inserted \(2024-01-09\)"):
        acquire()


def test_a_revision_that_differs_from_the_one_that_waits_is_not_accepted_with_it(source: LiveSource) -> None:
    acquire()
    first = in_use()
    source.set("AAA", 10, close=1.0)
    with pytest.raises(DataError):
        acquire()
    source.set("AAA", 11, close=1.0)
    with pytest.raises(DataError, match="again and otherwise than in the revision that waits"):
        acquire(accept=True)
    assert in_use() == first
    acquire(accept=True)
    assert in_use() != first


def test_new_sessions_on_a_revision_that_waits_are_accepted_with_it(source: LiveSource) -> None:
    acquire()
    source.set("AAA", 10, close=1.0)
    with pytest.raises(DataError):
        acquire()
    source.frame = prices(sessions=42)
    source.set("AAA", 10, close=1.0)
    assert "2 new sessions" in acquire(accept=True)


def test_going_back_to_an_earlier_answer_ends_with_it(source: LiveSource) -> None:
    acquire()
    first, folder = in_use(), files(f"data/vintages/{in_use()}")
    panel = pulled()
    source.set("AAA", 10, close=1.0)
    acquire(accept=True)
    assert in_use() != first
    source.frame = prices()
    with pytest.raises(DataError, match="revised"):
        acquire()
    assert in_use() != first
    acquire(accept=True)
    assert in_use() == first
    assert files(f"data/vintages/{first}") == folder
    assert pulled().equals(panel)
    manifest = json.loads((VINTAGES / f"{first}.json").read_text(encoding="utf-8"))
    assert [(turn["number"], turn["accepted"]) for turn in manifest["turns"]] == [
        (1, True), (3, False), (4, True),
    ]  # fmt: skip


def test_a_source_that_takes_a_revision_back_needs_no_word(source: LiveSource) -> None:
    acquire()
    source.set("AAA", 10, close=1.0)
    with pytest.raises(DataError):
        acquire()
    source.frame = prices()
    assert acquire().startswith("no new session since 2024-02-28; ")


def test_a_partial_answer_is_put_aside(source: LiveSource) -> None:
    acquire()
    first, before = in_use(), files("data/vintages")
    source.frame = prices("AAA", sessions=42)
    source.lacking = {"BBB": "Yahoo does not know this ticker"}
    with pytest.raises(DataError) as raised:
        acquire()
    (folder,) = QUARANTINE.iterdir()
    assert str(raised.value) == (
        "yahoo: BBB: Yahoo does not know this ticker; a partial answer is not used, it is put aside in "
        f"{folder}; vintage {first}, up to 2024-02-28, stays in use"
    )
    assert {path.name for path in folder.iterdir()} == {"panel.parquet", "request.json", "reason.txt"}
    assert "BBB: Yahoo does not know this ticker" in (folder / "reason.txt").read_text(encoding="utf-8")
    assert files("data/vintages") == before
    assert in_use() == first


def test_quarantine_does_not_grow_for_ever(source: LiveSource, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("reprocast.data.quarantine.KEEP", 2)
    source.lacking = {"BBB": "gone"}
    for sessions in range(20, 24):
        source.frame = prices("AAA", sessions=sessions)
        with pytest.raises(DataError):
            acquire()
    spans = [
        json.loads(path.read_text(encoding="utf-8"))["series"] for path in QUARANTINE.glob("*/request.json")
    ]
    assert sorted(span["AAA"]["rows"] for span in spans) == [22, 23]


def test_a_source_that_is_down_leaves_the_last_vintage_in_use(source: LiveSource) -> None:
    acquire()
    before, first = files("."), in_use()
    source.is_down = True
    with pytest.raises(TryAgainError) as raised:
        acquire()
    assert str(raised.value).endswith(f"; vintage {first}, up to 2024-02-28, stays in use")
    assert "4 attempts; try again" in str(raised.value)
    assert files(".") == before
    assert len(pulled())


def test_more_series_and_an_earlier_start_are_compared_where_they_overlap(source: LiveSource) -> None:
    params(BLOCK.replace("[AAA, BBB]", "[AAA]").replace("2024-01-02", "2024-01-10"))
    acquire()
    params()
    assert acquire().startswith("a new answer, the last session 2024-02-28: vintage ")
    assert "| AAA | appended | 6 |" in report()
    assert "| BBB | first | all |" in report()
    source.set("AAA", 20, close=1.0)
    params(BLOCK.replace("[AAA, BBB]", "[AAA, BBB, CCC]"))
    with pytest.raises(DataError, match="AAA: 1 row revised in close"):
        acquire()


def test_less_is_asked_than_is_stored(source: LiveSource) -> None:
    acquire()
    first = in_use()
    params(BLOCK.replace("[AAA, BBB]", "[AAA]").replace("2024-12-31", "2024-02-15"))
    assert acquire() == f"no new session since 2024-02-28; vintage {first} stays in use"
    assert len(known()) == 1


def test_a_pinned_vintage_stays_in_use(source: LiveSource) -> None:
    acquire()
    first, panel = in_use(), pulled()
    source.frame = prices(sessions=41)
    params(BLOCK.replace("kind: prices", f"kind: prices, vintage: '{first}'"))
    assert f"data.vintage pins {first}, which stays in use" in acquire()
    assert pulled().equals(panel)


def test_a_clone_without_the_rows_does_not_take_other_figures(source: LiveSource) -> None:
    """`dvc pull` was forgotten: the manifest is there (git), the folder is not (DVC)."""
    acquire()
    first, kept = in_use(), files(f"data/vintages/{in_use()}")
    forget(first)
    for work in (pull.main, lambda: take_in(data())):
        with pytest.raises(NoInputError, match=rf"{first}: the answer of 2024-05-01 is in use, but not here"):
            work()
    assert source.calls == 1
    assert acquire() == f"no new session since 2024-02-28; vintage {first} stays in use"
    assert files(f"data/vintages/{first}") == kept
    forget(first)
    source.frame = prices(sessions=41).drop(index=3)
    with pytest.raises(DataError) as raised:
        acquire()
    said = (
        f"vintage {first}, which is in use, is not here (`dvc pull` brings it), and what is answered today "
    )
    assert said in str(raised.value)
    assert "is not the same: AAA had 40 rows up to 2024-02-28, now 39" in str(raised.value)
    with pytest.raises(NoInputError, match="not here"):
        pull.main()


def forget(name: str) -> None:
    for path in (VINTAGES / name).iterdir():
        path.unlink()
    (VINTAGES / name).rmdir()


def test_a_clone_gets_a_longer_answer_with_the_same_past(source: LiveSource) -> None:
    acquire()
    first, kept = in_use(), files(f"data/vintages/{in_use()}")
    forget(first)
    source.frame = prices(sessions=42)
    assert acquire().startswith("2 new sessions, the last 2024-03-01: ")
    assert files(f"data/vintages/{first}") == kept


def test_the_same_vintage_gives_the_same_bytes(source: LiveSource) -> None:
    acquire()
    pull.main()
    before = files("data/raw")
    source.frame = prices(sessions=45)
    acquire()
    pull.main()
    assert files("data/raw") != before
    params(BLOCK.replace("2024-12-31", "2024-02-28"))
    Path("params.yaml").write_text(
        Path("params.yaml")
        .read_text(encoding="utf-8")
        .replace("kind: prices", f"kind: prices, vintage: '{first()}'"),
        encoding="utf-8",
    )
    pull.main()
    assert pd.read_parquet("data/raw/panel.parquet")["ds"].max() == pd.Timestamp("2024-02-28")
    one = files("data/raw")
    pull.main()
    assert files("data/raw") == one


def first() -> str:
    return min(known(), key=lambda vintage: vintage.turn).name


def ask_yahoo(scenario: Scenario, monkeypatch: pytest.MonkeyPatch) -> str:
    """`reprocast acquire` by the real client, over HTTP."""
    with rehearsing(scenario) as played:
        client, now = played.client(), scenario.now
        ask = partial(yahoo.ask, client=client, now=now)
        monkeypatch.setitem(SOURCES, "yahoo", Source(yahoo.request, ask))
        return acquire()


def test_yahoo_rewrites_its_history_for_a_split(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    params(
        '{source: yahoo, series: [TEST], start: "2024-06-03", end: "2024-06-07", calendar: XNYS, season: 5}'
    )
    wednesday = datetime(2024, 6, 5, 23, tzinfo=UTC)
    assert "the last session 2024-06-05" in ask_yahoo(
        replace(GOOD, charts={TICKER: chart(days=3)}, now=wednesday), monkeypatch
    )
    before = pulled()
    forgotten = chart()
    quote = forgotten["indicators"]["quote"][0]
    for name in ("open", "high", "low", "close"):  # the split is on record, but history was left as it was
        quote[name] = [value * (2 if n < 3 else 1) for n, value in enumerate(quote[name])]
    with pytest.raises(DataError, match="TEST: 3 rows revised in open, high, low, close"):
        ask_yahoo(replace(GOOD, charts={TICKER: forgotten}), monkeypatch)
    assert pulled().equals(before)
    said = ask_yahoo(GOOD, monkeypatch)
    assert said.startswith("2 new sessions, the last 2024-06-07; ")
    assert "TEST: 2:1 split on 2024-06-06 (factor 0.5)" in said
    np.testing.assert_allclose(pulled()["close"][:3], before["close"] / 2)


def test_a_shift_is_reported(source: LiveSource) -> None:
    acquire()
    source.frame = prices(sessions=80)
    new = source.frame["ds"] > "2024-02-28"
    source.frame.loc[new, "volume"] *= 1000.0 ** (source.frame.index[new] % 2)
    said = acquire()
    assert "2 columns distributed otherwise (reports/acquire.md)" in said
    assert "| AAA | volume | steps of the new rows |" in report()
    assert "| BBB | volume | steps of the new rows |" in report()
