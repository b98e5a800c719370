"""validate: proves the raw panel and passes it on unchanged, or stops the pipeline with exit code 65."""

import shutil
from pathlib import Path
from typing import TYPE_CHECKING

from reprocast.data.calendars import due_times, following
from reprocast.data.findings import frame_of, history
from reprocast.data.outcomes import failure_text, result_text, table_text, warning_text
from reprocast.data.splitting import fold_spans, time_grid
from reprocast.data.training_part import Part
from reprocast.data.transforms import derive, is_known_ahead
from reprocast.errors import DataError
from reprocast.panel import Panel, read_panel
from reprocast.params.base import Block
from reprocast.params.columns import Columns
from reprocast.params.data import Data
from reprocast.params.reading import read
from reprocast.params.validation import Validation
from reprocast.params.window import Split, Window
from reprocast.stages.publish import STATE, new_folder
from reprocast.stages.stage import PARAMS, run

if TYPE_CHECKING:
    from reprocast.data.checking import Checked
    from reprocast.data.expected import Asked

RAW = Path("data/raw/panel.parquet")
VALIDATED = Path("data/validated")
REPORTS = Path("reports/validation")
DOCS = Path("reports/data_docs")
FAILED = STATE / "validation"
"""What a failed validation leaves for the user to look at; DVC removes the outputs of a failed stage."""


class ValidateParams(Block):
    """The blocks of params.yaml that decide what is expected."""

    data: Data
    validation: Validation = Validation()
    columns: Columns
    window: Window
    split: Split


def main() -> None:
    """Reads data/raw, writes data/validated and reports/validation, and Data Docs beside them."""
    params = read(PARAMS, ValidateParams, part=True)
    panel = read_panel(RAW)
    if not len(panel):
        raise DataError(f"{RAW}: holds no rows; widen data.start and data.end")
    checked = _check(panel, params)
    if not checked.success:
        _refuse(checked)
    with new_folder(VALIDATED) as folder:
        shutil.copyfile(RAW, folder / RAW.name)
    _write(checked, REPORTS)
    _build_docs(checked, DOCS)
    shutil.rmtree(FAILED, ignore_errors=True)
    if warned := warning_text(checked.outcomes):
        print(f"validate: {warned}; see the report, or {REPORTS}/table.csv", flush=True)


def _check(panel: Panel, params: ValidateParams) -> "Checked":
    # Great Expectations takes seconds to import; a fault in params.yaml or the panel is told before
    from reprocast.data.checking import check
    from reprocast.data.expectations import expect
    from reprocast.data.expected import Asked

    asked = Asked(
        params.data,
        params.validation,
        params.columns,
        params.window,
        params.split,
        tuple(panel.columns),
        tuple(panel.static),
    )
    # inside an expectation, a calendar that does not know these times would look like our own fault
    due_times(params.data.calendar, panel.ds.min(), asked.end)
    if asked.known_ahead:
        following(params.data.calendar, panel.ds.max(), params.window.horizon)
    checked = check(frame_of(panel, params.columns.static), expect(asked))
    return checked.and_then(_advise(panel, asked)) if checked.success else checked


def _advise(panel: Panel, asked: "Asked") -> "Checked":
    """The warnings; features are derived here, now that errors can no longer be in their way."""
    from reprocast.data.advice import Subject, advise
    from reprocast.data.checking import check
    from reprocast.data.findings import instant

    past = history(panel, instant(asked.end))
    grid = time_grid(past.ds, past.offsets)
    span = fold_spans(grid, asked.split, asked.window.embargo)[-1]["train"]
    part = Part(grid[span.begin], grid[span.end - 1]) if span.end > span.begin else None
    names = [name for name in asked.columns.target + asked.columns.past if not is_known_ahead(name)]
    features = {key: values for name in names for key, values in derive(past, name).items()}
    subject = Subject(past, tuple(features), part)
    return check(frame_of(past.with_columns(dict(past.columns) | features)), advise(asked, subject))


def _write(checked: "Checked", target: Path) -> None:
    with new_folder(target) as folder:
        (folder / "result.json").write_text(result_text(checked.outcomes), encoding="utf-8")
        (folder / "table.csv").write_text(table_text(checked.outcomes), encoding="utf-8")


def _refuse(checked: "Checked") -> None:
    _write(checked, FAILED)
    _build_docs(checked, FAILED / "data_docs")
    raise DataError(f"{failure_text(checked.outcomes)} (details: {FAILED}/data_docs/index.html)")


def _build_docs(checked: "Checked", target: Path) -> None:
    """Data Docs are a by-product: when they cannot be built, that is said and the stage goes on."""
    from reprocast.data.docs_page import docs_page

    try:
        page = docs_page(checked.run)
        with new_folder(target) as folder:
            (folder / "index.html").write_text(page, encoding="utf-8")
    except Exception as error:  # whatever happens inside, the validation stands
        reason = " ".join(str(error).split()) or type(error).__name__
        print(f"validate: {target}: Data Docs could not be built: {reason}")


if __name__ == "__main__":
    run("validate", main)
