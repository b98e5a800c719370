"""What every block of params.yaml has in common: frozen, strict, no unknown keys, documented."""

from datetime import datetime
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, StringConstraints


class Block(BaseModel):
    """A block of params.yaml; the text under each field is its documentation in the schema."""

    model_config = ConfigDict(
        frozen=True, strict=True, extra="forbid", allow_inf_nan=False, use_attribute_docstrings=True
    )


class CrossFieldError(ValueError):
    """A fault that shows only when several blocks are seen together, with the key to blame."""

    def __init__(self, location: tuple[str | int, ...], text: str) -> None:
        super().__init__(text)
        self.location = location


Name = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]*$")]
"""A name of ours: lower-case letters, digits and underscores; it becomes part of file names."""


def _is_instant(text: str) -> str:
    try:
        parsed = datetime.fromisoformat(text)
    except ValueError:
        raise ValueError("is not a date like 2013-03-01 or a time like 2013-03-01T16:00") from None
    if parsed.tzinfo is not None:
        raise ValueError("has a time zone; times in params.yaml are UTC and written without one")
    return text


Instant = Annotated[str, AfterValidator(_is_instant)]
"""A quoted ISO date or time (UTC). A date as an end means the whole day."""
