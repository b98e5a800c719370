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
]
KINDS_OF: Mapping[str, tuple[str, ...]] = {
    "steps": ("moving_average", "climatology"),
    "by": ("climatology",),
    "alpha": ("ridge",),
    "smoothing": ("ewma",),
}
"""Which kinds a key belongs to: for others it would do nothing."""
NEEDED = {"moving_average": "steps"}
"""What a kind cannot do without."""


class Baseline(Block):
    """One baseline; `kind` may be left out where the entry has the kind's name."""

    kind: BaselineKind
    """Which method."""
    steps: PositiveInt | None = None
    """Steps averaged (moving_average), or nearest points of the calendar (climatology, where none is one)."""
    by: Annotated[tuple[str, ...], Field(min_length=1, strict=False)] | None = None
    """Features of the calendar that make a point of it (climatology); none: all under columns.future."""
    alpha: PositiveFloat | None = None
    """Penalty (ridge); none: the power of ten that is best on validation."""
    smoothing: Annotated[float, Field(gt=0, le=1)] | None = None
    """Weight of the newest value (ewma); none: the one of a grid that is best on validation."""

    @model_validator(mode="after")
    def _each_has_a_place(self) -> Self:
        needed = NEEDED.get(self.kind)
        if needed and getattr(self, needed) is None:
            raise ValueError(f"{self.kind} needs {needed}")
        for key, kinds in KINDS_OF.items():
            if getattr(self, key) is not None and self.kind not in kinds:
                raise ValueError(f"{key} belongs to {_listed(kinds)}, and the kind is {self.kind}")
        return self

    @property
    def look_back(self) -> int:
        """Steps it must see."""
        return {"moving_average": self.steps or 1, "har": 22, "drift": 2}.get(self.kind, 1)


def _listed(kinds: tuple[str, ...]) -> str:
    return " and ".join(filter(None, (", ".join(kinds[:-1]), kinds[-1])))


def _kind_from_name(entries: Any) -> Any:
    if not isinstance(entries, dict):
        return entries
    return {
        name: {"kind": name, **entry} if isinstance(entry, dict) else entry for name, entry in entries.items()
    }


Baselines = Annotated[dict[Name, Baseline], BeforeValidator(_kind_from_name), Field(min_length=1)]
