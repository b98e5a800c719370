"""Each warning: a sound panel has none, a planted oddity is found, and neither stops anything."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from reprocast.data import familiar, findings, oddities, shift
from reprocast.data.advice import Subject, advise
from reprocast.data.checking import Checked, check
from reprocast.data.docs_page import docs_page
from reprocast.data.expected import Asked
from reprocast.data.findings import frame_of
from reprocast.data.outcomes import Outcome, failure_text, result_text, warning_text
from reprocast.data.training_part import Part
from reprocast.panel import Panel
from reprocast.params.columns import Columns
from reprocast.params.data import FilesData
from reprocast.params.validation import Validation
from reprocast.params.window import Split, Window

ROWS = 400
DATA = FilesData(source="files", path="load.csv", end=ROWS - 1, calendar="step", season=7, kind="numeric")
COLUMNS = Columns(target=("load",), past=("flag",))
WINDOW = Window(look_back=20, horizon=5, embargo=2)
SPLIT = Split(test=50, validation=50)
PART = Part(0, ROWS - 50 - 50 - 2 - 2 - 1)


def sound() -> Panel:
    """Two series of 400 steps: a load that goes up and down, and a flag."""
    rng = np.random.default_rng(0)
    load = 100 + 10 * np.sin(np.arange(2 * ROWS) / 3) + rng.normal(0, 2, 2 * ROWS)
    ds = np.tile(np.arange(ROWS), 2)
    columns = {"load": load, "flag": (np.arange(2 * ROWS) % 50 == 0) * 1.0}
    return Panel(("a", "b"), np.array([0, ROWS, 2 * ROWS]), ds, columns)


def asked(kind: str = "numeric", **limits: Any) -> Asked:
    data = DATA.model_copy(update={"kind": kind})
    return Asked(data, Validation(**limits), COLUMNS, WINDOW, SPLIT, ("load", "flag"))


def checked(panel: Panel, wanted: Asked | None = None, part: Part | None = PART) -> Checked:
    checks = advise(wanted or asked(), Subject(panel, ("load", "flag"), part))
    return check(frame_of(panel), checks)


def warned(panel: Panel, wanted: Asked | None = None) -> dict[tuple[str, str], list[tuple[Any, ...]]]:
    return {
        (one.expectation, one.column): [(found.series, found.count, found.first) for found in one.findings]
        for one in checked(panel, wanted).outcomes
        if not one.success
    }


def planted(column: str, rows: slice, values: Any) -> Panel:
    panel = sound()
    changed = panel.columns[column].copy()
    changed[rows] = values
    return panel.with_columns(dict(panel.columns) | {column: changed})


def test_a_sound_panel_has_no_warning() -> None:
    outcomes = checked(sound()).outcomes
    assert [one.expectation for one in outcomes if not one.success] == []
    assert {one.severity for one in outcomes} == {"warning"}
    assert {one.expectation for one in outcomes} == {
        "enough_rows",
        "in_training",
        "jumps",
        "frozen_values",
        "shift",
        "unit",
    }


def test_a_jump() -> None:
    panel = planted("load", slice(ROWS + 120, ROWS + 121), 1000.0)
    assert warned(panel) == {("jumps", "load"): [("b", 2, ("120", "121"))]}
    assert warned(panel, asked(jump_z=1e6)) == {}
    assert warned(panel, asked(jump_z=None)) == {}


def test_a_value_that_stands_still() -> None:
    panel = planted("load", slice(ROWS + 120, ROWS + 132), 100.0)
    assert warned(panel) == {("frozen_values", "load"): [("b", 1, ("120",))]}
    assert warned(panel, asked(frozen_steps=13)) == {}
    assert warned(panel, asked(frozen_steps=None)) == {}


def test_counts_may_stand_at_nought() -> None:
    for value, expected in [(0.0, {}), (3.0, {("frozen_values", "load"): [("b", 1, ("120",))]})]:
        counts = np.random.default_rng(0).poisson(4, 2 * ROWS) * 1.0
        counts[ROWS + 120 : ROWS + 132] = value
        panel = sound().with_columns({"load": counts, "flag": sound().columns["flag"]})
        found = warned(panel, asked("counts"))
        assert {key: value for key, value in found.items() if key[0] == "frozen_values"} == expected


def test_a_shift() -> None:
    panel = planted("load", slice(ROWS + 310, 2 * ROWS), sound().columns["load"][ROWS + 310 :] + 15)
    assert [*warned(panel)] == [("shift", "load")]
    assert warned(panel, asked(shift_psi=None, shift_ks=0.99)) == {}
    assert warned(panel, asked(shift_psi=None, shift_ks=None)) == {}


def test_another_unit_after_training() -> None:
    panel = planted("load", slice(ROWS + 330, 2 * ROWS), sound().columns["load"][ROWS + 330 :] * 1000)
    found = warned(panel, asked(jump_z=None, shift_psi=None, shift_ks=None))
    assert [*found] == [("unit", "load")]
    [(series, count, first)] = found["unit", "load"]
    assert (series, count) == ("b", 3)
    assert first[0] in {str(step) for step in range(316, 340)}


def test_a_short_series_is_named_and_one_without_training_too() -> None:
    panel = sound()
    late = panel.take((panel.series_of_rows() == 0) | (panel.ds > PART.end))
    assert warned(late) == {
        ("enough_rows", "ds"): [("b", 129 - (ROWS - 1 - int(PART.end)), ())],
        ("in_training", "ds"): [("b", 1, ())],
    }


def test_events_are_irregular_and_neither_jump_nor_freeze() -> None:
    names = {one.name for one in advise(asked("events"), Subject(sound(), ("load",), PART))}
    assert names == {"enough_rows", "in_training", "shift", "unit"}


def test_flags_neither_jump_nor_freeze() -> None:
    suite = advise(asked(), Subject(sound(), ("load",), PART))
    assert {one.column for one in suite if one.name in ("jumps", "frozen_values")} == {"load"}


def test_what_is_known_ahead_is_not_looked_at() -> None:
    columns = Columns(target=("load",), future=("plan",))
    panel = sound().with_columns(dict(sound().columns) | {"plan": np.zeros(2 * ROWS) + 5})
    wanted = replace(asked(), columns=columns, there=("load", "plan"))
    suite = advise(wanted, Subject(panel, ("load",), PART))
    assert {one.column for one in suite} == {"ds", "load"}


def test_without_a_training_part_nothing_is_compared_with_it() -> None:
    names = [one.expectation for one in checked(sound(), part=None).outcomes]
    assert names == ["enough_rows", "jumps", "frozen_values"]


def test_warnings_stop_nothing_and_are_said_in_one_line() -> None:
    done = checked(planted("load", slice(ROWS + 120, ROWS + 132), 1000.0))
    assert done.success
    assert failure_text(done.outcomes) == ""
    assert warning_text(done.outcomes) == "2 warnings: jumps of load, frozen values of load"
    assert '"success": true' in result_text(done.outcomes).splitlines()[-2]
    assert warning_text(checked(sound()).outcomes) == ""


def test_one_line_names_three_expectations() -> None:
    def one(column: str) -> Outcome:
        found = (findings.Finding("a", 1, 0, ()), findings.Finding("b", 1, 0, (), accepted=True))
        return Outcome("jumps", column, "…", False, 2, found, "…", "…", "warning")

    assert warning_text([one("u")]) == "1 warning: jumps of u"
    assert warning_text([one(name) for name in "uvwxy"]) == (
        "5 warnings: jumps of u, jumps of v, jumps of w, 2 more"
    )


def test_data_docs_tell_a_warning_from_an_error() -> None:
    done = checked(planted("load", slice(ROWS + 120, ROWS + 132), 100.0))
    assert done.run.get_max_severity_failure() == "warning"
    page = docs_page(done.run)
    assert "load should not stand still for 10 rows" in page
    assert "warning: series b does so 1× (120), the longest of 12 rows" in page
    assert page.count("fa-exclamation-triangle") == 2  # its style and this row
    assert "fa-times text-danger" not in page


@pytest.mark.parametrize(
    ("module", "function"),
    [(oddities, "jumps"), (oddities, "frozen"), (findings, "unseen"), (findings, "too_short")],
)
def test_the_classes_call_the_pure_functions(
    module: Any, function: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    called = []
    monkeypatch.setattr(module, function, lambda *_, **__: called.append(function) or [])
    checked(sound())
    assert called


def test_warnings_do_not_depend_on_what_comes_after_the_end() -> None:
    columns = Columns(target=("load",), future=("plan",))
    wanted = replace(asked(), columns=columns, there=("load", "plan"))
    later = replace(wanted, data=wanted.data.model_copy(update={"end": ROWS - 21}))
    panel = sound().with_columns({"load": sound().columns["load"], "plan": np.zeros(2 * ROWS)})
    spoiled = panel.columns["load"].copy()
    spoiled[panel.ds > ROWS - 21] = 1e9
    part = Part(0, 250)

    def said(one: Panel) -> str:
        return result_text(check(frame_of(one), advise(later, Subject(one, ("load",), part))).outcomes)

    assert said(panel) == said(panel.with_columns({"load": spoiled, "plan": panel.columns["plan"]}))


def test_shift_and_unit_use_training_alone_as_reference() -> None:
    assert shift.shifted(sound(), "load", Part(0, ROWS), 0.1, 0.1) == []
    assert familiar.unfamiliar_after(sound(), "load", Part(0, ROWS), 20) == []
