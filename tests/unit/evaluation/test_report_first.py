"""The first screen: which model, how sure, at what cost."""

import dataclasses
from typing import Any

import pytest
from integration.finished_project import finished_project

from reprocast.commands.report import inputs_of
from reprocast.evaluation import report_numbers as write
from reprocast.evaluation.figure_style import styles
from reprocast.evaluation.report_first import answers, figure, gains
from reprocast.evaluation.report_inputs import Inputs

pytestmark = pytest.mark.usefixtures("drawn_once")


@pytest.fixture(scope="module")
def inputs(tmp_path_factory: pytest.TempPathFactory) -> Inputs:
    return inputs_of(finished_project(tmp_path_factory.mktemp("project")))


def judged(inputs: Inputs, **said: Any) -> Inputs:
    """The same project where the test against the best baseline said something else."""
    rows = [{**row, **said} if (row["a"], row["b"]) == ("gru", "har") else row for row in inputs.significance]
    return dataclasses.replace(inputs, significance=rows)


@pytest.mark.parametrize(
    ("result", "model", "sure"),
    [
        ("beats", "gru", "Better, p = 0.213"),
        ("worse", "har", "Worse, p = 0.213"),
        ("tied", "gru or har", "Not told apart, p = 0.213"),
        ("untested", "gru", "Untested, p = 0.213"),
    ],
)
def test_the_answer_is_the_decisive_tests(inputs: Inputs, result: str, model: str, sure: str) -> None:
    which, how_sure, _ = answers(judged(inputs, result=result))
    assert (which.short, how_sure.short) == (model, sure)
    assert "har" in which.reason


def test_a_test_that_could_not_be_made_is_not_dressed_up(inputs: Inputs) -> None:
    _, sure, _ = answers(judged(inputs, result="untested", p_value=""))
    assert sure.short == "Untested"
    _, sure, _ = answers(judged(inputs, result="beats", p_value="1e-9"))
    assert sure.short == "Better, p <\u202f0.001"


def test_how_sure_gives_the_interval_the_origins_and_the_confidence_set(inputs: Inputs) -> None:
    reason = answers(judged(inputs, origins_needed="1412"))[1].reason
    own = 1 - 0.5812 / 0.5741
    low, high = write.percent(own - 0.015), write.percent(own + 0.0125)
    assert f"{write.percent(own)} (95\u202f% interval {low} to {high})" in reason
    assert "on 496 test origins. About 920 more would be needed to tell." in reason
    assert "4 of 8 models may be the best one (confidence set)." in reason
    assert "More than 100,000" in answers(judged(inputs, origins_needed="9e6"))[1].reason
    assert "would be needed" not in answers(judged(inputs, origins_needed="1412", result="beats"))[1].reason


def test_cost_is_of_both_models_with_what_was_measured(inputs: Inputs) -> None:
    cost = answers(inputs)[2]
    assert cost.short == "3,653 or 4 parameters"
    thin = write.THIN
    assert cost.reason.splitlines() == [
        f"gru: 230,000 multiply–adds a forecast (8.4{thin}ms, 410{thin}MB), trained in 21{thin}s.",
        f"har: 230,000 multiply–adds a forecast (41{thin}µs, 410{thin}MB), trained in 0.31{thin}s.",
    ]
    unmeasured = answers(dataclasses.replace(inputs, measured={}))[2].reason
    assert unmeasured.splitlines()[0] == "gru: 230,000 multiply–adds a forecast."
    assert answers(judged(inputs, result="worse"))[2].short == "4 parameters"


def test_the_figure_shows_skill_against_the_best_baseline(inputs: Inputs) -> None:
    looks = styles(inputs.networks, inputs.baselines)
    picture = figure(inputs, looks)
    found = gains(inputs, "har")
    assert [gain.model for gain in found] == [name for name in inputs.names if name != "har"]
    assert "Skill of each model against har" in picture.svg
    bare = dataclasses.replace(inputs, tables={**inputs.tables, "skill": []})
    assert "scaled MAE of each model" in figure(bare, looks).svg
