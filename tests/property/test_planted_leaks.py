"""Each leak that projects publish with, planted by itself: the audit finds it and names the place.

A leak is a deliberately broken copy of a function, put in its place. What is found first is the earliest
trace in the order of the pipeline; where a later check is there for that leak, it is tried by itself, too.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from audited import quarters_of_an_hour, subject

from reprocast.audit.checks import CHECKS
from reprocast.audit.leak import AnswerError, LeakError
from reprocast.audit.run import audit, first_leak
from reprocast.audit.subject import Subject
from reprocast.baselines import har
from reprocast.baselines.table import BASELINES
from reprocast.data import (
    adjust,
    batches,
    filling,
    folds,
    held,
    scaling,
    starts,
    transforms,
    windows,
)
from reprocast.evaluation import folds as tables
from reprocast.evaluation import forecasting, selection
from reprocast.stages import pull
from reprocast.tasks import networks
from reprocast.tasks.forecast import cut, intervals, predict, score, tabulating

BY_NAME = {check.name: check for check in CHECKS}
Plant = Callable[[pytest.MonkeyPatch], Subject | None]


@dataclass(frozen=True)
class Leak:
    """A leak, how it is planted, and what finds it."""

    name: str
    """As docs/data.md calls it."""
    plant: Plant
    """Puts a broken copy in place; may return another subject than the usual one."""
    check: str
    """The check that finds it first."""
    said: str
    """Part of what it says (a pattern)."""
    also: str = ""
    """A later check that finds it by itself."""


LEAKS: list[Leak] = []


def leak(check: str, said: str, also: str = "") -> Callable[[Plant], Plant]:
    """Notes a leak under the name of the function that plants it."""

    def note(plant: Plant) -> Plant:
        LEAKS.append(Leak(plant.__name__.replace("_", " "), plant, check, said, also))
        return plant

    return note


# --- the source -------------------------------------------------------------------------------------------


@leak("source", r"pull: series A, \w+ at 2021-07-01 moved from .* when everything after data.end 2021-06-30")
def a_later_row_let_through(monkeypatch: pytest.MonkeyPatch) -> Subject:
    monkeypatch.setattr(adjust, "until", lambda panel, _: panel)
    usual = subject()
    columns = {name: usual.raw.columns[name] for name in usual.raw.columns if name not in adjust.ACTIONS}
    return replace(usual, raw=usual.raw.with_columns(columns))


@leak("source", r"pull: series A, \w+ at 2020-01-02 moved from .* after data.end")
def prices_adjusted_by_later_splits(monkeypatch: pytest.MonkeyPatch) -> None:
    honest = adjust.adjust

    def all_actions(panel: Any, end: Any) -> Any:
        return adjust.since_until(honest(panel, "2099-01-01"), end)

    monkeypatch.setattr(adjust, "since_until", adjust.until, raising=False)
    monkeypatch.setattr(pull, "adjust", all_actions)


@leak("unfinished bar", r"has a row at .*, not known as of .*, a minute before the bar is over")
def the_bar_of_a_session_that_has_not_closed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pull, "last_closed", lambda _, end: end)


@leak("unfinished bar", r"has a row at .*T.*, not known as of .*, a minute before the bar is over")
def the_quarter_of_an_hour_that_is_not_over(monkeypatch: pytest.MonkeyPatch) -> Subject:
    monkeypatch.setattr(pull, "over_by", lambda panel, *_: panel)
    return quarters_of_an_hour()


@leak("actions", r"actions: \w+ of series \w at cutoff .* moved by .* when a split after .* was planted")
def only_half_of_the_history_rescaled(monkeypatch: pytest.MonkeyPatch) -> None:
    honest = adjust.later_product

    def recent_rows_only(steps: np.ndarray) -> np.ndarray:
        product = honest(steps)
        return np.where(np.arange(len(steps)) < len(steps) // 4, 1.0, product)

    monkeypatch.setattr(adjust, "later_product", recent_rows_only)


# --- the calendar -----------------------------------------------------------------------------------------


@leak("calendar", r"calendar: day_of_week_sin at .* when other times were asked for")
def a_calendar_feature_by_its_share_of_the_largest(monkeypatch: pytest.MonkeyPatch) -> None:
    honest = transforms.CALENDAR["day_of_week"]
    monkeypatch.setitem(
        transforms.CALENDAR, "day_of_week", lambda ds: honest(ds) / max(honest(ds).max(), 0.1)
    )


@leak("scramble", r"times|reached from|\d values became")
def a_calendar_made_from_the_rows_there_are(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cut, "regular", lambda panel, _: panel)
    monkeypatch.setattr(cut, "time_grid", lambda ds, _: np.unique(ds)[:: 1 + (len(ds) % 2)])


# --- features ---------------------------------------------------------------------------------------------


def planted_feature(derive: Callable[[np.ndarray], np.ndarray]) -> Plant:
    def plant(monkeypatch: pytest.MonkeyPatch) -> None:
        feature = replace(transforms.FEATURES["diff"], derive=derive)
        monkeypatch.setitem(transforms.FEATURES, "diff", feature)

    return plant


FEATURE = r"channels: series \w, diff\(load\) at .* moved from .* when the rows after .* were scrambled"


@leak("scramble", FEATURE)
def a_centred_average(monkeypatch: pytest.MonkeyPatch) -> None:
    planted_feature(lambda values: np.convolve(values, np.ones(3) / 3, mode="same"))(monkeypatch)


@leak("scramble", FEATURE)
def a_difference_to_the_next_row(monkeypatch: pytest.MonkeyPatch) -> None:
    planted_feature(lambda values: np.diff(values, append=np.nan))(monkeypatch)


@leak("scramble", FEATURE)
def a_share_of_the_largest_value(monkeypatch: pytest.MonkeyPatch) -> None:
    planted_feature(lambda values: values / np.nanmax(np.abs(values)))(monkeypatch)


@leak("scramble", r"known ahead: plan at .* moved")
def a_known_column_derived_from_the_target(monkeypatch: pytest.MonkeyPatch) -> None:
    honest = cut.derive_channels

    def mixed(panel: Any, features: Any, **ways: Any) -> Any:
        values, channels = honest(panel, features, **ways)
        values[:, -1] += np.nan_to_num(values[:, 0])
        return values, channels

    monkeypatch.setattr(cut, "derive_channels", mixed)


@leak("scramble", r"static: series A, size moved")
def a_static_covariate_from_all_rows(monkeypatch: pytest.MonkeyPatch) -> None:
    def mean_volume(panel: Any, _: Any) -> Any:
        means = [panel.columns["volume"][rows].mean() for _, rows in panel.rows()]
        return np.asarray(means)[:, None], ("size",)

    monkeypatch.setattr(cut, "static_channels", mean_volume)


# --- missing values ---------------------------------------------------------------------------------------


@leak("scramble", r"channels: series \w, diff\(load\) at .* moved")
def filled_from_behind(monkeypatch: pytest.MonkeyPatch) -> Subject:
    honest = filling.forward_filled

    def backwards(values: Any, observed: Any, steps: Any) -> Any:
        return honest(values[::-1], observed[::-1], steps)[::-1]

    monkeypatch.setattr(filling, "forward_filled", backwards)
    return subject(40, window={"missing": "forward_fill"})


@leak("scramble", r"channels: series \w, diff\(load\) at .* moved")
def interpolated_across_the_end_of_training(monkeypatch: pytest.MonkeyPatch) -> Subject:
    honest = filling.interpolated
    monkeypatch.setattr(
        filling, "interpolated", lambda values, training, steps: honest(values, training | True, steps)
    )
    return subject(40, window={"missing": "interpolate"})


# --- scalers ----------------------------------------------------------------------------------------------


@leak("scramble", r"scaler: fold 0, loc of series A, log_volatility moved")
def a_scaler_fitted_on_all_rows(monkeypatch: pytest.MonkeyPatch) -> None:
    honest = scaling.fit_scaler

    def on_all_rows(values: Any, training: Any, *ways: Any) -> Any:
        ends = np.append(training[1:, 0], len(values))
        return honest(values, np.stack([training[:, 0], ends], axis=1), *ways)

    monkeypatch.setattr(folds, "fit_scaler", on_all_rows)


ONCE = {"folds": 2, "training_steps": 200, "refit": False}


@leak("scramble", r"scaler: fold 1, loc of series A, log_volatility moved", also="forecasts")
def a_scaler_fitted_on_what_is_tested(monkeypatch: pytest.MonkeyPatch) -> Subject:
    """Where models are not refitted: the model stays, the scaler of a later fold knows its test."""
    honest = cut.make_fold

    def up_to_its_end(series: Any, spans: Any, shape: Any) -> Any:
        found = honest(series, spans, shape)
        if spans["test"].end < len(series.grid):
            return found
        whole = honest(series, {**spans, "train": replace(spans["train"], end=spans["test"].end)}, shape)
        return replace(found, loc=whole.loc, scale=whole.scale)

    monkeypatch.setattr(cut, "make_fold", up_to_its_end)
    return subject(split=ONCE)


@leak("splits", r"split.refit is false, but fold 1 has a train span of its own")
def training_that_moves_on_though_models_are_not_refitted(monkeypatch: pytest.MonkeyPatch) -> Subject:
    honest = cut.fold_spans
    monkeypatch.setattr(
        cut,
        "fold_spans",
        lambda grid, split, embargo: honest(grid, split.model_copy(update={"refit": True}), embargo),
    )
    return subject(split=ONCE)


@leak("scramble", r"batches: fold 0, past of series \w at cutoff .* moved", also="forecasts")
def a_window_normalised_with_its_own_target(monkeypatch: pytest.MonkeyPatch) -> Subject:
    def with_target(*args: Any) -> Any:
        batch = gather(*args)
        own = slice(0, batch.target.shape[2])
        both = np.concatenate([batch.past[:, :, own], batch.target], axis=1)
        past = batch.past.copy()
        past[:, :, own] -= both.mean(axis=1, keepdims=True)
        return replace(batch, past=past)

    gather = windows.gather
    for module in (windows, batches, har, forecasting):
        monkeypatch.setattr(module, "gather", with_target)
    return subject(window={"scaling": "window"})


# --- splits and windows -----------------------------------------------------------------------------------


@leak("scramble", r"windows: fold 0, train: of those that end by .* windows went and .* came", also="splits")
def windows_shuffled_across_the_split(monkeypatch: pytest.MonkeyPatch) -> None:
    honest = folds.held

    def shuffled(*args: Any) -> Any:
        found = honest(*args)
        train, test = (np.asarray(found.starts[split]) for split in ("train", "test"))
        rng = np.random.default_rng(0)
        mixed = rng.permutation(np.concatenate([train, test]))
        parts = {"train": mixed[: len(train)], "test": mixed[len(train) :]}
        found.starts |= {split: starts.Starts.of(np.sort(some)) for split, some in parts.items()}
        return found

    monkeypatch.setattr(folds, "held", shuffled)


@leak("splits", r"target spans of train and validation are 0 steps apart, not window.embargo 3")
def no_embargo(monkeypatch: pytest.MonkeyPatch) -> None:
    honest = cut.fold_spans
    monkeypatch.setattr(cut, "fold_spans", lambda grid, split, _: honest(grid, split, 0))


@leak("splits", r"fold 0, train window of series A at cutoff .* forecasts outside the span")
def overlapping_target_spans_that_are_not_purged(monkeypatch: pytest.MonkeyPatch) -> None:
    honest = held.admitted

    def by_their_first_target(rows: Any, offsets: Any, look_back: int, horizon: int) -> Any:
        ranges = honest(rows, offsets, look_back, 1)
        last = offsets[1:] - look_back - horizon + 1
        return np.stack([ranges[:, 0], np.minimum(ranges[:, 1], last)], axis=1)

    monkeypatch.setattr(held, "admitted", by_their_first_target)


@leak(
    "scramble",
    r"batches: fold 0, past of series \w at cutoff .*, step 22, log_volatility moved",
    also="loader",
)
def the_target_in_the_look_back(monkeypatch: pytest.MonkeyPatch) -> None:
    def one_step_on(*args: Any) -> Any:
        batch = gather(*args)
        ahead = batch.past.copy()
        ahead[:, :-1], ahead[:, -1, : batch.target.shape[2]] = batch.past[:, 1:], batch.target[:, 0]
        return replace(batch, past=ahead)

    gather = windows.gather
    for module in (windows, batches, har, forecasting):
        monkeypatch.setattr(module, "gather", one_step_on)


@leak("scramble", r"windows: fold 0, train: of those that end by .* windows went and .* came")
def windows_chosen_by_what_comes_after(monkeypatch: pytest.MonkeyPatch) -> None:
    honest = folds.held

    def every_second(series: Any, *args: Any) -> Any:
        found = honest(series, *args)
        if np.nanmean(series.values[-40:, 0]) > np.nanmean(series.values[:, 0]):
            found.starts["train"] = starts.Starts.of(np.asarray(found.starts["train"])[::2])
        return found

    monkeypatch.setattr(folds, "held", every_second)


# --- training ---------------------------------------------------------------------------------------------


@leak(
    "loader",
    r"loader: fold 0, train: the window of series A at cutoff .* is none of this split",
    also="weights",
)
def training_on_test_windows(monkeypatch: pytest.MonkeyPatch) -> None:
    def everything(self: Any) -> Any:
        self.fold = replace(self.fold, starts={**self.fold.starts, "train": self.fold.starts["test"]})
        return batches.Batches(
            self.windows, self.fold, self.fold.starts["test"], self.batch_size,
            batches.InOrder(len(self.fold.starts["test"])),
        )  # fmt: skip

    monkeypatch.setattr(batches.WindowData, "train_dataloader", everything)


@leak(
    "loader",
    r"fold 0, validation: the window of series A at cutoff .* is none of this split, but was shown",
    also="early stopping",
)
def early_stopping_on_the_test(monkeypatch: pytest.MonkeyPatch) -> None:
    def test_instead(self: Any) -> Any:
        return self._batches("test", batches.InOrder(len(self.fold.starts["test"])))

    monkeypatch.setattr(batches.WindowData, "val_dataloader", test_instead)


@leak("loader", r"fold 0, train: the window of series \w at cutoff .* was never shown")
def the_last_batch_dropped_in_training(monkeypatch: pytest.MonkeyPatch) -> None:
    honest = batches.Batches.__iter__
    monkeypatch.setattr(batches.Batches, "__iter__", lambda self: iter(list(honest(self))[:-1]))


@leak("baselines", r"baselines: har, fold 0, coefficients\[0\]\[0\]\[0\] moved from")
def baselines_fitted_on_test_rows(monkeypatch: pytest.MonkeyPatch) -> None:
    def on_all(cuts: Any, fold: Any, block: Any) -> Any:
        return har.fit(cuts, replace(fold, starts={"train": fold.starts["test"]}), block)

    monkeypatch.setitem(BASELINES, "har", replace(BASELINES["har"], fit=on_all))  # type: ignore[arg-type]


# --- forecasts and scores ---------------------------------------------------------------------------------


@leak("forecasts", r"forecasts: gru, \w+: mean of series \w, log_volatility at cutoff .* moved")
def a_forecast_that_reads_its_target(monkeypatch: pytest.MonkeyPatch) -> None:
    honest = networks.SavedNetworks.forecast
    monkeypatch.setattr(
        networks.SavedNetworks, "forecast", lambda self, batch: honest(self, batch) + 0.1 * batch.target
    )


@leak("once", r"forecasts: gru, test: the window of series A at cutoff 2021-06-28 is not forecast")
def the_last_batch_of_the_test_dropped(monkeypatch: pytest.MonkeyPatch) -> None:
    honest = tables.tabulate_fold

    def whole_batches(*args: Any) -> Any:
        found = honest(*args)
        cutoffs = np.sort(found.tables["test"]["cutoff"].unique())
        dropped = {
            split: table[table["cutoff"] < cutoffs[-1]] if split == "test" else table
            for split, table in found.tables.items()
        }
        return replace(found, tables=dropped)

    monkeypatch.setattr(tables, "tabulate_fold", whole_batches)


@leak("seeds", r"seeds: gru, validation, seed 9: step 1 of series A, log_volatility at cutoff .* moved")
def the_results_of_two_seeds_exchanged(monkeypatch: pytest.MonkeyPatch) -> None:
    honest = tabulating._members

    def exchanged(model: Any) -> Any:
        mean, *seeds = honest(model)
        parts = [part for _, part in reversed(seeds)]
        return [mean, *((seed, part) for (seed, _), part in zip(seeds, parts, strict=True))]

    monkeypatch.setattr(tabulating, "_members", exchanged)


@leak("forecasts", r"forecasts: gru, test: conformal_split of series A, .* moved")
def intervals_calibrated_on_the_test(monkeypatch: pytest.MonkeyPatch) -> None:
    honest = score.with_intervals
    monkeypatch.setattr(
        score,
        "with_intervals",
        lambda tables, nominal: honest(tables | {"validation": tables["test"]}, nominal),
    )


@leak("forecasts", r"forecasts: \w+, test: conformal_adaptive of series \w, .* moved")
def adaptive_intervals_that_forget_the_horizon(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each origin counts as judged when the next comes; a fast rate leaves a trace in few windows."""
    honest = intervals.adaptive_radii

    def at_once(calibration: Any, errors: Any, known: Any, nominal: Any) -> Any:
        every = np.broadcast_to(np.arange(known.shape[1])[None, :, None], known.shape)
        return honest(calibration, errors, every, nominal, rate=0.5)

    monkeypatch.setattr(intervals, "adaptive_radii", at_once)


