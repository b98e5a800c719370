"""Any panel comes back from disk as it was, static columns too, and the bytes depend on the panel only."""

import math
from io import BytesIO
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reprocast.errors import DataError
from reprocast.panel import Panel, from_frame, read_panel, write_panel

FLOATS = st.floats() | st.just(math.nan)
WORDS = st.text(st.characters(exclude_categories=("Cs",)), max_size=5)


@st.composite
def panels(draw: st.DrawFn) -> Panel:
    """Up to four series of up to five rows, with text and numbers that are constant per series."""
    ids = sorted(draw(st.sets(WORDS.filter(bool), min_size=1, max_size=4)))
    lengths = draw(st.lists(st.integers(1, 5), min_size=len(ids), max_size=len(ids)))
    rows = sum(lengths)
    if draw(st.booleans()):
        ds = np.concatenate([np.arange(length) for length in lengths])
    else:
        ds = np.concatenate([np.datetime64("2020-01-01", "us") + np.arange(length) for length in lengths])
    columns = {
        "x": np.asarray(draw(st.lists(FLOATS, min_size=rows, max_size=rows)), np.float64),
        "n": np.asarray(
            draw(st.lists(st.integers(-(2**63), 2**63 - 1), min_size=rows, max_size=rows)), np.int64
        ),
    }
    static = {
        "size": np.asarray(draw(st.lists(FLOATS, min_size=len(ids), max_size=len(ids))), np.float64),
        "kind": np.asarray(draw(st.lists(WORDS, min_size=len(ids), max_size=len(ids))), dtype=object),
    }
    names = draw(st.permutations(sorted(static)))[: draw(st.integers(0, 2))]
    offsets = np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64)
    return Panel(tuple(ids), offsets, ds, columns, {name: static[name] for name in names})


def same(one: Panel, other: Panel) -> None:
    assert one.ids == other.ids
    np.testing.assert_array_equal(one.offsets, other.offsets)
    np.testing.assert_array_equal(one.ds, other.ds)
    for ours, theirs in ((one.columns, other.columns), (one.static, other.static)):
        assert list(ours) == list(theirs)
        for name in ours:
            assert ours[name].dtype == theirs[name].dtype
            np.testing.assert_array_equal(ours[name], theirs[name])


def written(panel: Panel) -> bytes:
    stream = BytesIO()
    write_panel(panel, stream)
    return stream.getvalue()


@settings(max_examples=100, derandomize=True, database=None, deadline=None)
@given(panels(), st.integers(0, 2**32 - 1))
def test_a_panel_comes_back_as_it_was(
    tmp_path_factory: pytest.TempPathFactory, panel: Panel, seed: int
) -> None:
    path = tmp_path_factory.mktemp("panel") / "panel.parquet"
    path.write_bytes(written(panel))
    back = read_panel(path)
    same(back, panel)
    assert written(back) == path.read_bytes()
    keep = np.random.default_rng(seed).random(len(panel)) < 0.5
    part = panel.take(keep)
    kept = np.isin(panel.ids, part.ids)
    for name, values in panel.static.items():
        np.testing.assert_array_equal(part.static[name], values[kept])
    assert part.with_columns({}).static.keys() == panel.static.keys()


def test_the_bytes_do_not_depend_on_the_order_of_series_in_the_frame() -> None:
    frame = pd.DataFrame(
        {
            "unique_id": ["b", "a", "b", "a"],
            "ds": [1, 1, 2, 2],
            "x": [1.0, 2, 3, 4],
            "kind": ["u", "v", "u", "v"],
        }
    )
    sorted_ = frame.sort_values(["unique_id", "ds"])
    assert written(from_frame(frame)) == written(from_frame(sorted_))
    assert from_frame(frame).static["kind"].tolist() == ["v", "u"]


def test_text_that_varies_is_no_static_column() -> None:
    frame = pd.DataFrame({"unique_id": ["a", "a"], "ds": [1, 2], "mood": ["fine", "bad"]})
    with pytest.raises(
        DataError, match="column mood: holds str, not numbers, and is text that varies within series a"
    ):
        from_frame(frame)


def test_a_panel_of_many_series_takes_little_room() -> None:
    """Each row group once held the names of all series: 3,000 of them would take 60 MB."""
    ids = tuple(f"series-{n:04d}" for n in range(3000))
    panel = Panel(ids, np.arange(3001), np.zeros(3000, np.int64), {"x": np.zeros(3000)})
    assert len(written(panel)) < 3_000_000


def test_a_panel_of_another_hand_is_read(tmp_path: Path) -> None:
    """Without our metadata, with plain strings: as the first version wrote it, or anyone else."""
    table = pa.table({"unique_id": ["a", "a"], "ds": [1, 2], "x": [0.5, None], "kind": ["u", "u"]})
    pq.write_table(table, tmp_path / "panel.parquet")
    panel = read_panel(tmp_path / "panel.parquet")
    assert panel.static["kind"].tolist() == ["u"]
    np.testing.assert_array_equal(panel.columns["x"], [0.5, np.nan])
