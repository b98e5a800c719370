"""The audit of what baselines learn: honest ones pass, whatever validation lets them choose."""

from dataclasses import replace

import pytest
from audited import subject

from reprocast.audit.fitting import from_training
from reprocast.audit.leak import LeakError
from reprocast.baselines import ridge
from reprocast.baselines.table import BASELINES

CHOOSING = {"ewma": {}, "ridge": {}, "feed_forward": {"hidden": 4}, "lightgbm": {}}
FITTED = {
    "auto_ets": {},
    "auto_theta": {},
    "auto_arima": {"steps": 60},
    "garch": {"returns": "log_return"},
    "climatology": {},
}


@pytest.mark.parametrize("baselines", [CHOOSING, FITTED], ids=["choosing", "fitted"])
def test_what_is_chosen_on_validation_may_move_with_validation(baselines):
    done = from_training(subject(baselines=baselines))
    assert done.counts["coefficients"] > 0


def test_a_choice_by_test_windows_is_found(monkeypatch):
    def by_test(windows, fold, block):
        last = float(windows.values[fold.starts["test"][-1] + windows.look_back, 0])
        return {"smoothing": block["smoothing"] or 1 / (1 + abs(last))}

    planted(monkeypatch, "ewma", by_test)
    with pytest.raises(LeakError, match=r"baselines: ewma, fold 0, smoothing moved .* scrambled"):
        from_training(subject(baselines={"ewma": {}}))


def test_coefficients_by_validation_windows_are_found(monkeypatch):
    honest = ridge.fit

    def on_both(windows, fold, block):
        chosen = honest(windows, fold, block)
        starts = {**fold.starts, "train": fold.starts["validation"]}
        return chosen | {"coefficients": honest(windows, replace(fold, starts=starts), block)["coefficients"]}

    planted(monkeypatch, "ridge", on_both)
    with pytest.raises(LeakError, match=r"baselines: ridge, fold 0, coefficients\[0\].* moved"):
        from_training(subject(baselines={"ridge": {}}))


def planted(monkeypatch, kind, fit):
    monkeypatch.setitem(BASELINES, kind, replace(BASELINES[kind], fit=fit))
