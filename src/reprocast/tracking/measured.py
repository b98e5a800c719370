"""Measured costs of a model, from the times that the stages left; no output and no fingerprint has them."""

from collections.abc import Iterator
from pathlib import Path

from reprocast.tracking.diagnosed import Score
from reprocast.tracking.outputs import ModelOutput, read_json

TIMES = Path(".reprocast/times")
NAMES = {
    "milliseconds_one": "forecast_milliseconds",
    "milliseconds_batch": "forecast_milliseconds_in_a_batch",
    "peak_bytes": "forecast_peak_bytes",
}
"""Figure of an evaluation's times -> metric."""


def measured(root: Path, output: ModelOutput) -> Iterator[Score]:
    """What was measured while this very model was evaluated here.

    Times do not say which model they are of: those older than the model's scores were measured before
    them, on another one, or elsewhere.
    """
    name = output.description.name
    stage = "evaluate" if output.description.kind == "network" else "evaluate_baseline"
    times, scores = root / TIMES / f"{stage}@{name}.json", root / "results" / "scores" / f"{name}.json"
    if not output.scores or not times.is_file() or times.stat().st_mtime < scores.stat().st_mtime:
        return
    for key, value in read_json(times).items():
        if key in NAMES and isinstance(value, int | float):
            yield Score(NAMES[key], float(value))
