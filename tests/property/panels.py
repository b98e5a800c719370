"""Random cutting problems: ragged panels with gaps, different starts and ends, and missing values."""

from dataclasses import dataclass

import numpy as np
from hypothesis import strategies as st

from reprocast.data.windows import Windows
from reprocast.panel import Panel, Times
from reprocast.params.columns import Columns
from reprocast.params.window import Split, Window
from reprocast.tasks.forecast.cut import cut

FIRST_DAY = np.datetime64("2021-12-27", "us")
COLUMNS = Columns(
    target=("log_volatility", "load"),
    past=("log_return", "log_volume", "diff(load)", "log_return(volume)"),
    future=("day_of_week", "month"),
)


@dataclass(frozen=True)
class Problem:
    """A panel and what to cut it by."""

    panel: Panel
    window: Window
    split: Split
    season: int
    columns: Columns = COLUMNS

    def cut(self, panel: Panel | None = None) -> Windows:
        return cut(panel or self.panel, self.columns, self.window, self.split, self.season, "D")


def day(n: int) -> np.datetime64:
    return FIRST_DAY + np.timedelta64(n, "D")


def prices(rng: np.random.Generator, rows: int) -> dict[str, np.ndarray]:
    """Columns of `rows` rows that pass validation."""
    opening, close = np.exp(rng.normal(0, 0.1, (2, rows)).cumsum(axis=1))
    return {
        "open": opening,
        "high": np.maximum(opening, close) * np.exp(rng.uniform(0, 0.1, rows)),
        "low": np.minimum(opening, close) / np.exp(rng.uniform(0, 0.1, rows)),
        "close": close,
        "volume": rng.integers(1, 1000, rows),
        "load": rng.normal(5, 20, rows),
    }


@st.composite
def problems(draw: st.DrawFn, missing: bool = True, least: int = 1) -> Problem:
    """Series of 1 to 4 with their own first and last day, in which some days have no row.

    `least` is the shortest look-back.
    """
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    look_back, horizon = draw(st.integers(least, 6)), draw(st.integers(1, 4))
    embargo = draw(st.integers(0, 4))
    validation, test = (draw(st.integers(horizon, horizon + 8)) for _ in range(2))
    need = look_back + 1 + 3 * horizon + validation + test + 2 * embargo + 8
    times: list[Times] = []
    for n in range(draw(st.integers(1, 4))):
        first, short = (draw(st.integers(0, 6)), draw(st.integers(0, 6))) if n else (0, 0)
        days = day(0) + np.arange(first, need + 6 - short) * np.timedelta64(1, "D")
        keep = rng.random(len(days)) >= draw(st.sampled_from([0.0, 0.1]))
        times.append(days[keep])
    values = prices(rng, sum(map(len, times)))
    if missing and draw(st.booleans()):
        values["load"][rng.random(len(values["load"])) < 0.03] = np.nan
    offsets = np.concatenate([[0], np.cumsum([len(part) for part in times])]).astype(np.int64)
    ids = tuple("ABCD"[: len(times)])
    split: dict[str, int | str] = {"validation": validation, "test": test}
    if draw(st.booleans()):  # the same as dates
        begin = need + 6 - test
        split = {"test": _date(begin), "validation": _date(begin - embargo - validation)}
    return Problem(
        Panel(ids, offsets, np.concatenate(times), values),
        Window(look_back=look_back, horizon=horizon, embargo=embargo, missing="leave_out"),
        Split.model_validate(split),
        draw(st.integers(1, 5)),
    )


def _date(n: int) -> str:
    return str(day(n).astype("datetime64[D]"))
