"""Stage adding@NAME: what an architecture's cell learns of the adding problem; no data are read."""

import sys
from pathlib import Path
from typing import Any

import torch
from pydantic import ConfigDict, create_model

from reprocast.deterministic import canonical_json, figure
from reprocast.networks import adding
from reprocast.params.architecture import CellName
from reprocast.params.base import Block
from reprocast.params.reading import read
from reprocast.stages.publish import write_file
from reprocast.stages.stage import PARAMS, run

ADDING = Path("results/adding")


def main(name: str) -> None:
    """Reads the cell of architecture `name`, writes results/adding/NAME.json."""
    torch.set_num_threads(1)  # as many as a step of 64 short sequences can use
    cell = read_cell(name)
    said = {
        "schema_version": 1,
        "cell": cell,
        "length": adding.LENGTH,
        "units": adding.UNITS,
        "steps": adding.STEPS,
        "unexplained": figure(adding.unexplained(cell)),
    }
    write_file(ADDING / f"{name}.json", canonical_json(said))


def read_cell(name: str) -> CellName:
    """The named architecture's cell; nothing else of it matters here."""
    others = ConfigDict(frozen=True, strict=True, extra="ignore")
    entry: Any = create_model("Entry", __config__=others, cell=(CellName, ...))
    entries: Any = create_model("Entries", __config__=others, **{name: (entry, ...)})  # type: ignore[call-overload]
    model: Any = create_model("AddingParams", __base__=Block, architectures=(entries, ...))
    params: Any = read(PARAMS, model, part=True)
    cell: CellName = getattr(params.architectures, name).cell
    return cell


if __name__ == "__main__":
    run(f"adding@{sys.argv[1]}", lambda: main(sys.argv[1]))
