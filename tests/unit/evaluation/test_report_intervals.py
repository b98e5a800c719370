"""The report's table and figures of intervals."""

import dataclasses

import pytest
from integration.finished_project import MODELS, finished_project

from reprocast.commands.report import inputs_of
from reprocast.evaluation.figure_style import styles
from reprocast.evaluation.report_inputs import Inputs
from reprocast.evaluation.report_intervals import coverage, intervals, pit

ROWS = [
    {
        "model": name, "method": method, "level": level, "nominal": nominal, "coverage": "0.8125",
        "width": "1.5", "msis": "2.75", "crps": "",
    }
    for name in sorted(MODELS)
    for method in ("split", "adaptive")
    for level, nominal in (("80", "0.8"), ("95", "0.95"))
]  # fmt: skip
BINS = [{"model": "gru", "bin": name, "share": share} for name, share in (("0–0.1", "0.2"), ("0.1–1", "0.8"))]


@pytest.fixture(scope="module")
def inputs(tmp_path_factory: pytest.TempPathFactory) -> Inputs:
    found = inputs_of(finished_project(tmp_path_factory.mktemp("project")))
    return dataclasses.replace(found, tables={**found.tables, "intervals": ROWS, "pit": BINS})


def test_the_table_holds_promise_and_result_best_model_first(inputs: Inputs) -> None:
    looks = styles(inputs.networks, inputs.baselines)
    found = intervals(inputs, looks)
    assert "CRPS" not in found.labels, "no model has one here"
    assert [row[0] for row in found.rows][::4] == inputs.names
    assert found.rows[0][1:] == ("split", "80.0\u202f%", "81.2\u202f%", "1.500", "2.750")


def test_the_figures_say_in_words_what_they_show(inputs: Inputs) -> None:
    looks = styles(inputs.networks, inputs.baselines)
    assert "gru adaptive 95% covers 81.2%" in coverage(inputs, looks).svg
    assert coverage(inputs, looks).svg == coverage(inputs, looks).svg
    shown = pit(inputs, looks)
    assert shown is not None
    assert "probability integral transform of gru" in shown.svg


def test_without_distributions_there_is_no_histogram(inputs: Inputs) -> None:
    looks = styles(inputs.networks, inputs.baselines)
    bare = dataclasses.replace(inputs, tables={**inputs.tables, "pit": []})
    assert pit(bare, looks) is None
    assert coverage(dataclasses.replace(inputs, tables={**inputs.tables, "intervals": []}), looks).svg
