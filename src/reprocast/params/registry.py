"""The `registry` and `gate` blocks of operations.yaml: where models are registered, what promotes them."""

from typing import Annotated

from pydantic import Field, PositiveInt

from reprocast.params.base import Block, Name


class Registry(Block):
    """Where models are registered."""

    model: Name = "reprocast"
    """Name of the registered model in MLflow; its alias `champion` is what is served."""


class Gate(Block):
    """What a challenger must show to become champion (docs/registry.md)."""

    alpha: Annotated[float, Field(gt=0, le=0.5)] = 0.05
    """Probability, over a period, that a challenger no better than the champion is promoted."""
    period: PositiveInt | None = None
    """Steps over which alpha is spent; none: a year of data.calendar's steps."""
    margin: Annotated[float, Field(gt=0, lt=1)] | None = None
    """A cheaper challenger is promoted, too, if its loss is shown to be less than this share above the
    champion's; none: only a better one is."""
    saving: Annotated[float, Field(gt=0, lt=1)] = 0.2
    """Share of the champion's multiply-adds that makes a challenger cheaper."""
    refit: bool = False
    """Whether a new champion that was fitted is fitted again on all data up to data.end and served so; it
    was then itself never scored, which the ledger says."""
