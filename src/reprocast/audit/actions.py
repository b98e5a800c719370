"""Splits and dividends to come: they rescale earlier levels by a common factor, and scaled inputs hide it.

Adjusted prices are a chain: a split within the panel multiplies every earlier price by one number. What
networks see is scaled by the training steps, which carry the same number, so nothing is left but rounding; a
logarithm of one plus the volume keeps a trace, and so does a level that is not scaled.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np

from reprocast.audit.leak import LeakError
from reprocast.audit.naming import window_name
from reprocast.audit.result import Done
from reprocast.audit.subject import Subject
from reprocast.data import windows as form
from reprocast.data.adjust import ACTIONS
from reprocast.data.transforms import needed_columns
from reprocast.data.windows import Ints, Windows, series_of
from reprocast.model import deployed_fold
from reprocast.panel import Panel, time_text

RATIO = 3.0
"""Shares for one, in the split that is planted: no power of two, so that rounding is seen as well."""
ROUNDING = 1e-9
"""What a common factor may leave on the scale of the inputs."""
TRACE = 1e-6
"""Beyond, the factor itself shows."""
MOST = 2048


@dataclass(frozen=True)
class Planted:
    """A split after an instant."""

    raw: Panel
    after: Any
    series: str


def common_factor(subject: Subject) -> Done:
    """A split after an instant, before data.end: what is seen up to the instant stays, but for rounding."""
    data, windows = subject.params.data, subject.windows
    if data.kind != "prices" or not set(ACTIONS) & set(subject.raw.columns):
        return Done({}, "the data have no splits or dividends")
    fold = deployed_fold(windows)
    rng, compared, traces = subject.rng("actions"), 0, dict[str, float]()
    later = subject.grid[
        (subject.grid > windows.folds[fold].bounds["train"][1]) & (subject.grid < subject.grid[-1])
    ]
    drawn = rng.choice(later, min(3, subject.instants, len(later)), replace=False)
    for after in drawn:
        planted = _plant(subject, after, rng)
        if planted is not None:
            compared += _compare(subject, windows, planted, fold, traces)
    shown = ", ".join(f"{name} (by up to {most:.1g})" for name, most in sorted(traces.items()))
    note = f"the factor leaves a trace in {shown}, which their scaling does not take out" if shown else ""
    return Done({"splits": len(drawn), "values": compared}, note)


def _plant(subject: Subject, after: Any, rng: np.random.Generator) -> Planted | None:
    """The raw panel with one more split: from its day on, a share costs a third."""
    raw = subject.raw
    alive = [name for name, rows in raw.rows() if name in subject.panel.ids and (raw.ds[rows] > after).any()]
    if not alive:
        return None
    series = str(rng.choice(alive))
    rows = dict(raw.rows())[series]
    late = np.zeros(len(raw), np.bool_)
    late[rows] = raw.ds[rows] > after
    columns: dict[str, Any] = dict(raw.columns)
    for name in {"open", "high", "low", "close", "dividend"} & columns.keys():
        columns[name] = np.where(late, columns[name] / RATIO, columns[name])
    if "volume" in columns:
        columns["volume"] = np.where(late, columns["volume"] * RATIO, columns["volume"])
    if "adj_close" in columns:
        columns["adj_close"] = _rewritten(columns["adj_close"], late, rows)
    if "split" in columns:
        day = int(np.flatnonzero(late)[0])
        split = columns["split"].astype(np.float64)
        split[day] = RATIO if np.isnan(split[day]) or split[day] == 0 else split[day] * RATIO
        columns["split"] = split
    return Planted(raw.with_columns(columns), after, series)


def _rewritten(adjusted: Any, late: Any, rows: slice) -> Any:
    """Adjusted closes of a series as the source gives them once it knows of the split: all by a third."""
    inside = np.zeros(len(late), np.bool_)
    inside[rows] = True
    return np.where(inside, adjusted / RATIO, adjusted)


def _compare(
    subject: Subject, windows: Windows, planted: Planted, number: int, traces: dict[str, float]
) -> int:
    changed = subject.cut(subject.pulled(planted.raw))
    starts = _seen_by(windows, number, planted)
    if not len(starts):
        return 0
    one = form.gather(windows, windows.folds[number], starts)
    other = form.gather(changed, changed.folds[number], starts)
    apart = np.nan_to_num(np.abs(one.past - other.past))
    for c, name in enumerate(windows.channels.names):
        most = float(apart[..., c].max())
        if most > TRACE and _must_cancel(subject, name):
            b, step = (int(i) for i in np.unravel_index(int(apart[..., c].argmax()), apart.shape[:2]))
            raise LeakError(
                f"actions: {name} of {window_name(windows, int(starts[b]))}, step {step + 1} moved by "
                f"{most:.3g} of its scale when a split after {time_text(planted.after)} was planted"
            )
        if most > ROUNDING:
            traces[name] = max(most, traces.get(name, 0.0))
    return int(one.past.size)


def _seen_by(windows: Windows, number: int, planted: Planted) -> Ints:
    """Windows of the series that are seen before the split, the latest ones (M,)."""
    fold = windows.folds[number]
    starts = np.concatenate([np.asarray(some) for some in fold.starts.values()])
    mine = series_of(windows, starts) == windows.ids.index(planted.series)
    early = windows.ds[starts + windows.look_back - 1] <= planted.after
    return np.sort(starts[mine & early])[-MOST:]


def _must_cancel(subject: Subject, channel: str) -> bool:
    """Whether the scaler takes the factor out: it is fitted per series, and prices are not volumes."""
    window, columns = subject.params.window, subject.panel.columns
    by_series = window.scaling != "none" and window.scaling_over == "series"
    own_name = channel in subject.params.columns.target + subject.params.columns.past
    return by_series and own_name and "volume" not in needed_columns([channel], columns)
