"""A model's own curves, the means of its seeds': so that a chart has a line a model, one beside the other."""

from collections.abc import Iterator, Mapping
from statistics import fmean

Member = tuple[int, int]
"""Fold and seed of one training."""


class Curves:
    """Figures by epoch of each fold and seed."""

    def __init__(self) -> None:
        self._found: dict[Member, dict[int, Mapping[str, float]]] = {}

    def add(self, member: Member, epoch: int, values: Mapping[str, float]) -> None:
        """Takes the figures of one epoch of one training."""
        self._found.setdefault(member, {})[epoch] = values

    def means(self) -> Iterator[tuple[int, dict[str, float]]]:
        """Epoch and means over all trainings, as far as every one of them went.

        After the first has stopped early the mean would be over others than before, and jump.
        """
        every = list(self._found.values())
        for epoch in sorted(set.intersection(*map(set, every))) if every else ():
            names = set.intersection(*(set(one[epoch]) for one in every))
            yield epoch, {name: fmean(one[epoch][name] for one in every) for name in sorted(names)}
