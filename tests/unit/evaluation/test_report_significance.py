from dataclasses import replace
from pathlib import Path

import pytest
from integration.finished_project import MODELS, finished_project

from reprocast.commands.report import inputs_of
from reprocast.evaluation import report_significance as sure
from reprocast.evaluation.figure_style import styles
from reprocast.evaluation.report import html, markdown, markdown_cell
from reprocast.evaluation.report_content import content
from reprocast.evaluation.report_inputs import Inputs

SKILL = [
    {"model": "gru", "against": "har", "skill": "-0.0124", "low": "-0.031", "high": "0.012"},
    {"model": "gru", "against": "naive", "skill": "0.19590", "low": "", "high": ""},
]
CONFIDENCE = [
    {"model": "har", "p_value": "1", "included": "true"},
    {"model": "gru", "p_value": "0.31", "included": "true"},
    {"model": "naive", "p_value": "0", "included": "false"},
]
CONDITIONAL = [
    {"question": "chosen network, naive", "a": "gru", "b": "naive", "statistic": "45.565", "p_value": "1e-10",
     "origins": "491", "holm_p": ""}
]  # fmt: skip
VARIANCE = [{"model": "gru", "seed_variance": "4e-06", "data_variance": "0.0002916", "total": "0.0004"}]
RANKS = [
    {"model": name, "mean_rank": str(1 + 0.8 * n), "critical_difference": "1.1", "p_value": "0.0004",
     "series": "321"}
    for n, name in enumerate(MODELS)
]  # fmt: skip


@pytest.fixture(scope="module")
def inputs(tmp_path_factory: pytest.TempPathFactory) -> Inputs:
    root: Path = finished_project(tmp_path_factory.mktemp("project"))
    found = inputs_of(root)
    own = {"skill": SKILL, "confidence_set": CONFIDENCE, "predictive_ability": CONDITIONAL,
           "variance": VARIANCE, "ranks": RANKS}  # fmt: skip
    return replace(found, tables={**found.tables, **own})


@pytest.fixture(scope="module")
def looks(inputs: Inputs):
    return styles(inputs.networks, inputs.baselines)


def test_skill_stands_by_baseline_with_its_interval(inputs: Inputs, looks) -> None:
    table = sure.skill(inputs, looks)
    assert table.labels == ("model", "against har", "against naive")
    said = [cell.replace("\u202f", " ") for cell in table.rows[0]]
    assert said == ["gru", "−1.2 % (−3.1 % to +1.2 %)", "+19.6 %"]
    assert "95\u202f% interval" in table.caption


def test_the_confidence_set_says_who_may_be_the_best(inputs: Inputs, looks) -> None:
    table = sure.confidence(inputs, looks)
    assert [row[2] for row in table.rows] == ["may be the best", "may be the best", "ruled out"]
    assert table.best == {"har", "gru"}


def test_variance_is_told_as_deviations_and_a_share(inputs: Inputs, looks) -> None:
    row = sure.variance(inputs, looks).rows[0]
    assert row == ("gru", "0.0020", "0.0171", "0.0200", "1.0\u202f%")


def test_ranks_are_drawn_with_what_does_not_differ(inputs: Inputs, looks) -> None:
    picture = sure.ranks(inputs, looks)
    assert picture is not None
    first, second, *_ = MODELS
    assert f"not told apart: {first} and {second};" in picture.svg
    assert "on 321 series" in picture.caption
    assert "p <\u202f0.001 (Friedman)" in picture.caption
    assert sure.ranks(replace(inputs, tables={**inputs.tables, "ranks": []}), looks) is None


def test_the_page_carries_all_of_it(inputs: Inputs) -> None:
    said = content(inputs)
    page, text = html(said), markdown(said)
    for table in (said.skill, said.confidence, said.conditional, said.variance):
        assert table.rows
        assert f"<caption><span>{table.caption}</span></caption>" in page
        assert f"{markdown_cell(table.caption)}." in text
    assert said.ranks is not None
    assert said.ranks.svg in page


def test_outputs_without_these_tables_leave_nothing_behind(inputs: Inputs) -> None:
    bare = content(replace(inputs, tables={key: [] for key in inputs.tables}))
    page = html(bare)
    assert "Seed or data" not in page
    assert "Who may be the best" not in page


def test_with_one_cutoff_the_report_speaks_of_series(inputs: Inputs) -> None:
    said = content(replace(inputs, verdict={**inputs.verdict, "unit": "series"}))
    assert said.significance.caption == "Tests of equal accuracy across the series"
    assert "series" in said.significance.labels
    assert "origins" not in said.significance.labels
    assert "paired t-test on the loss of each series" in dict(said.protocol)["Tests"]
