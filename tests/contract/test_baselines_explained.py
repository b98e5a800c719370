"""docs/baselines.md explains each kind and each key of `baselines`, and no other."""

import re
from pathlib import Path
from typing import get_args

import pytest

from reprocast.params.baselines import KINDS_OF, Baseline, BaselineKind

TEXT = (Path(__file__).parents[2] / "docs" / "baselines.md").read_text(encoding="utf-8")


def rows(section: str) -> list[list[str]]:
    """Cells of a section's table, without its head."""
    part = TEXT.split(f"## {section}\n")[1].split("\n## ")[0]
    lines = [line for line in part.splitlines() if line.startswith("| `")]
    return [[cell.strip() for cell in re.split(r"(?<!\\)\|", line)[1:-1]] for line in lines]


def named(cell: str) -> list[str]:
    return re.findall(r"`(\w+)`", cell)


def test_every_kind_has_its_equation_needs_and_paper() -> None:
    table = rows("Kinds")
    assert [name for row in table for name in named(row[0])] == list(get_args(BaselineKind))
    assert all(len(row) == 4 and all(row) for row in table)


def test_every_key_says_which_kinds_it_belongs_to() -> None:
    table = rows("Keys")
    assert {named(row[0])[0]: tuple(named(row[1])) for row in table} == dict(KINDS_OF)
    assert set(KINDS_OF) == set(Baseline.model_fields) - {"kind"}


VALUES = {"by": ("hour",), "alpha": 1.0, "smoothing": 0.5, "returns": "r"}


@pytest.mark.parametrize("kind", get_args(BaselineKind))
@pytest.mark.parametrize("key", KINDS_OF)
def test_a_key_that_would_do_nothing_is_refused(kind: str, key: str) -> None:
    needed = {"moving_average": {"steps": 2}, "garch": {"returns": "r"}}.get(kind, {})
    block = {"kind": kind, **needed, key: VALUES.get(key, 2)}
    if kind in KINDS_OF[key]:
        assert getattr(Baseline.model_validate(block), key) is not None
    else:
        with pytest.raises(ValueError, match=f"{key} belongs to .*, and the kind is {kind}"):
            Baseline.model_validate(block)
