"""Imports point one way, and heavy packages stay in the rooms that use them."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

SOURCE = Path(__file__).parents[2] / "src" / "reprocast"
LAYERS = [
    {"errors", "deterministic", "__init__"},
    {"params", "closure"},
    {"panel", "fingerprint"},
    {"data", "reference"},
    {"model"},
    {"networks", "baselines"},
    {"tasks", "evaluation"},
    {"tracking", "registry"},
    {"stages", "infer"},
    {"audit", "tuning"},
    {"commands"},
    {"cli", "cli_production", "cli_forecasts"},
    {"__main__"},
]
"""Rooms from the innermost outwards; a room may import from its own layer and those before it."""
PUBLISHING = {"stages.publish", "stages.stage"}
"""Writing files and starting processes well is needed by tracking, too."""


def rank(module: str) -> int:
    room = module.split(".")[0]
    return next(n for n, layer in enumerate(LAYERS) if room in layer)


def imported(path: Path) -> list[str]:
    names: list[str] = []
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module:
            names.append(node.module)
    return names


FILES = sorted(SOURCE.rglob("*.py"))


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.relative_to(SOURCE).as_posix())
def test_imports_point_inwards(path: Path) -> None:
    module = path.relative_to(SOURCE).with_suffix("").as_posix().replace("/", ".")
    ours = [name.removeprefix("reprocast.") for name in imported(path) if name.startswith("reprocast.")]
    outward = [name for name in ours if rank(name) > rank(module) and name not in PUBLISHING]
    assert not outward, f"{module} imports {outward}, which lie further out"


def test_only_tracking_imports_mlflow() -> None:
    users = {path.relative_to(SOURCE).parts[0] for path in FILES if "mlflow" in _packages(path)}
    assert users <= {"tracking"}


def _packages(path: Path) -> set[str]:
    return {name.split(".")[0] for name in imported(path)}


HEAVY = {
    "torch",
    "pytorch_lightning",
    "mlflow",
    "great_expectations",
    "yfinance",
    "matplotlib",
    "optuna",
    "statsmodels",
}


@pytest.mark.parametrize(
    ("module", "allowed"),
    [
        ("reprocast.stages.pull", set()),
        ("reprocast.stages.window", set()),
        ("reprocast.stages.baseline", set()),
        ("reprocast.stages.evaluate_baseline", set()),
        ("reprocast.stages.validate", {"great_expectations"}),
        ("reprocast.stages.train", {"torch", "pytorch_lightning", "matplotlib"}),  # torchmetrics asks for it
        ("reprocast.stages.evaluate", {"torch"}),
        ("reprocast.stages.adding", {"torch"}),
        ("reprocast.cli", set()),
    ],
)
def test_a_stage_loads_only_the_heavy_packages_it_needs(module: str, allowed: set[str]) -> None:
    code = f"import sys, {module}; print(*[name for name in {sorted(HEAVY)} if name in sys.modules])"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert set(run.stdout.split()) <= allowed
