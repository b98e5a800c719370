"""The `columns` block: which columns are forecast, and which are known when."""

from typing import Annotated, Self

from pydantic import Field, StringConstraints, model_validator

from reprocast.params.base import Block

Feature = Annotated[str, StringConstraints(pattern=r"^[A-Za-z_]\w*(\([A-Za-z_]\w*\))?$")]
"""A column of the panel, or a causal feature by name: log_return, log(load), diff(load) …"""


class Columns(Block):
    """Roles of the columns; a name is a column of the panel or a feature derived from it."""

    target: Annotated[tuple[Feature, ...], Field(min_length=1)]
    """What is forecast."""
    past: tuple[Feature, ...] = ()
    """Covariates known up to now."""
    future: tuple[Feature, ...] = ()
    """Covariates known ahead: calendar features, or columns that reach beyond the last target (plans)."""
    static: tuple[Annotated[str, StringConstraints(min_length=1)], ...] = ()
    """Columns with one value a series: numbers, or text (as categories)."""

    @model_validator(mode="after")
    def _each_name_once(self) -> Self:
        names = self.target + self.past + self.future + self.static
        twice = sorted({name for name in names if names.count(name) > 1})
        if twice:
            raise ValueError(f"{twice[0]} has two roles; give it one")
        return self
