"""The `baselines` block: simple forecasts a network has to beat, by name."""

from typing import Annotated, Any, Literal, Self

from pydantic import BeforeValidator, Field, PositiveInt, model_validator

from reprocast.params.base import Block, Name

BaselineKind = Literal["naive", "seasonal_naive", "moving_average", "drift", "har"]


class Baseline(Block):
    """One baseline; `kind` may be left out where the entry has the kind's name."""

    kind: BaselineKind
    """Which method."""
    steps: PositiveInt | None = None
    """Steps averaged (moving_average only)."""

    @model_validator(mode="after")
    def _steps_belong_to_moving_average(self) -> Self:
        if (self.kind == "moving_average") != (self.steps is not None):
            raise ValueError("steps belongs to moving_average, and moving_average needs it")
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
