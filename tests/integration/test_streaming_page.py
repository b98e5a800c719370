"""docs/streaming.md, run: each snippet of it, on a small network over the default recipe's columns."""

import ast
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from drawn_network import HORIZON, LOOK_BACK, drawn, saved
from ruamel.yaml import YAML

from reprocast.commands.export import export
from reprocast.data.calendars import due_times
from reprocast.model import Roles
from reprocast.tasks.forecast.kept_intervals import FILE, Intervals

ROOT = Path(__file__).parents[2]
TEXT = (ROOT / "docs" / "streaming.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"```(\w+)\n(.*?)```", TEXT, re.DOTALL)
PYTHON = [text for kind, text in BLOCKS if kind == "python"]
SHELL = [text for kind, text in BLOCKS if kind == "bash"]
PAST = ("log_return", "log_volume")
HERE = {
    "reprocast ": f"{sys.executable} -m reprocast ",
    "python examples": f"{sys.executable} {ROOT}/examples",
    "tail -f ": "tail ",
}
"""How the page's commands are run: with this Python, and without following a file for ever."""


def network(name: str, **block: Any) -> Any:
    columns = YAML(typ="safe").load(ROOT / "params.yaml")["columns"]
    roles = {role: tuple(columns[role]) for role in ("target", "past", "future")}
    channels = roles | {"future": ("day_of_week_sin", "day_of_week_cos")}
    return drawn(
        {"cell": "gru"} | block, name=name, features=Roles(**roles), channels=Roles(**channels),
        calendar="XNYS", series=("AAPL",), loc=((-4.0, 0.0, 15.0, 0.0, 0.0),),
        scale=((0.5, 0.02, 1.0, 0.7, 0.7),), static=((),),
    )  # fmt: skip


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder that the page is read in: two networks, the first with intervals."""
    saved(network("gru", instance="mean"), tmp_path / "models" / "gru")
    saved(network("stream"), tmp_path / "models" / "stream")
    radii = {"log_volatility": ((0.2, 0.4),) * HORIZON}
    kept = Intervals(
        fingerprint="f" * 64, coverages=(0.8, 0.95), errors={"log_volatility": 40}, radii=radii,
        units={"log_volatility": {"AAPL": 0.5}},
    )  # fmt: skip
    (tmp_path / "models" / FILE).write_text(kept.sealed().model_dump_json(), encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def rows() -> list[dict[str, Any]]:
    """Sessions of AAPL with drawn prices."""
    rng = np.random.default_rng(8)
    days = due_times("XNYS", "2013-02-01", "2013-03-01")
    names, drawn_prices = ("open", "high", "low", "close", "volume"), []
    for _ in days:
        low, opening, close, high = np.sort(rng.uniform(99, 101, 4))
        drawn_prices.append((opening, high, low, close, 1e6 * rng.uniform(1, 3)))
    return [
        {"ds": day} | dict(zip(names, prices, strict=True))
        for day, prices in zip(days, drawn_prices, strict=True)
    ]


def run(text: str, namespace: dict[str, Any]) -> dict[str, Any]:
    """Runs a snippet; where a line ends in a comment that is a value, the line's value must be it."""
    exec(compile(text, "docs/streaming.md", "exec"), namespace)
    for line, said in re.findall(r"^(\w[\w.]*)  # (\(['\d].*\))$", text, re.MULTILINE):
        assert eval(line, namespace) == ast.literal_eval(said), line
    return namespace


def has_shapes(forecast: Any, levels: int) -> None:
    assert forecast.ds.shape == (HORIZON,)
    assert forecast.mean.shape == (HORIZON, 1)
    assert forecast.quantiles.shape == (HORIZON, 1, levels)


@pytest.mark.usefixtures("project")
def test_each_python_snippet_does_what_it_says() -> None:
    stream, light = PYTHON
    found = run(stream, {"history": rows()})
    has_shapes(found["forecast"], levels=0)
    assert found["forecaster"].stream.steps == len(rows()) - 1
    export(Path("models/gru"))
    last = rows()[-LOOK_BACK - 1 :]
    columns = {name: [row[name] for row in last] for name in last[0] if name != "ds"}
    found = run(light, {"times": [row["ds"] for row in last], "columns": columns})
    has_shapes(found["forecast"], levels=4)
    assert {kind for kind, _ in BLOCKS} == {"python", "bash"}


@pytest.mark.slow
def test_each_shell_command_does_what_it_says(project: Path) -> None:
    names = list(rows()[0])
    lines = [",".join(names), *(",".join(str(row[name]) for name in names) for row in rows())]
    (project / "aapl.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    said = [shell(text) for text in SHELL]
    assert len(said) == 2
    assert len(re.findall(r"^2013-\d\d-\d\d  ->  ", said[0], re.MULTILINE)) == len(rows()) - LOOK_BACK
    assert (project / "aapl.state").exists()
    assert said[1].startswith("exports/gru.onnx: ")
    assert (project / "exports" / "gru.onnx").exists()


def shell(text: str) -> str:
    """What the commands of a block print; nothing is installed."""
    lines = [line for line in text.splitlines() if not line.startswith("pip install")]
    here = "\n".join(lines)
    for name, replacement in HERE.items():
        here = here.replace(name, replacement)
    done = subprocess.run(
        ["sh", "-ec", here], capture_output=True, text=True, check=False, env=dict(os.environ), timeout=300
    )
    assert done.returncode == 0, done.stderr
    return done.stdout
