"""Folds, splits and windows against a loop over every window there is, one at a time."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np
from hypothesis import assume, event, given, settings
from hypothesis import strategies as st

from reprocast.data.admissible import Series
from reprocast.data.folds import make_fold
from reprocast.data.held import Shape
from reprocast.data.skipping import without_short
from reprocast.data.splitting import fold_spans, time_grid
from reprocast.data.windows import Channels, Fold
from reprocast.errors import DataError
from reprocast.params.window import Split

modest = settings(deadline=None, max_examples=100)
FIRST = np.datetime64("2023-12-25", "us")
SPLITS = ("train", "validation", "test")
Days = list[np.datetime64]


@dataclass(frozen=True)
class Case:
    """Series, and how they are to be cut."""

    series: Series
    split: Split
    embargo: int
    shape: Shape

    def cut(self) -> tuple[Series, dict[str, str], list[Fold]]:
        """What the code under test makes of it."""
        spans = fold_spans(self.series.grid, self.split, self.embargo)
        kept, skipped = without_short(self.series, spans[-1], self.shape)
        return kept, dict(skipped), [make_fold(kept, each, self.shape) for each in spans]


@st.composite
def cases(draw: st.DrawFn) -> Case:
    """Ragged series, some short, with gaps and rows that may not be seen or forecast."""
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    L, H, embargo = draw(st.integers(1, 4)), draw(st.integers(1, 3)), draw(st.integers(0, 4))
    split, length = _split(draw, H, embargo)
    days = [_days(draw, rng, length) for _ in range(draw(st.integers(1, 4)))]
    ds, offsets = np.concatenate(days), np.concatenate([[0], np.cumsum([len(part) for part in days])])
    values = rng.normal(size=(len(ds), 2))
    values[rng.random(len(ds)) < draw(st.sampled_from([0, 0.05])), 1] = np.nan
    masks = {}
    if draw(st.booleans()):
        masks = {name: rng.random(len(ds)) >= 0.03 for name in ("seen", "ahead", "cutoffs")}
    channels = Channels(("y",), ("x",))
    ids = tuple("ABCD"[: len(days)])
    series = Series(values, ids, offsets, channels, ds, time_grid(ds, offsets), **masks)
    return Case(series, split, embargo, Shape(L, H, "standard"))


def _split(draw: st.DrawFn, horizon: int, embargo: int) -> tuple[Split, int]:
    """A split of any kind, and about as many days as it needs."""
    test, validation = (draw(st.integers(horizon, horizon + 6)) for _ in range(2))
    folds = draw(st.integers(1, 3))
    step = draw(st.none() | st.integers(test, test + 3))
    length = test + validation + 2 * embargo + (folds - 1) * (step or test) + draw(st.integers(4, 20))
    kind, sizes = draw(st.sampled_from(["steps", "fractions", "dates"])), {}
    if kind == "steps":
        sizes = {"test": test, "validation": validation}
    elif kind == "fractions":
        sizes = {"test": test / length, "validation": validation / length}
    else:
        begin = length - test
        sizes = {"test": _text(begin), "validation": _text(begin - embargo - validation)}
    training = draw(st.none() | st.integers(horizon, 12))
    return Split.model_validate({**sizes, "folds": folds, "step": step, "training_steps": training}), length


def _text(day: int) -> str:
    return str((FIRST + np.timedelta64(day, "D")).astype("datetime64[D]"))


def _days(draw: st.DrawFn, rng: np.random.Generator, length: int) -> np.ndarray:
    first, last = 0, length
    if draw(st.booleans()):
        first = draw(st.integers(0, length - 1))
        last = draw(st.integers(first + 1, length))
    days = FIRST + np.arange(first, last) * np.timedelta64(1, "D")
    return days[rng.random(len(days)) >= draw(st.sampled_from([0, 0.1]))]


def fold_days(case: Case) -> list[dict[str, Days]] | None:
    """The days each split of each fold may forecast, taken off the end one by one; None: too few days."""
    days, sizes, split = sorted(set(case.series.ds)), [], case.split
    for length in (split.test, split.validation):
        if isinstance(length, str):
            later = [day for day in days if day >= np.datetime64(length, "us")]
            if not later or len(later) == len(days):
                return None
            later = later[: len(later) - sizes[0] - case.embargo] if sizes else later
            sizes.append(len(later))
        else:
            sizes.append(length if isinstance(length, int) else round(length * len(days)))
    step, folds = split.step or sizes[0], []
    if step < sizes[0] or not all(sizes):
        return None
    for back in range(split.folds):
        left = days[: max(len(days) - back * step, 0)]
        taken = []
        for size in sizes:
            taken.append([left.pop() for _ in range(min(size, len(left)))])
            left = left[: max(len(left) - case.embargo, 0)]
        if not left or (
            split.folds > 1 and back == split.folds - 1 and len(left) < (split.training_steps or 1)
        ):
            return None
        train = left[-split.training_steps :] if split.training_steps else left
        folds.append({"train": train, "validation": taken[1], "test": taken[0]})
    return folds[::-1]


def windows_of(series: Series, shape: Shape) -> Iterator[tuple[int, int, range]]:
    """Series, start and target rows of every window."""
    for n in range(len(series.ids)):
        for start in range(series.offsets[n], series.offsets[n + 1] - shape.steps + 1):
            yield n, start, range(start + shape.look_back, start + shape.steps)


def may_be_used(series: Series, shape: Shape, start: int) -> bool:
    complete = ~np.isnan(series.values).any(axis=1)
    seen = complete if series.seen is None else series.seen
    ahead = complete if series.ahead is None else series.ahead
    cutoff = start + shape.look_back - 1
    rows = [seen[row] for row in range(start, cutoff + 1)]
    rows += [ahead[row] for row in range(cutoff + 1, start + shape.steps)]
    return all(rows) and (series.cutoffs is None or bool(series.cutoffs[cutoff]))


def is_trained(series: Series, n: int, days: Days) -> bool:
    rows = [row for row in range(series.offsets[n], series.offsets[n + 1]) if series.ds[row] in days]
    return all(any(not np.isnan(series.values[row, c]) for row in rows) for c in range(2))


def expected(
    series: Series, days: dict[str, Days], shape: Shape
) -> dict[str, dict[str, list[tuple[int, int]]]]:
    """(series, start) of the windows in each split, of those left out, and of those purged."""
    found = {what: {name: [] for name in SPLITS} for what in ("starts", "left_out", "purged")}
    for n, start, targets in windows_of(series, shape):
        inside = {name: [series.ds[row] in days[name] for row in targets] for name in SPLITS}
        whole = [name for name in SPLITS if all(inside[name])]
        touched = [name for name in SPLITS if any(inside[name])]
        if whole:
            good = may_be_used(series, shape, start) and is_trained(series, n, days["train"])
            found["starts" if good else "left_out"][whole[0]].append((n, start))
        elif touched:
            found["purged"][touched[0]].append((n, start))
    return found


def takes_part(series: Series, n: int, days: dict[str, Days], shape: Shape) -> bool:
    windows = [
        start
        for m, start, targets in windows_of(series, shape)
        if m == n
        and any(all(series.ds[row] in days[name] for row in targets) for name in SPLITS)
        and may_be_used(series, shape, start)
    ]
    return bool(windows) and is_trained(series, n, days["train"])


def is_refused(case: Case, folds: list[dict[str, Days]] | None) -> bool:
    """Whether there are too few days, no series takes part, or a split of a fold holds no window."""
    part = [takes_part(case.series, n, folds[-1], case.shape) for n in range(len(case.series.ids)) if folds]
    if not folds or not any(part):
        return True
    kept = case.series.take(np.array(part))
    every = [expected(kept, days, case.shape)["starts"] for days in folds]
    return any(not starts[name] for starts in every for name in SPLITS)


@modest
@given(cases())
def test_every_admissible_window_is_there_once_and_no_other(case: Case) -> None:
    folds = fold_days(case)
    try:
        kept, skipped, made = case.cut()
    except DataError:
        event("refused")
        assert is_refused(case, folds)
        return
    event(f"{len(made)} folds")
    assert folds is not None
    part = [takes_part(case.series, n, folds[-1], case.shape) for n in range(len(case.series.ids))]
    assert [name not in skipped for name in case.series.ids] == part
    for fold, days in zip(made, folds, strict=True):
        assert fold.bounds == {name: (min(days[name]), max(days[name])) for name in SPLITS}
        found = expected(kept, days, case.shape)
        for name in SPLITS:
            assert fold.starts[name][:].tolist() == [start for _, start in found["starts"][name]]
            for what in ("left_out", "purged"):
                counts = [sum(m == n for m, _ in found[what][name]) for n in range(len(kept.ids))]
                assert getattr(fold, what)[name].tolist() == counts


@modest
@given(cases())
def test_target_spans_of_two_splits_keep_the_embargo(case: Case) -> None:
    try:
        kept, _, folds = case.cut()
    except DataError:
        assume(False)
    grid, L, H = case.series.grid, case.shape.look_back, case.shape.horizon
    for fold in folds:
        positions = {
            name: np.searchsorted(grid, kept.ds[starts[:, None] + L + np.arange(H)])
            for name, starts in ((name, fold.starts[name][:]) for name in SPLITS)
        }
        for earlier, later in (("train", "validation"), ("validation", "test")):
            assert positions[later].min() - positions[earlier].max() > case.embargo
    for earlier, later in pairwise(folds):
        assert earlier.bounds["test"][1] < later.bounds["test"][0]


@modest
@given(cases(), st.sampled_from(["standard", "robust", "minmax", "window", "none"]), st.booleans())
def test_scalers_see_training_steps_only(case: Case, scaling: str, panel: bool) -> None:
    shape = replace(case.shape, scaling=scaling, over="panel" if panel else "series")
    try:
        kept, _, folds = replace(case, shape=shape).cut()
    except DataError:
        assume(False)
    spans = fold_spans(case.series.grid, case.split, case.embargo)
    for fold, span in zip(folds, spans, strict=True):
        first, last = fold.bounds["train"]
        outside = (kept.ds < first) | (kept.ds > last)
        wild = np.where(outside[:, None], 1e6 * np.arange(2 * len(kept.ds)).reshape(-1, 2), kept.values)
        masks = {name: np.ones(len(kept.ds), bool) for name in ("seen", "ahead")}
        other = make_fold(replace(kept, values=wild, cutoffs=None, **masks), span, shape)
        for name in ("loc", "scale", "score_loc", "score_scale"):
            assert np.array_equal(getattr(fold, name), getattr(other, name), equal_nan=True)
