"""The `baselines` block: simple forecasts a network has to beat, by name."""

from collections.abc import Mapping
from typing import Annotated, Any, Literal, Self

from pydantic import BeforeValidator, Field, PositiveFloat, PositiveInt, model_validator

from reprocast.params.base import Block, Name

BaselineKind = Literal[
    "naive",
    "seasonal_naive",
    "moving_average",
    "drift",
    "har",
    "ridge",
    "climatology",
    "ewma",
    "naive2",
    "auto_ets",
    "auto_theta",
    "auto_arima",
    "garch",
    "feed_forward",
    "lightgbm",
]
CLASSICAL = ("auto_ets", "auto_theta", "auto_arima")
"""Fitted to each series by itself."""
KINDS_OF: Mapping[str, tuple[str, ...]] = {
    "steps": ("moving_average", "climatology", *CLASSICAL),
    "by": ("climatology",),
    "alpha": ("ridge", "feed_forward"),
    "smoothing": ("ewma",),
    "season": CLASSICAL,
    "returns": ("garch",),
    "hidden": ("feed_forward",),
    "epochs": ("feed_forward",),
    "trees": ("lightgbm",),
}
"""Which kinds a key belongs to: for others it would do nothing."""
ON_VALIDATION = ("alpha", "smoothing", "epochs", "trees")
"""Keys whose value is chosen on validation where none is declared."""
NEEDED = {"moving_average": "steps", "garch": "returns"}
"""What a kind cannot do without."""


class Baseline(Block):
    """One baseline; `kind` may be left out where the entry has the kind's name."""

    kind: BaselineKind
    """Which method."""
    steps: PositiveInt | None = None
    """Steps averaged (moving_average), nearest points of the calendar (climatology, where none is one), or
    newest training steps fitted (auto_ets, auto_theta, auto_arima, where none is all)."""
    by: Annotated[tuple[str, ...], Field(min_length=1, strict=False)] | None = None
    """Features of the calendar that make a point of it (climatology); none: all under columns.future."""
    alpha: PositiveFloat | None = None
    """Penalty (ridge, feed_forward); none: the power of ten that is best on validation."""
    smoothing: Annotated[float, Field(gt=0, le=1)] | None = None
    """Weight of the newest value (ewma); none: the one of a grid that is best on validation."""
    season: PositiveInt | None = None
    """Steps in a season, 1 for no season (auto_ets, auto_theta, auto_arima); none: data.season."""
    returns: str | None = None
    """The column that holds returns, a past covariate or a target (garch)."""
    hidden: PositiveInt | None = None
    """Units of the hidden layer (feed_forward); none: 32."""
    epochs: PositiveInt | None = None
    """Passes over the training windows (feed_forward); none: as many as are best on validation, up to 60."""
    trees: PositiveInt | None = None
    """Boosted trees (lightgbm); none: 25, 50, 100, 200 or 400, whichever is best on validation."""

    @model_validator(mode="after")
    def _each_has_a_place(self) -> Self:
        needed = NEEDED.get(self.kind)
        if needed and getattr(self, needed) is None:
            raise ValueError(f"{self.kind} needs {needed}")
        for key, kinds in KINDS_OF.items():
            if getattr(self, key) is not None and self.kind not in kinds:
                raise ValueError(f"{key} belongs to {_listed(kinds)}, and the kind is {self.kind}")
        return self

    def chooses(self) -> tuple[str, ...]:
        """Keys whose value it chooses on validation."""
        return tuple(
            key for key in ON_VALIDATION if self.kind in KINDS_OF[key] and getattr(self, key) is None
        )

    def needs(self, season: int) -> int:
        """Steps it must see, where data.season is `season`."""
        if self.kind in CLASSICAL:  # two seasons to tell them apart, and what differences take
            return 2 * (self.season or season) + 2
        steps = {"moving_average": self.steps or 1, "har": 22, "drift": 2, "seasonal_naive": season}
        return steps.get(self.kind, 1)


def _listed(kinds: tuple[str, ...]) -> str:
    return " and ".join(filter(None, (", ".join(kinds[:-1]), kinds[-1])))


def _kind_from_name(entries: Any) -> Any:
    if not isinstance(entries, dict):
        return entries
    return {
        name: {"kind": name, **entry} if isinstance(entry, dict) else entry for name, entry in entries.items()
    }


Baselines = Annotated[dict[Name, Baseline], BeforeValidator(_kind_from_name), Field(min_length=1)]
