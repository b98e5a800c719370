"""Fits a model that has won once more, on everything up to data.end: models/NAME → refit/NAME.

Not a stage of dvc.yaml: it is done after the decision, for the winner alone. It has the form of one, so that
it runs in a process of its own, reports like one, and can be run at a commit that is checked out elsewhere.
"""

import sys
from pathlib import Path
from typing import Any

import numpy as np

from reprocast.data.window_files import read_windows, windows_sha256
from reprocast.data.windows import Windows
from reprocast.deterministic import canonical_json
from reprocast.errors import DataError
from reprocast.model import Description, deployed_fold
from reprocast.panel import read_panel, time_text
from reprocast.params.reading import read
from reprocast.registry.refit import FOLDER, NOTE, refit_fingerprint
from reprocast.stages.owner import die_with_parent
from reprocast.stages.publish import STATE, new_folder
from reprocast.stages.stage import PARAMS, run
from reprocast.stages.window import PANEL, WindowParams
from reprocast.tasks.forecast.kept_intervals import FILE as INTERVALS
from reprocast.tasks.forecast.whole import last_time, whole
from reprocast.tasks.loading import FILE, read_description
from reprocast.tasks.refitted_model import Rows, refitted_baseline, refitted_network
from reprocast.tracking.interval_file import intervals_of
from reprocast.tracking.outputs import read_rows

MODELS, WINDOWS, CURVES = Path("models"), Path("data/windows"), Path("results/training")


def main(name: str) -> None:
    """Fits models/NAME again and puts it into refit/NAME, its intervals beside it.

    A baseline that fitting does not change is left alone, and refit/ as it was.

    Raises:
        DataError: the model was not made from these windows.
    """
    scored = read_description(MODELS / name)
    cut = read_windows(WINDOWS)
    if scored.windows_sha256 != windows_sha256(WINDOWS):
        raise DataError(f"models/{name}: was not made from {WINDOWS}; run `reprocast repro`")
    params = read(PARAMS, WindowParams, part=True)
    windows = whole(read_panel(PANEL), params.columns, params.window, params.split, cut, scored.series)
    made = _refitted(scored, windows, _update(scored, cut, windows))
    if made is None:
        print(f"{name}: fitting it on all data changes nothing", flush=True)
        return
    _publish(scored, *made)


def _update(scored: Description, cut: Windows, windows: Windows) -> dict[str, Any]:
    """What makes a description that of the refitted model."""
    end, learned = last_time(windows), cut.folds[deployed_fold(cut)].bounds["train"][1]
    times = np.unique(windows.ds)
    more = int(((times > learned) & (times <= end)).sum())
    return {
        "fingerprint": refit_fingerprint(scored.fingerprint),
        "validation_end": time_text(end),
        "fitted": {NOTE: {"of": scored.fingerprint, "more": more}},
    }


def _refitted(
    scored: Description, windows: Windows, update: dict[str, Any]
) -> tuple[Description, dict[int, Any]] | None:
    if scored.kind == "network":
        return refitted_network(scored, windows, _curve(scored), update, STATE)
    found = refitted_baseline(scored, windows, update)
    return None if found is None else (found, {})


def _curve(scored: Description) -> Rows:
    """The scored model's learning curve on its own fold."""
    rows = read_rows(CURVES / f"{scored.name}.csv")
    curve = [{key: float(value) for key, value in row.items() if value} for row in rows]
    return [row for row in curve if int(row.get("fold", 0)) == scored.fold]


def _publish(scored: Description, refitted: Description, weights: dict[int, Any]) -> None:
    """The whole folder is replaced: there is one refitted model, the newest."""
    intervals = intervals_of(MODELS / scored.name, scored)
    with new_folder(Path(FOLDER)) as folder:
        own = folder / refitted.name
        own.mkdir()
        if weights:
            from reprocast.tasks.networks import save_networks

            save_networks(refitted, weights, own)
        else:
            (own / FILE).write_text(canonical_json(refitted.model_dump(mode="json")), encoding="utf-8")
        if intervals is not None:
            text = canonical_json(intervals.model_dump(mode="json"))
            (folder / INTERVALS).write_text(text, encoding="utf-8")


if __name__ == "__main__":
    die_with_parent()
    run(f"refit@{sys.argv[1]}", lambda: main(sys.argv[1]))
