"""What is refused before forecasting, by the findings that validation uses; nothing heavy is imported."""

import subprocess
import sys
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from property.linear import fit
from property.panels import COLUMNS, day, prices

from reprocast.data import expectation_classes, familiar, findings, warning_classes
from reprocast.data.windows import Windows
from reprocast.errors import DataError
from reprocast.model import Description, seen_in
from reprocast.panel import Panel
from reprocast.params.window import Split, Window
from reprocast.tasks.forecast.cut import cut
from reprocast.tasks.forecast.predict import forecast_panel

ROWS = 300


@pytest.fixture(scope="module")
def panel() -> Panel:
    days = np.asarray([day(n) for n in range(ROWS)] * 2)
    columns = prices(np.random.default_rng(3), 2 * ROWS)
    return Panel(("a", "b"), np.array([0, ROWS, 2 * ROWS]), days, columns)


def windows_of(panel: Panel, **window: Any) -> Windows:
    shape = Window(look_back=12, horizon=3, embargo=2, **window)
    return cut(panel, COLUMNS, shape, Split(test=40, validation=40), 5, "D")


@pytest.fixture(scope="module")
def windows(panel: Panel) -> Windows:
    return windows_of(panel)


def times(panel: Panel, column: str, factor: float, series: int = 1) -> Panel:
    values = panel.columns[column].astype(float)
    rows = slice(int(panel.offsets[series]), int(panel.offsets[series + 1]))
    values[rows] *= factor
    return panel.with_columns(dict(panel.columns) | {column: values})


def until(panel: Panel, n: int) -> Panel:
    return panel.take(panel.ds <= day(n))


@pytest.mark.parametrize("n", range(40, ROWS, 20))
def test_what_the_model_was_made_for_is_not_refused(panel: Panel, windows: Windows, n: int) -> None:
    assert len(forecast_panel(fit(windows), until(panel, n))) == 2 * 2 * 3


@pytest.mark.parametrize("factor", [1e3, 1e-3])
def test_a_changed_unit_is_refused_with_series_column_both_values_and_a_remedy(
    panel: Panel, windows: Windows, factor: float
) -> None:
    with pytest.raises(DataError) as caught:
        forecast_panel(fit(windows), times(panel, "load", factor))
    said = str(caught.value)
    assert said.startswith("series b, load: holds ")
    assert "while training has shown" in said
    assert said.endswith(
        "as if it had another unit; give that of training, or train linear again with such values"
    )
    load = panel.columns["load"][-12:] * factor
    assert f"{load.min():.4g} … {load.max():.4g}" in said


def test_prices_in_cents_change_no_feature_that_is_a_ratio(panel: Panel, windows: Windows) -> None:
    cents = panel
    for name in ("open", "high", "low", "close"):
        cents = times(cents, name, 100)
    model = fit(windows)
    expected = forecast_panel(model, panel)["mean"].to_numpy()
    assert forecast_panel(model, cents)["mean"].to_numpy() == pytest.approx(expected)


def test_what_is_scaled_by_its_own_look_back_has_no_unit(panel: Panel) -> None:
    windows = windows_of(panel, scaling="window")
    assert len(forecast_panel(fit(windows), times(panel, "load", 1e6))) == 2 * 2 * 3


def test_a_description_that_knows_nothing_refuses_nothing(panel: Panel, windows: Windows) -> None:
    model = fit(windows)
    old = replace(model, description=model.description.model_copy(update={"shown": None}))
    assert len(forecast_panel(old, times(panel, "load", 1e6))) == 2 * 2 * 3


def test_what_was_shown_is_of_training_alone(panel: Panel, windows: Windows) -> None:
    """Everything after the training span may be anything."""
    fold = windows.folds[0]
    last = int(fold.starts["train"][-1]) + windows.look_back
    row_day = windows.ds[last]
    values = panel.columns["load"].copy()
    values[panel.ds > row_day + np.timedelta64(3, "D")] = 1e9
    other = windows_of(panel.with_columns(dict(panel.columns) | {"load": values}))
    assert seen_in(other, 0)["shown"] == seen_in(windows, 0)["shown"]


def test_what_was_shown_goes_to_json_and_back(windows: Windows) -> None:
    description = fit(windows).description
    assert Description.model_validate_json(description.model_dump_json()).shown == description.shown


FOUND = findings.Finding("b", 1, 1, ("today",))


def test_missing_values_are_what_validation_calls_missing(
    panel: Panel, windows: Windows, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(findings, "missing", lambda *_: [FOUND])
    with pytest.raises(DataError, match=r"series b, .* at today"):
        forecast_panel(fit(windows), panel)
    one = expectation_classes.ExpectFewMissingValues(column="load", share=0.0, end="2030-01-01")
    assert one.found(panel) == [FOUND]


def test_unseen_series_are_what_validation_calls_unseen(
    panel: Panel, windows: Windows, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(findings, "unseen", lambda *_: [FOUND])
    with pytest.raises(DataError, match="series b: not among those"):
        forecast_panel(fit(windows), panel)
    part = {"begin": "2021-12-27", "until": "2022-03-01"}
    one = warning_classes.ExpectSeriesInTraining(end="2030-01-01", **part)
    assert one.found(panel) == [FOUND]


def test_another_unit_is_what_validation_calls_unfamiliar(
    panel: Panel, windows: Windows, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Both go by the same limit: when it is lowered, both object to what they took before."""
    part = {"begin": "2021-12-27", "until": "2022-06-01", "look_back": 12}
    one = warning_classes.ExpectFamiliarValues(column="load", end="2030-01-01", **part)
    assert one.found(panel) == []
    forecast_panel(fit(windows), panel)
    monkeypatch.setattr(familiar, "SPREADS", 0.01)
    assert [found.series for found in one.found(panel)] == ["a", "b"]
    with pytest.raises(DataError, match="as if it had another unit"):
        forecast_panel(fit(windows), panel)


def test_great_expectations_and_scipy_are_not_imported_to_forecast() -> None:
    code = (
        "import sys, reprocast.tasks.forecast.predict; "
        "print([name for name in sys.modules if name.split('.')[0] in ('great_expectations', 'scipy')])"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "[]"
