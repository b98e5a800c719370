"""What the tests of the report share."""

from collections.abc import Callable, Iterator
from functools import partial

import pytest

from reprocast.evaluation.figures import FIGURES


@pytest.fixture(scope="module")
def drawn_once() -> Iterator[None]:
    """Figures of the same values are drawn once: they have the same bytes, as the tests of figures show."""
    kept: dict[str, str] = {}

    def draw(figure: Callable[..., str], *values: object) -> str:
        key = repr((figure, values))
        if key not in kept:
            kept[key] = figure(*values)
        return kept[key]

    with pytest.MonkeyPatch.context() as patch:
        for name, figure in list(FIGURES.items()):
            patch.setitem(FIGURES, name, partial(draw, figure))  # type: ignore[arg-type]
        yield
