"""`reprocast export`: a trained network as one ONNX file, checked against PyTorch before it is written."""

from pathlib import Path

import numpy as np

from reprocast.errors import InternalError
from reprocast.stages.publish import write_file
from reprocast.tasks.networks import SavedNetworks, load_network
from reprocast.tracking.interval_file import intervals_of

FOLDER = Path("exports")
"""Where files go that name no place; not tracked by git."""
WINDOWS = 64
"""Drawn look-backs on which both are compared."""
TOLERANCE = 1e-5
"""Largest difference of two forecasts, in units of the scaler."""


def export(folder: Path, out: Path | None = None) -> str:
    """Writes the ONNX file of models/NAME and says where it is and how far it is from PyTorch.

    Raises:
        NoInputError: no such model.
        DataError: a baseline, or files that training has not written.
        UsageError: a network that ONNX cannot express.
        UnavailableError: onnx or onnxruntime is not installed.
        InternalError: the graph does not say what the network says.
    """
    from reprocast.tasks.forecast.onnx_graph import graph_bytes

    model = load_network(folder)
    content = graph_bytes(model, intervals_of(folder, model.description))
    apart = difference(model, content)
    if not apart <= TOLERANCE:
        raise InternalError(
            f"{folder}: the graph's forecasts are {apart:.1e} from PyTorch's, more than {TOLERANCE:.0e}; "
            "nothing was written; please report it with model.json"
        )
    path = out or FOLDER / f"{model.description.name}.onnx"
    write_file(path, content)
    size = f"{len(content) / 1024:.0f} KiB"
    return f"{path}: {size}, within {apart:.1e} of PyTorch on {WINDOWS} drawn look-backs (scaled)"


def difference(model: SavedNetworks, content: bytes) -> float:
    """Largest difference between onnxruntime's and PyTorch's answers, scaled, over drawn look-backs."""
    import torch

    from reprocast.tasks.forecast.onnx_graph import Deployed, example
    from reprocast.tasks.forecast.onnx_reader import OnnxForecaster

    reader, arguments = OnnxForecaster(content), example(model.description, WINDOWS, seed=1)
    with torch.no_grad():
        expected = Deployed(model).eval()(*arguments)[1].numpy()
    names = ("past", "series", "future")
    given = {name: part.numpy() for name, part in zip(names, arguments, strict=False)}
    found = reader.session.run(["answers"], given)[0]
    return float(np.abs(found - expected).max())
