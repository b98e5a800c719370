"""Another future: the past as it is, the future wild, within what the pipeline accepts."""

import numpy as np
import pytest
from audited import prices

from reprocast.audit.scrambling import KINDS, Kind, Scramble, as_it_was, known_ahead_only
from reprocast.panel import Panel

AFTER = np.datetime64("2021-03-01", "us")
GIVEN = frozenset({"plan"})


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("spared", [True, False])
def test_nothing_up_to_the_instant_changes(kind: Kind, *, spared: bool) -> None:
    panel = prices()
    other = Scramble(AFTER, kind, 5, GIVEN, spared)(panel)
    one, other = (some.take(some.ds <= AFTER) for some in (panel, other))
    assert one.ids == other.ids
    assert np.array_equal(one.ds, other.ds)
    for name, values in one.columns.items():
        assert np.array_equal(values, other.columns[name], equal_nan=True)


def test_every_later_value_changes_and_keeps_its_sign_where_all_are_positive() -> None:
    panel = prices()
    other, later = Scramble(AFTER, "values", 5)(panel), panel.ds > AFTER
    for name, values in panel.columns.items():
        lacks = np.isnan(values)
        assert np.array_equal(np.isnan(other.columns[name]), lacks)
        assert (other.columns[name] != values)[later & ~lacks].all()
    assert (other.columns["close"] > 0).all()
    assert np.ptp(np.log10(other.columns["close"][later])) > 3


def test_whole_numbers_stay_whole() -> None:
    panel = prices()
    counts = panel.with_columns({"n": np.arange(len(panel))})
    assert Scramble(AFTER, "values", 5)(counts).columns["n"].dtype == np.int64


def test_what_is_known_ahead_is_spared_or_not() -> None:
    panel = prices()
    kept, changed = (Scramble(AFTER, "rows", 5, GIVEN, spared)(panel) for spared in (True, False))
    assert np.array_equal(kept.columns["plan"], panel.columns["plan"])
    assert np.isnan(kept.columns["close"]).any()  # the rows that are lost, but for the plan
    assert len(changed) < len(panel)


def test_the_kinds_do_what_they_say() -> None:
    panel, rows = prices(), {}
    for kind in KINDS:
        other = Scramble(AFTER, kind, 5)(panel)
        rows[kind] = len(other)
        assert np.isnan(other.columns["close"]).any() == (kind == "holes")
        assert other.ds.max() == panel.ds.max()  # one series at least reaches the end
    assert rows["values"] == rows["holes"] == len(panel)
    assert rows["rows"] < len(panel)
    assert rows["ends"] < len(panel)


def test_another_seed_is_another_future() -> None:
    one, other, again = (Scramble(AFTER, "values", seed)(prices()).columns["close"] for seed in (1, 2, 1))
    assert np.array_equal(one, again)
    assert not np.array_equal(one, other)


def test_rows_to_come_stay_to_come() -> None:
    """Where only what is known ahead has a value, no value appears: the series would end later."""
    panel = ahead(prices())
    assert known_ahead_only(panel, GIVEN).sum() == 5
    for kind in KINDS:
        other = Scramble(AFTER, kind, 5, GIVEN, kind != "rows")(panel)
        late = other.ds > np.datetime64("2021-08-20", "us")
        first = other.series_of_rows() == 0
        assert np.isnan(other.columns["close"][late & first][-5:]).all()


def ahead(panel: Panel) -> Panel:
    """The last five rows of the first series hold nothing but the plan."""
    stop = int(panel.offsets[1])
    late = np.zeros(len(panel), np.bool_)
    late[stop - 5 : stop] = True
    columns = {
        name: values if name == "plan" else np.where(late, np.nan, values)
        for name, values in panel.columns.items()
    }
    return panel.with_columns(columns)


def test_as_it_was_leaves_what_is_known_ahead() -> None:
    panel = prices()
    assert as_it_was(panel, AFTER, ()).ds.max() == AFTER
    known = as_it_was(panel, AFTER, GIVEN)
    assert np.array_equal(known.columns["plan"], panel.columns["plan"])
    assert np.isnan(known.columns["close"][panel.ds > AFTER]).all()