@leak("forecasts", r"forecasts: gru, validation: mean of series A, .* moved", also="batches")
def a_forecast_normalised_over_its_batch(monkeypatch: pytest.MonkeyPatch) -> None:
    honest = networks.SavedNetworks.forecast

    def centred(self: Any, batch: Any) -> Any:
        forecasts = honest(self, batch)
        return forecasts - 0.01 * batch.past[:, -1, 0].mean()

    monkeypatch.setattr(networks.SavedNetworks, "forecast", centred)
    monkeypatch.setattr(forecasting, "BATCH", 10_000)


@leak("serving", r"serving: gru: step \d of series A, log_volatility .* in the table that is scored")
def serving_with_a_scaler_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    honest = predict.scaled
    monkeypatch.setattr(predict, "scaled", lambda values, loc, scale: honest(values, loc, scale) + 0.1)


@leak("selection", r"selection: \w+ was chosen, and \w+ when the test scores were dealt anew")
def selection_on_test_scores(monkeypatch: pytest.MonkeyPatch) -> None:
    honest = selection.error
    monkeypatch.setattr(selection, "error", lambda scores, _, score: honest(scores, "test", score))


# --- the data ---------------------------------------------------------------------------------------------


@leak("answers", r"columns.past: hint is log_volatility 1 steps later \(a straight line, in every series\)")
def the_answer_among_the_inputs(_: pytest.MonkeyPatch) -> Subject:
    usual = subject(columns={"past": ["hint"], "future": []})
    target = transforms.derive(usual.raw, "log_volatility")["log_volatility"]
    hint = 2 - 3 * np.append(target[1:], 0.0)
    return replace(usual, raw=usual.raw.with_columns({**usual.raw.columns, "hint": hint}))


