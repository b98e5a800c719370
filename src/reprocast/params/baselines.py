"""The `baselines` block: simple forecasts a network has to beat, by name."""

from typing import Annotated, Any, Literal, Self

from pydantic import BeforeValidator, Field, PositiveFloat, PositiveInt, model_validator

from reprocast.params.base import Block, Name

BaselineKind = Literal["naive", "seasonal_naive", "moving_average", "drift", "har", "ridge", "climatology"]


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

    @model_validator(mode="after")
    def _each_has_a_place(self) -> Self:
        if self.kind == "moving_average" and self.steps is None:
            raise ValueError("moving_average needs steps")
        if self.steps is not None and self.kind not in ("moving_average", "climatology"):
            raise ValueError(f"steps belongs to moving_average and climatology, and the kind is {self.kind}")
        if self.by is not None and self.kind != "climatology":
            raise ValueError(f"by belongs to climatology, and the kind is {self.kind}")
        if self.alpha is not None and self.kind != "ridge":
            raise ValueError(f"alpha belongs to ridge, and the kind is {self.kind}")
        return self

    @property
    def look_back(self) -> int:
        """Steps it must see."""
        return {"moving_average": self.steps or 1, "har": 22, "drift": 2}.get(self.kind, 1)


def _kind_from_name(entries: Any) -> Any:
    if not isinstance(entries, dict):
        return entries
    return {
        name: {"kind": name, **entry} if isinstance(entry, dict) else entry for name, entry in entries.items()
    }


Baselines = Annotated[dict[Name, Baseline], BeforeValidator(_kind_from_name), Field(min_length=1)]
