"""How large everything is that a network reads and answers."""

from collections.abc import Sized
from dataclasses import dataclass
from typing import Protocol


class Named(Protocol):
    """Names of channels by role."""

    @property
    def target(self) -> Sized: ...  # noqa: D102
    @property
    def past(self) -> Sized: ...  # noqa: D102
    @property
    def observed(self) -> Sized: ...  # noqa: D102
    @property
    def future(self) -> Sized: ...  # noqa: D102
    @property
    def static(self) -> Sized: ...  # noqa: D102


class Windowed(Protocol):
    """What has windows of one shape."""

    @property
    def channels(self) -> Named: ...  # noqa: D102
    @property
    def look_back(self) -> int: ...  # noqa: D102
    @property
    def horizon(self) -> int: ...  # noqa: D102
    @property
    def season(self) -> int: ...  # noqa: D102


@dataclass(frozen=True)
class Sizes:
    """Sizes of a batch and of what it comes from."""

    channels: int
    """Channels of what is seen (C): targets, past covariates, what was observed, future covariates."""
    targets: int
    """The first of them (K)."""
    past: int
    """Targets and past covariates among them, which stand first."""
    future: int
    """Covariates known ahead (F)."""
    static: int
    """Static covariates (S)."""
    series: int
    """Series (N)."""
    look_back: int
    """Steps seen (L)."""
    horizon: int
    """Steps forecast (H)."""
    season: int
    """Steps in a season."""


def sizes_of(what: Windowed, series: int) -> Sizes:
    """Of windows, or of a model's description, with so many series."""
    names = what.channels
    past = len(names.target) + len(names.past)
    return Sizes(
        channels=past + len(names.observed) + len(names.future),
        targets=len(names.target),
        past=past,
        future=len(names.future),
        static=len(names.static),
        series=series,
        look_back=what.look_back,
        horizon=what.horizon,
        season=what.season,
    )
