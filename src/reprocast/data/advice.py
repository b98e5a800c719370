"""The expectations whose failure is a warning: what is possible but odd. It is listed and stops nothing."""

from dataclasses import dataclass

import numpy as np

from reprocast.data import expectation_classes as ours
from reprocast.data import warning_classes as odd
from reprocast.data.expectations import LACKS
from reprocast.data.expected import Asked, Check, made
from reprocast.data.findings import time_text
from reprocast.data.oddities import is_flag
from reprocast.data.training_part import Part
from reprocast.panel import Panel

LOOK = "look at these rows; raise validation.{key} or set it to null if they are right"


@dataclass(frozen=True)
class Subject:
    """What warnings are about, next to what params.yaml asks."""

    rows: Panel
    """The columns that are read (T,), as they come."""
    features: tuple[str, ...]
    """Columns of the checked frame that the models see: targets and past covariates, derived."""
    part: Part | None
    """The training part of the last fold, if it has one."""


def advise(asked: Asked, subject: Subject) -> list[Check]:
    """The expectations that a panel should meet."""
    return [
        *_lengths(asked, subject.part),
        *_steps(asked, subject.rows),
        *(_training(asked, subject.features, subject.part) if subject.part else ()),
    ]


def _lengths(asked: Asked, part: Part | None) -> list[Check]:
    needed = asked.rows_needed
    enough = made(
        ours.ExpectEnoughRows, f"a series (ds) should have {needed} rows", end=asked.end, needed=needed
    )
    remedy = "it may be skipped; give it more rows, or leave it out (data.series)"
    checks = [Check("enough_rows", "ds", enough, remedy, LACKS, "warning")]
    if part:
        statement = f"a series (ds) should have rows in training, which ends {_said(part.end)}"
        begun = made(odd.ExpectSeriesInTraining, statement, end=asked.end, **_fields(part))
        said = "series {series} has none"
        checks.append(Check("in_training", "ds", begun, remedy, said, "warning"))
    return checks


def _steps(asked: Asked, rows: Panel) -> list[Check]:
    """Jumps and values that stand still: of closing prices, or of each column that is no flag."""
    kind, checks = asked.data.kind, list[Check]()
    if kind == "events":
        return checks
    columns = ("close",) if kind == "prices" else asked.seen
    for name in columns:
        if name in rows.columns and not is_flag(rows, name):
            way = kind if name in asked.targets or kind == "prices" else "numeric"
            checks += _jumps(asked, name, way) + _frozen(asked, name, way)
    return checks


def _jumps(asked: Asked, column: str, way: str) -> list[Check]:
    z = asked.validation.jump_z
    if z is None:
        return []
    what = {"prices": f"log returns of {column}", "counts": f"changes of √{column}"}
    statement = f"{what.get(way, f'changes of {column}')} should stay within {z:g} robust deviations"
    expectation = made(odd.ExpectNoJumps, statement, end=asked.end, column=column, way=way, z=z)
    said = "series {series} has {count} of {of} beyond"
    return [Check("jumps", column, expectation, LOOK.format(key="jump_z"), said, "warning")]


def _frozen(asked: Asked, column: str, way: str) -> list[Check]:
    steps = asked.validation.frozen_steps
    if steps is None:
        return []
    zeros = way != "counts"
    statement = f"{column} should not stand still for {steps} rows" + ("" if zeros else ", but at 0")
    expectation = made(
        odd.ExpectNothingFrozen, statement, end=asked.end, column=column, steps=steps, zeros=zeros
    )
    said = "series {series} does so {count}×"
    return [Check("frozen_values", column, expectation, LOOK.format(key="frozen_steps"), said, "warning")]


def _training(asked: Asked, features: tuple[str, ...], part: Part) -> list[Check]:
    checks, limits = [], asked.validation
    for name in features:
        if limits.shift_psi is not None or limits.shift_ks is not None:
            checks.append(_shift(asked, name, part))
        checks.append(_familiar(asked, name, part))
    return checks


def _shift(asked: Asked, name: str, part: Part) -> Check:
    psi, ks = asked.validation.shift_psi, asked.validation.shift_ks
    limits = [f"{what} ≤ {most:g}" for what, most in (("PSI", psi), ("KS", ks)) if most is not None]
    later = f"{name} after {_said(part.end)} should be distributed as in training"
    statement = f"{later} ({', '.join(limits)})"
    expectation = made(
        odd.ExpectSameDistribution, statement, end=asked.end, column=name, psi=psi, ks=ks, **_fields(part)
    )
    remedy = "train on newer data as well, or forecast changes instead of levels"
    return Check("shift", name, expectation, remedy, "series {series} has moved", "warning")


def _familiar(asked: Asked, name: str, part: Part) -> Check:
    statement = f"{name} after {_said(part.end)} should have the level and spread of training"
    expectation = made(
        odd.ExpectFamiliarValues,
        statement,
        end=asked.end,
        column=name,
        look_back=asked.window.look_back,
        **_fields(part),
    )
    said = "series {series} does not in {count} of {of} look-backs"
    return Check("unit", name, expectation, "look for a change of unit", said, "warning")


def _fields(part: Part) -> dict[str, str | int]:
    """The training part as an expectation keeps it."""
    return {"begin": _kept(part.begin), "until": _kept(part.end)}


def _kept(time: np.datetime64 | int) -> str | int:
    return str(time) if isinstance(time, np.datetime64) else int(time)


def _said(time: np.datetime64 | int) -> str:
    return time_text(time if isinstance(time, np.datetime64) else np.int64(time))
