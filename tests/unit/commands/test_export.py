"""`reprocast export`: one file that agrees with PyTorch, or nothing and a line that says why."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
import torch
from drawn_network import HORIZON, LOOK_BACK, drawn, saved

from reprocast.commands import export as command
from reprocast.commands.export import difference, export
from reprocast.errors import DataError, InternalError, NoInputError
from reprocast.tasks.forecast.onnx_graph import graph_bytes

READS = """
import json, sys
from pathlib import Path
import numpy as np
from reprocast.tasks.forecast.onnx_reader import OnnxForecaster
reader = OnnxForecaster.read(Path(sys.argv[1]))
days = np.datetime64("2024-01-01") + np.arange(reader.shape[0] + 1)
raw = {name: np.linspace(1, 2, len(days)) for name in reader.columns}
found = reader.forecast_after("b", days, raw)
heavy = {"torch", "pandas", "scipy", "pydantic", "pyarrow", "onnx", "mlflow"}
print(json.dumps([str(found.ds[-1])[:10], found.mean.shape, sorted(heavy & set(sys.modules))]))
"""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return saved(drawn({"cell": "gru"}), tmp_path / "models" / "net")


def test_the_first_forecast_from_raw_columns_needs_neither_torch_nor_pandas(folder: Path) -> None:
    said = export(folder)
    assert said.startswith("exports/net.onnx: ")
    assert "of PyTorch on 64 drawn look-backs" in said
    command = [sys.executable, "-c", READS, "exports/net.onnx"]
    found = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    assert json.loads(found) == [f"2024-01-{1 + LOOK_BACK + HORIZON}", [HORIZON, 1], []]


def test_it_goes_where_it_is_told(folder: Path, tmp_path: Path) -> None:
    export(folder, tmp_path / "there" / "x.onnx")
    assert [path.name for path in (tmp_path / "there").iterdir()] == ["x.onnx"]
    assert not (tmp_path / "exports").exists()


def test_another_graph_is_not_written(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    model, other = drawn({"cell": "gru"}), drawn({"cell": "gru"})
    with torch.no_grad():
        other.networks[1].head.linear.bias.add_(2e-5)
    strange = graph_bytes(other)
    assert difference(model, graph_bytes(model)) < 1e-6
    assert difference(model, strange) == pytest.approx(2e-5, rel=0.2)
    monkeypatch.setattr("reprocast.tasks.forecast.onnx_graph.graph_bytes", lambda *_: strange)
    with pytest.raises(InternalError, match="more than 1e-05; nothing was written"):
        command.export(folder)
    assert not Path("exports").exists()


def test_what_is_no_network_is_refused(tmp_path: Path) -> None:
    with pytest.raises(NoInputError, match="no such model"):
        export(tmp_path / "none")
    folder = saved(drawn({"cell": "gru"}), tmp_path / "naive")
    said = json.loads((folder / "model.json").read_text(encoding="utf-8"))
    (folder / "model.json").write_text(json.dumps(said | {"kind": "baseline"}), encoding="utf-8")
    with pytest.raises(DataError, match="is a baseline, not a network"):
        export(folder)
