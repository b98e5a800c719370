"""`reprocast predict --model FILE.onnx` answers and refuses as it does with the folder that was exported."""

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow.parquet as pq
import pytest
from drawn_network import HORIZON, drawn, saved
from unit.tasks.forecast.test_light_quantiles import intervals
from unit.tasks.forecast.test_onnx import panel

from reprocast.commands.export import export
from reprocast.commands.predict import ABOUT, PANEL, predict
from reprocast.errors import DataError, NoInputError, ReprocastError
from reprocast.model import Shown
from reprocast.panel import from_frame, write_panel
from reprocast.tasks.forecast.kept_intervals import FILE

WIDE = ((-1e9, -1e9, -1.0, -1.0), (0.0, -1.0, -1.0, -1.0))
HIGH = ((1e9, 1e9, 1.0, 1.0), (200.0, 1.0, 1.0, 1.0))
SHOWN = Shown(low=WIDE, high=HIGH, least=((0.0,) * 4,) * 2, most=((1e9,) * 4,) * 2)
EXPORTED = "exports/net.onnx"


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A network with intervals beside its folder, exported."""
    root = tmp_path_factory.mktemp("root")
    folder = saved(drawn({"cell": "gru", "instance": "mean"}, shown=SHOWN), root / "models" / "net")
    (root / "models" / FILE).write_text(intervals().model_dump_json(), encoding="utf-8")
    export(folder, root / EXPORTED)
    (root / PANEL).parent.mkdir(parents=True)
    write_panel(panel(), root / PANEL)
    return root


def test_both_forecast_the_same_with_the_same_intervals(made: Path) -> None:
    said = predict(made, "models/net", out=Path("torch.parquet")), predict(made, EXPORTED)
    assert said[1] == said[0].replace("torch.parquet", "reports/predictions.parquet")
    assert "Intervals: conformal, 80 % and 95 %, from 40 errors" in said[1]
    files = made / "torch.parquet", made / "reports" / "predictions.parquet"
    expected, found = map(pd.read_parquet, files)
    numbers = ["mean", "q-0.025", "q-0.1", "q-0.9", "q-0.975"]
    assert list(found) == ["unique_id", "cutoff", "ds", "target", *numbers]
    assert len(found) == 2 * HORIZON
    pd.testing.assert_frame_equal(found.drop(columns=numbers), expected.drop(columns=numbers))
    assert found[numbers].to_numpy() == pytest.approx(expected[numbers].to_numpy(), rel=1e-5, nan_ok=True)
    about = [json.loads(pq.read_schema(file).metadata[ABOUT.encode()]) for file in files]
    assert about[0] == about[1]


Change = Callable[[pd.DataFrame], pd.DataFrame]
CHANGES: dict[str, tuple[Change, str]] = {
    "an unseen series": (
        lambda f: f.assign(unique_id=f["unique_id"].replace({"b": "c"})),
        "series c: not among those that net was trained on",
    ),
    "another unit": (
        lambda f: f.assign(load=f["load"] * np.where(f["unique_id"] == "b", 1000, 1)),
        "series b, load: holds .* as if it had another unit",
    ),
    "too short": (lambda f: f.groupby("unique_id").tail(5), "has 5 rows, but net looks back 9"),
    "a return that cannot be": (lambda f: f.assign(price=-f["price"]), "price at .* has no value for"),
    "a missing value": (
        lambda f: f.assign(load=f["load"].where(f.index != 39)),
        "load at 2024-01-20: no finite value",
    ),
    "a column that is not there": (lambda f: f.drop(columns="price"), "price"),
}


@pytest.mark.parametrize("case", CHANGES)
def test_both_refuse_the_same_in_the_same_words(made: Path, case: str) -> None:
    """Of the panel of the last run, which nothing has validated but this."""
    change, words = CHANGES[case]
    write_panel(from_frame(change(panel().to_frame().astype({"unique_id": object}))), made / PANEL)
    said = []
    for model in ("models/net", EXPORTED):
        with pytest.raises(ReprocastError, match=words) as refused:
            predict(made, model, out=Path("refused.csv"))
        said.append((refused.type, str(refused.value)))
    write_panel(panel(), made / PANEL)
    assert said[0] == said[1]
    assert not (made / "refused.csv").exists()


def test_a_file_is_validated_first(made: Path) -> None:
    frame = panel().to_frame()
    frame.assign(load=frame["load"].where(frame.index != 2, np.inf)).to_csv(made / "odd.csv", index=False)
    said = []
    for model in ("models/net", EXPORTED):
        with pytest.raises(DataError, match="load must be finite") as refused:
            predict(made, model, Path("odd.csv"))
        said.append(str(refused.value))
    assert said[0] == said[1]


def test_what_is_no_exported_model_is_named(made: Path) -> None:
    with pytest.raises(NoInputError, match=r"none\.onnx: no such file; write it with `reprocast export`"):
        predict(made, "none.onnx")
    (made / "broken.onnx").write_bytes((made / EXPORTED).read_bytes()[:1000])
    with pytest.raises(DataError, match=r"broken\.onnx: not an ONNX file"):
        predict(made, "broken.onnx")


RUNS = """
import sys
from pathlib import Path
from reprocast.commands.predict import predict
predict(Path(sys.argv[1]), "exports/net.onnx", out=Path("alone.csv"))
print("torch" in sys.modules)
"""


def test_it_imports_no_torch(made: Path) -> None:
    command = [sys.executable, "-c", RUNS, str(made)]
    assert subprocess.run(command, capture_output=True, text=True, check=True).stdout == "False\n"
