"""validate: proves the raw panel and passes it on unchanged, or stops the pipeline with exit code 65."""

import shutil
from pathlib import Path
from typing import TYPE_CHECKING

from reprocast.data.calendars import due_times
from reprocast.data.findings import frame_of
from reprocast.data.outcomes import failure_text, result_text, table_text
from reprocast.data.transforms import needed_columns
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


def _check(panel: Panel, params: ValidateParams) -> "Checked":
    # Great Expectations takes seconds to import; a fault in params.yaml or the panel is told before
    from reprocast.data.checking import check
    from reprocast.data.expectations import expect, last_instant

    # inside an expectation, a calendar that does not know these times would look like our own fault
    due_times(params.data.calendar, panel.ds.min(), last_instant(params.data.end))
    columns = params.columns
    used = needed_columns(columns.target + columns.past + columns.future, panel.columns)
    wanted = expect(params.data, params.validation, params.window, params.split, used, panel.columns)
    return check(frame_of(panel), wanted)


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
