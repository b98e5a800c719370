"""`reprocast report`: reads the outputs of the pipeline and writes reports/report.html and report.md."""

import csv
import io
import json
import shutil
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from reprocast import __version__
from reprocast.commands.searches.records import read_records
from reprocast.deterministic import sha256_of_file
from reprocast.errors import DataError, NoInputError
from reprocast.evaluation.drift.report import DriftReport
from reprocast.evaluation.report import html, markdown
from reprocast.evaluation.report_content import content
from reprocast.evaluation.report_inputs import TABLES, Inputs, Rows
from reprocast.evaluation.report_pictures import pictures
from reprocast.params.reading import read
from reprocast.params.root import Params
from reprocast.stages.publish import STATE, write_file
from reprocast.stages.stage import PARAMS

LEADERBOARD = "results/leaderboard.csv"
COMPARISON = "results/comparison"
DRIFT = "reports/drift.json"
CELLS = ("worth", "gradients")
RAW, WINDOWS = "data/raw/manifest.json", "data/windows/manifest.json"
HASHED = ("params.yaml", RAW, WINDOWS, "requirements/runtime.txt")
STAGES = (
    "pull",
    "validate",
    "window",
    "train",
    "adding",
    "baseline",
    "evaluate",
    "evaluate_baseline",
    "compare",
)


def report(root: Path) -> Path:
    """Writes the report of the project at `root`, and its figures one by one; the path of the page.

    Raises:
        NoInputError: an output of the pipeline is missing.
        DataError: one cannot be read.
    """
    said = content(inputs_of(root))
    page = root / "reports" / "report.html"
    write_file(page, html(said))
    write_file(page.with_suffix(".md"), markdown(said))
    figures = page.with_name("figures")
    shutil.rmtree(figures, ignore_errors=True)  # those of models that are gone
    for name, svg in pictures(said).items():
        write_file(figures / f"{name}.svg", svg)
    return page


def inputs_of(root: Path) -> Inputs:
    """Reads everything the report is made from; raises like `report`."""
    leaderboard = _rows(root / LEADERBOARD)
    names = [row["model"] for row in leaderboard]
    params = root / PARAMS
    return Inputs(
        params=read(params, Params),
        params_text=params.read_text(encoding="utf-8"),
        leaderboard=leaderboard,
        verdict=_json(root / COMPARISON / "verdict.json"),
        **{
            name: _rows(root / COMPARISON / f"{name}.csv")
            for name in ("significance", "curves", "horizon", "series", "folds", "forecasts", *CELLS)
        },
        tables={name: _rows_if_any(root / COMPARISON / f"{name}.csv") for name in TABLES},
        training_warnings=_rows(root / COMPARISON / "warnings.csv"),
        scores={name: _json(root / "results" / "scores" / f"{name}.json") for name in names},
        models={name: _json(root / "models" / name / "model.json") for name in names},
        raw=_json(root / RAW),
        windows=_json(root / WINDOWS),
        validation=_json(root / "reports" / "validation" / "result.json"),
        sha256={path: sha256_of_file(root / path) for path in HASHED if (root / path).is_file()},
        data_docs=(root / "reports" / "data_docs" / "index.html").is_file(),
        measured=_measured(root / STATE / "times", names),
        version=__version__,
        tuning=read_records(root),
        drift=_drift(root),
    )


def _measured(folder: Path, names: list[str]) -> dict[str, dict[str, float]]:
    """What was measured by stage, in the pipeline's order; stages of models that are gone are left out."""
    kept = {}
    for path in sorted(folder.glob("*.json")):
        stage, _, model = path.stem.partition("@")
        if stage in STAGES and (not model or model in names):
            kept[path.stem] = {key: float(value) for key, value in _json(path).items()}
    return dict(sorted(kept.items(), key=lambda item: (STAGES.index(item[0].partition("@")[0]), item[0])))


def _drift(root: Path) -> DriftReport | None:
    """What `reprocast drift` last found, unless another panel or version is meant."""
    path = root / DRIFT
    if not path.is_file():
        return None
    try:
        found = DriftReport.model_validate_json(_text(path))
    except ValidationError:
        return None
    return found if found.data_end == _json(root / RAW)["end"] else None


def _json(path: Path) -> Any:
    try:
        return json.loads(_text(path))
    except ValueError:
        raise DataError(f"{path}: is not JSON; run `dvc checkout --force` or `reprocast repro`") from None


def _rows(path: Path) -> Rows:
    return list(csv.DictReader(io.StringIO(_text(path), newline="")))


def _rows_if_any(path: Path) -> Rows:
    """None where the outputs are of a version that did not write the table yet."""
    return _rows(path) if path.is_file() else []


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except FileNotFoundError:
        raise NoInputError(f"{path}: no such file; run `reprocast repro`") from None