@pytest.mark.parametrize("planted", LEAKS, ids=lambda planted: planted.name)
def test_the_audit_finds_it_and_names_the_place(planted: Leak, monkeypatch: pytest.MonkeyPatch) -> None:
    victim = planted.plant(monkeypatch) or subject()
    before = CHECKS[: [check.name for check in CHECKS].index(planted.check)]
    assert first_leak(audit(victim, before)) is None, "something else was found before"
    kind = AnswerError if planted.check == "answers" else LeakError
    with pytest.raises(kind, match=planted.said):
        BY_NAME[planted.check].run(victim)
    if planted.also:
        with pytest.raises(LeakError):
            BY_NAME[planted.also].run(victim)


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"split": {"folds": 2, "training_steps": 200}},
        {"split": ONCE},
        {"window": {"missing": "mask", "scaling": "window"}},
        {"window": {"missing": "interpolate", "scaling": "robust", "scaling_over": "panel"}},
        {
            "window": {"missing": "forward_fill", "scaling": "minmax"},
            "split": {"test": 0.1, "validation": 0.1},
        },
    ],
    ids=["as it is", "two folds", "fitted once", "mask", "interpolate", "forward fill"],
)
def test_nothing_is_found_where_nothing_is_planted(changes: dict[str, Any]) -> None:
    results = audit(subject(**changes), CHECKS)
    assert first_leak(results) is None
    assert all(sum(result.done.counts.values()) for result in results)


def test_bars_within_sessions_are_audited_as_well() -> None:
    results = {result.check.name: result for result in audit(quarters_of_an_hour(), CHECKS)}
    assert first_leak(list(results.values())) is None
    assert results["unfinished bar"].done.counts["bars"] > 1
    assert results["actions"].skipped


def test_the_manual_lists_the_leaks_that_are_planted() -> None:
    manual = (Path(__file__).parents[2] / "docs" / "data.md").read_text(encoding="utf-8")
    listed = [line.split("|")[1].strip() for line in manual.splitlines() if line.startswith("| leak: ")]
    assert [f"leak: {planted.name}" for planted in LEAKS] == listed
