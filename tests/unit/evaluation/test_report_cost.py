"""Costs: what does not vary beside what was measured."""

import pytest
from integration.finished_project import finished_project

from reprocast.commands.report import inputs_of
from reprocast.evaluation import report_numbers as write
from reprocast.evaluation.figure_style import styles
from reprocast.evaluation.report_cost import costs, paretos
from reprocast.evaluation.report_inputs import Inputs

pytestmark = pytest.mark.usefixtures("drawn_once")


@pytest.fixture(scope="module")
def inputs(tmp_path_factory: pytest.TempPathFactory) -> Inputs:
    return inputs_of(finished_project(tmp_path_factory.mktemp("project")))


def test_costs_are_one_row_a_model_with_what_was_measured_here(inputs: Inputs) -> None:
    said = costs(inputs, styles(inputs.networks, inputs.baselines))
    rows = {row[0]: dict(zip(said.labels, row, strict=True)) for row in said.rows}
    gru, thin = rows["gru"], write.THIN
    assert (gru["parameters"], gru["multiply–adds"], gru["optimiser steps"]) == ("3,653", "230,000", "612")
    assert (gru["training"], gru["one forecast"]) == (f"21{thin}s", f"8.4{thin}ms")
    assert (gru["each of 1,024"], gru["peak memory"]) == (f"168{thin}µs", f"410{thin}MB")
    assert rows["lstm"]["one forecast"] == "–"
    assert [name for name, row in rows.items() if row["frontier"] == "yes"] == ["har"]


def test_a_figure_a_cost_names_its_frontier(inputs: Inputs) -> None:
    looks = styles(inputs.networks, inputs.baselines)
    multiply_adds, parameters = paretos(inputs, looks)
    assert "multiply–adds a forecast" in multiply_adds.svg
    assert parameters.caption.endswith("these: har.")


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        (write.milliseconds(8420.3), "8,420\u202fms"),
        (write.milliseconds(2.329), "2.3\u202fms"),
        (write.milliseconds(0.00046), "0.46\u202fµs"),
        (write.milliseconds(0.0412), "41\u202fµs"),
        (write.milliseconds(None), "–"),
        (write.megabytes(459649024.0), "460\u202fMB"),
        (write.megabytes(None), "–"),
    ],
)
def test_measured_figures_are_no_surer_than_a_clock(written: str, expected: str) -> None:
    assert written == expected
