"""A panel to forecast from, from a file: as the pipeline writes it, or as params.yaml reads its own files."""

from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from reprocast.errors import DataError, NoInputError
from reprocast.panel import Panel, read_panel
from reprocast.params.base import Block
from reprocast.params.data import Data, FilesData
from reprocast.params.operations import Operations
from reprocast.params.reading import read
from reprocast.params.validation import Validation
from reprocast.stages.stage import PARAMS

OWN = {"unique_id", "ds"}


class Accepted(Block):
    """The blocks of params.yaml that say how data are read and what is accepted of them."""

    data: Data
    validation: Validation = Validation()


def accepted(root: Path) -> Accepted | None:
    """What params.yaml says; None where there is none, and a model's folder stands alone.

    Raises:
        ParamsError: it is wrong.
    """
    path = root / PARAMS
    return read(path, Accepted, part=True) if path.is_file() else None


def panel_of_file(path: Path, calendar: str, asked: Accepted | None) -> Panel:
    """Reads Parquet or CSV: columns unique_id, ds and values, or what `data` of source `files` describes.

    Raises:
        NoInputError: no such file.
        DataError: what is wrong in it, with row, column and value.
    """
    from reprocast.data.sources.files import ask

    if not path.is_file():
        raise NoInputError(f"--panel {path}: no such file")
    if _is_ours(path):
        _refuse_nameless(path)
        return read_panel(path)
    step = calendar == "step"
    own = FilesData(
        source="files",
        path=str(path),
        calendar=calendar,
        season=1,
        end=2**62 if step else "9999-12-31",
        id="unique_id",
    )
    if asked is not None and isinstance(asked.data, FilesData):
        own = asked.data.model_copy(update={"path": str(path), "sha256": None})
    return ask(own, Operations()).panel


def _refuse_nameless(path: Path) -> None:
    """Rows without a series' name would be taken for a series of their own."""
    nameless = pc.is_null(pq.read_table(path, columns=["unique_id"])["unique_id"])
    row = pc.index(nameless, value=True).as_py()
    if row >= 0:
        raise DataError(f"{path}: row {row}, column unique_id: the series' name is missing")


def _is_ours(path: Path) -> bool:
    try:
        return set(pq.read_schema(path).names) >= OWN
    except (pa.ArrowException, OSError):
        return False
