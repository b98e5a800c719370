"""The `seeds` block: one network a seed."""

from typing import Annotated

from pydantic import AfterValidator, Field, NonNegativeInt


def _distinct(seeds: tuple[int, ...]) -> tuple[int, ...]:
    if len(set(seeds)) < len(seeds):
        raise ValueError("names a seed twice; a repeated seed is the same network")
    return seeds


Seeds = Annotated[tuple[NonNegativeInt, ...], Field(min_length=1), AfterValidator(_distinct)]
