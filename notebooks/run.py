"""Runs notebooks, all of this folder or those that are named, and stores them with what they print and draw.

What changes from run to run (times, ids, versions) is left out: a notebook differs when its code or its
figures do.
"""

import os
import sys
from pathlib import Path

import nbformat
from nbclient import NotebookClient

FOLDER = Path(__file__).resolve().parent
METADATA = {
    "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
    "language_info": {"name": "python"},
}
SURROUNDINGS = {
    "OMP_NUM_THREADS": "1",
    "MPLBACKEND": "module://matplotlib_inline.backend_inline",
    "PYTHONWARNINGS": "ignore:IProgress not found",  # tqdm would like widgets
}


def main(names: list[str]) -> None:
    """Runs each notebook where it stands."""
    os.environ.update(SURROUNDINGS)
    for path in [FOLDER / f"{name}.ipynb" for name in names] or sorted(FOLDER.glob("*.ipynb")):
        print(f"{path.stem} …", flush=True)
        notebook = nbformat.read(path, as_version=4)
        where = {"metadata": {"path": str(FOLDER)}}
        NotebookClient(
            notebook, timeout=600, resources=where, record_timing=False, coalesce_streams=True
        ).execute()
        _clean(notebook)
        path.write_text(nbformat.writes(notebook) + "\n", encoding="utf-8")


def _clean(notebook: nbformat.NotebookNode) -> None:
    notebook.metadata = nbformat.from_dict(METADATA)
    for number, cell in enumerate(notebook.cells):
        cell.id, cell.metadata = f"cell-{number:02d}", nbformat.from_dict({})


if __name__ == "__main__":
    main(sys.argv[1:])
