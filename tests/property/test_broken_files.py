"""Broken files end in a clean run or in one line with its code, and no number is changed on the way.

A generator breaks files in many ways and keeps the true cells. Each file goes through pull, validate and
window as its stages run; after a clean run data/raw holds the true numbers, none lost and none invented.
"""

import io
import os
import random
import tempfile
from contextlib import redirect_stderr, redirect_stdout
from datetime import datetime
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from property.breaking import BREAKING
from property.sheets import Sheet, same, sheet

from reprocast.stages import pull, validate, window
from reprocast.stages.stage import run

END = datetime(2025, 1, 1)
PARAMS = """\
task: forecast
data: {data}
validation: {{missing_share: 0.5, gap_share: 0.5, stale_steps: 100000}}
columns: {{target: [{target}]}}
window: {{look_back: 3, horizon: 1, missing: leave_out}}
split: {{test: 5, validation: 5}}
"""
STAGES = {"pull": pull.main, "validate": validate.main, "window": window.main}
EXPECTED = {65, 66, 78}


def write(made: Sheet) -> None:
    data = {
        "source": "files",
        "path": "mine.csv" if made.name == "other.csv" else made.name,
        "id": "unique_id",
        "end": '"2024-12-31"',
        "calendar": "D",
        "season": "1",
    }
    block = ", ".join(f"{name}: {value}" for name, value in (data | made.data).items())
    target = "value" if "form" in made.data else "load"
    Path("params.yaml").write_text(PARAMS.format(data=f"{{{block}}}", target=target), encoding="utf-8")
    Path(made.name).write_bytes(made.content())


def played() -> tuple[int, str]:
    """Exit code of the first stage that fails, or 0, and what was said."""
    said = io.StringIO()
    with redirect_stderr(said), redirect_stdout(io.StringIO()):
        for name, main in STAGES.items():
            try:
                run(name, main)
            except SystemExit as left:
                return int(left.code or 0), said.getvalue()
    return 0, said.getvalue()


def found(column: str) -> dict[tuple[str, datetime], float]:
    table = pq.read_table("data/raw/panel.parquet").to_pydict()
    rows = zip(table["unique_id"], table["ds"], table[column], strict=True)
    return {(name, time): value for name, time, value in rows}


def check(fault: str, seed: int) -> int:
    """One file, in a folder of its own; returns the exit code."""
    rng = random.Random(f"{fault} {seed}")
    made = sheet(rng)
    BREAKING[fault](rng, made)
    write(made)
    code, said = played()
    if code:
        assert code in EXPECTED, said
        assert said.startswith("reprocast: ")
        assert said.count("\n") == 1, said
        return code
    assert not made.must_fail, "what cannot be read was read"
    truth, panel = made.truth(END), found("value" if "form" in made.data else "load")
    assert panel.keys() == truth.keys()
    wrong = {key: (panel[key], truth[key]) for key in truth if not same(panel[key], truth[key])}
    assert not wrong
    return code


@pytest.mark.parametrize("count", [1, pytest.param(5, marks=pytest.mark.slow)])
@pytest.mark.parametrize("fault", BREAKING)
def test_a_broken_file_is_refused_in_a_line_or_read_as_it_is(fault: str, count: int) -> None:
    codes = []

    @settings(
        max_examples=count,
        derandomize=True,
        database=None,
        deadline=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(st.integers(0, 2**32 - 1))
    def each(seed: int) -> None:
        before = Path.cwd()
        with tempfile.TemporaryDirectory() as folder:
            os.chdir(folder)
            try:
                codes.append(check(fault, seed))
            finally:
                os.chdir(before)

    each()
    if fault in CLEAN:
        assert 0 in codes


CLEAN = {"nothing", "interleaved", "offsets", "padded", "text", "many digits", "tiny"}
"""What must not be taken for a fault."""


def test_three_hundred_of_them() -> None:
    assert 5 * len(BREAKING) >= 300
