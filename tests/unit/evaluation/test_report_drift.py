"""The report's section on drift: there when somebody has looked at this very panel, and safe to read."""

import dataclasses
import json
from pathlib import Path

import pytest
from integration.finished_project import finished_project

from reprocast.commands.report import inputs_of
from reprocast.evaluation.drift.report import Channel, DriftReport, Look, Performance
from reprocast.evaluation.report import html, markdown
from reprocast.evaluation.report_content import content
from reprocast.evaluation.report_drift import drift_section


def channel(series: str, far: float, *beyond: str) -> Channel:
    size = {"psi": far, "ks": far / 2, "spread": far / 3, "season": far / 4}
    return Channel(series=series, channel="y", size=size, moved=-far, width=1.25, beyond=beyond)


def found(data_end: str | int, *inputs: Channel) -> DriftReport:
    errors = Performance(
        backtest=0.5, latest=0.75, ratio=1.5, p_value=0.0001, cutoffs=400, steps=60, since=None
    )
    look = Look(
        step=60, time="2013-03-01", inputs=inputs, performance=errors, alarms=("input",), figures={"a": 1.0}
    )
    return DriftReport(
        model="gru", fingerprint="f", as_of="2012-12-01", data_end=data_end, steps=61, next_look=4,
        looks=(look,), proposes=True, held_back="", reasons=("y of <b>A</b> | has another level",),
    )  # fmt: skip


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return finished_project(tmp_path_factory.mktemp("project"))


def test_drifted_channels_come_first_with_their_figures() -> None:
    section = drift_section(found("2013-03-01", channel("A", 0.1), channel("B", 0.9, "ks", "season")))
    assert section is not None
    assert [row[0] for row in section.channels.rows] == ["y of B", "y of A"]
    assert section.channels.rows[0][1:] == (
        "0.900", "0.450", "0.300", "0.225", "−0.900", "1.250", "drifted (ks, season)",
    )  # fmt: skip
    assert section.channels.rows[1][-1] == "as before"
    assert [row[1:] for row in section.errors.rows] == [("0.500", "400"), ("0.750", "60")]
    assert section.said[-1].startswith("Proposal: retrain")
    assert drift_section(None) is None


@pytest.mark.usefixtures("drawn_once")
def test_it_is_shown_in_both_forms_and_breaks_neither(project: Path) -> None:
    inputs = inputs_of(project)
    assert "## Drift" not in markdown(content(inputs))
    shown = content(dataclasses.replace(inputs, drift=found("2013-03-01", channel("A", 0.9, "ks"))))
    page = html(shown)
    assert 'id="drift"' in page
    assert "<b>A</b>" not in page + markdown(shown)
    assert "| y of A | 0.900 |" in markdown(shown)


def test_what_was_found_on_another_panel_is_not_shown(project: Path) -> None:
    end = json.loads((project / "data/raw/manifest.json").read_text())["end"]
    file = project / "reports" / "drift.json"
    file.parent.mkdir(exist_ok=True)
    for text, shown in (
        (found(end).model_dump_json(), True),
        (found("1999-01-01").model_dump_json(), False),
        ('{"schema_version": 2}', False),
    ):
        file.write_text(text)
        assert (inputs_of(project).drift is not None) is shown
    file.unlink()
