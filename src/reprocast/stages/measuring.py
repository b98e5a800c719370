"""What a forecast costs on this machine: milliseconds and memory, measured; no output depends on them.

Nothing here reads a forecast: what is timed is timed beside the evaluation, not instead of it.
"""

import sys
import time
from pathlib import Path
from statistics import median

from reprocast.data.windows import Batch, Fold, Windows, gather
from reprocast.evaluation.forecasting import BATCH
from reprocast.model import Model

REPEATS = 30
"""Most forecasts of one window that are timed."""
ENOUGH = 0.3
"""Seconds after which no further repeat is begun."""
BATCHES = (32, BATCH)
"""Windows forecast at once; the last is what the evaluation does."""
PATIENCE = 3.0
"""Seconds that a batch may take, as the one before it foretells: a slow method is not timed on many."""
STATUS = Path("/proc/self/status")


def measure(model: Model, windows: Windows, fold: Fold) -> dict[str, float]:
    """What the report and MLflow show of a model's running costs; all its seeds forecast.

    Returns:
        `milliseconds_one`: the median for one window alone; `milliseconds_batch`: a window's share where
        `batch` of them are forecast at once; `peak_bytes`: the most memory this process has had so far.
        Nothing but the memory where a fold has no window.
    """
    starts = next((some for name in ("test", "validation", "train") if len(some := fold.starts[name])), None)
    if starts is None:
        return {"peak_bytes": peak_bytes()}
    one = _median_seconds(model, gather(windows, fold, starts[:1]))
    batch, share = 1, one
    for more in BATCHES:
        count = min(more, len(starts))
        if count > batch and count * share < PATIENCE:
            batch, share = count, _seconds(model, gather(windows, fold, starts[:count])) / count
    return {
        "milliseconds_one": 1000 * one,
        "milliseconds_batch": 1000 * share,
        "batch": float(batch),
        "peak_bytes": peak_bytes(),
    }


def _median_seconds(model: Model, batch: Batch) -> float:
    """Of repeats after a first one, which pays for what is set up once; of that one where it is slow."""
    begun, taken = time.perf_counter(), [_seconds(model, batch)]
    while len(taken) <= REPEATS:
        if time.perf_counter() - begun > (ENOUGH if len(taken) > 1 else PATIENCE):
            break
        taken.append(_seconds(model, batch))
    return median(taken[1:] or taken)


def _seconds(model: Model, batch: Batch) -> float:
    before = time.perf_counter()
    model.forecast(batch)
    return time.perf_counter() - before


def peak_bytes() -> float:
    """The most memory (resident) this process has had.

    Linux's ru_maxrss also counts the process that started this one, so its own mark is read there.
    """
    if STATUS.exists():
        line = next(one for one in STATUS.read_text(encoding="utf-8").splitlines() if one.startswith("VmHWM"))
        return 1024.0 * int(line.split()[1])
    import resource  # Windows has no such module, and is no place for the pipeline

    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return float(most if sys.platform == "darwin" else 1024 * most)
