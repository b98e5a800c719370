"""What the report is made from: the outputs of the pipeline as values."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from reprocast.evaluation.drift.report import DriftReport
from reprocast.evaluation.tuned import Record
from reprocast.params.root import Params

Rows = Sequence[Mapping[str, str]]
"""Rows of a CSV file."""


TABLES = (
    "skill", "confidence_set", "predictive_ability", "variance", "ranks", "intervals", "pit",
)  # fmt: skip
"""Of what is certain and what is not."""


@dataclass(frozen=True)
class Inputs:
    """Everything the report says comes from here."""

    params: Params
    """params.yaml, resolved."""
    params_text: str
    """params.yaml as it was written."""
    leaderboard: Rows
    verdict: Mapping[str, Any]
    significance: Rows
    curves: Rows
    horizon: Rows
    series: Rows
    folds: Rows
    forecasts: Rows
    worth: Rows
    gradients: Rows
    training_warnings: Rows
    """Of each network: what its cell is worth, ∂loss/∂h by lag, and what its training warned of."""
    tables: Mapping[str, Rows]
    """`TABLES` of results/comparison by name; empty where a table has no row."""
    scores: Mapping[str, Any]
    """results/scores/<name>.json by model."""
    models: Mapping[str, Any]
    """models/<name>/model.json by model."""
    raw: Mapping[str, Any]
    """data/raw/manifest.json."""
    windows: Mapping[str, Any]
    """data/windows/manifest.json."""
    validation: Mapping[str, Any]
    """reports/validation/result.json."""
    sha256: Mapping[str, str]
    """Hashes of files that decide or describe the run, by path."""
    data_docs: bool
    """Whether Data Docs lie beside the report."""
    measured: Mapping[str, Mapping[str, float]]
    """What each stage measured when it last ran here; the only values that differ from run to run."""
    version: str
    """Of this package."""
    tuning: Mapping[str, Record] = field(default_factory=dict)
    """tuning/<architecture>.json by network."""
    drift: DriftReport | None = None
    """reports/drift.json, if it is about this panel."""

    @property
    def names(self) -> list[str]:
        """The models, best first."""
        return [row["model"] for row in self.leaderboard]

    @property
    def networks(self) -> list[str]:
        """The networks, by name."""
        return sorted(self.params.architectures)

    @property
    def baselines(self) -> list[str]:
        """The baselines, by name."""
        return sorted(self.params.baselines)

    @property
    def target(self) -> str:
        """The target in words."""
        return " and ".join(name.replace("_", " ") for name in self.params.columns.target)

    @property
    def across_series(self) -> bool:
        """Whether the tests go across series, each of which has one cutoff."""
        return bool(self.verdict.get("unit") == "series")

    @property
    def score_label(self) -> str:
        """The score that ranks, as a heading."""
        return f"scaled {self.params.compare.score.upper()}"

    @property
    def fold_numbers(self) -> list[int]:
        """The folds, the oldest first; the last one's models are deployed."""
        return sorted(map(int, self.windows["folds"]))

    def training_seconds(self, model: str) -> float | None:
        """Measured time of a model's training or fitting."""
        seconds = {stage: said["seconds"] for stage, said in self.measured.items()}
        return seconds.get(f"train@{model}", seconds.get(f"baseline@{model}"))

    def forecasting(self, model: str) -> Mapping[str, float]:
        """What forecasting with a model cost where it was evaluated; empty where that was not here."""
        stages = (f"evaluate@{model}", f"evaluate_baseline@{model}")
        return next((self.measured[stage] for stage in stages if stage in self.measured), {})
