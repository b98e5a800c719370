"""Bytes that depend on values only."""

import json
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reprocast.deterministic import canonical_json, csv_text, figure

plain = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=20,
)


@given(plain)
def test_json_is_exact_and_independent_of_the_order_of_keys(value: object) -> None:
    text = canonical_json(value)
    assert json.loads(text) == value
    if isinstance(value, dict):
        assert canonical_json(dict(reversed(value.items()))) == text


def test_json_has_no_number_that_json_does_not_know() -> None:
    assert json.loads(canonical_json({"a": math.nan, "b": [math.inf, 1.5]})) == {"a": None, "b": [None, 1.5]}
    with pytest.raises(TypeError, match="object has no canonical JSON"):
        canonical_json({"a": object()})


@given(st.floats(min_value=1e-300, max_value=1e300))
def test_figures_have_five_digits(value: float) -> None:
    shown = figure(value)
    assert shown is not None
    assert abs(shown - value) <= 0.5000001e-4 * abs(value)
    assert len(f"{shown:e}".split("e")[0].rstrip("0").replace(".", "").lstrip("-")) <= 5


def test_csv_quotes_what_needs_it_and_leaves_gaps_empty() -> None:
    text = csv_text(["model", "mae"], [["a,b", 0.123456789], ['say "x"', math.nan], ["c", None], ["d", 3]])
    assert text == 'model,mae\n"a,b",0.12346\n"say ""x""",\nc,\nd,3\n'
