"""Raw rows become the same channels, times and refusals with numpy alone as with a panel and pandas."""

import json
from contextlib import nullcontext
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from drawn_network import HORIZON, LOOK_BACK, described
from ruamel.yaml import YAML

from reprocast.data.calendars import due_times, following
from reprocast.data.channels import derive_channels
from reprocast.data.familiar import Ranges, unfamiliar
from reprocast.data.transforms import CALENDAR, FEATURES, calendar_channels, derive, needed_columns
from reprocast.data.windows import Channels
from reprocast.deterministic import canonical_json
from reprocast.errors import DataError, ParamsError, ReprocastError, UsageError
from reprocast.model import Description, Roles, Shown
from reprocast.panel import Panel, from_frame
from reprocast.tasks.forecast.light.formulas import CYCLES, FORMULAS, on_the_circle
from reprocast.tasks.forecast.light.rows import Rows, rows_of
from reprocast.tasks.forecast.light.steps import OFF, steps_from
from reprocast.tasks.forecast.light.units import refuse_unfamiliar
from reprocast.tasks.forecast.onnx_reading import reading_of
from reprocast.tasks.forecast.predict import _past, _seen

RECIPES = sorted((Path(__file__).parents[4] / "recipes").glob("*.yaml"))
FIRST = np.datetime64("2012-11-05T00:00", "us")
DAYS = LOOK_BACK + 21


def times_of(calendar: str, count: int = DAYS) -> Any:
    origin = 7 if calendar == "step" else FIRST
    return np.append(origin, following(calendar, origin, count - 1))


def panel_of(columns: tuple[str, ...], calendar: str, rows: int = DAYS) -> Panel:
    """One series; prices are positive and each high is above its low."""
    rng = np.random.default_rng(5)
    drawn = {name: rng.uniform(1 + (name == "high"), 2 + (name == "high"), rows) for name in columns}
    return from_frame(pd.DataFrame({"unique_id": "a", "ds": times_of(calendar, rows), **drawn}))


def model_of(panel: Panel, features: Roles, **changes: Any) -> Description:
    mask = changes.get("missing") == "mask"
    channels = derive_channels(panel, Channels(**dict(features)), mask=mask)[1]
    C = len(channels.names)
    return described(
        {"cell": "gru"}, features=features, channels=Roles.model_validate(vars(channels)), series=("a",),
        loc=((0.0,) * C,), scale=((1.0,) * C,), static=((),), **changes,
    )  # fmt: skip


def light(panel: Panel, description: Description, known: int = 0) -> Rows:
    """Of the panel's rows, the last `known` of which hold what is known ahead."""
    about = json.loads(canonical_json(description.model_dump(mode="json")))
    reading = json.loads(canonical_json(reading_of(description)))
    stop = len(panel) - known
    columns = {name: values[:stop] for name, values in panel.columns.items()}
    ahead = {name: values[stop:].tolist() for name, values in panel.columns.items()} if known else {}
    return rows_of(about, reading, "a", panel.ds[:stop], columns, ahead)


def holds(panel: Panel, description: Description, known: int = 0) -> None:
    """Both see the same, to the bit."""
    seen, found = _seen(panel, description), light(panel, description, known)
    expected, F = _past(seen, description, np.asarray([0]))[0], len(description.channels.future)
    assert np.array_equal(found.past, expected)
    ahead = seen.values[seen.cutoffs[0] + 1 :]
    assert np.array_equal(found.future, ahead[:, ahead.shape[1] - F :])
    assert np.array_equal(found.ahead, seen.panel.ds[seen.cutoffs[0] + 1 :])


@pytest.mark.parametrize("path", RECIPES, ids=lambda path: path.stem)
def test_the_columns_of_every_recipe_become_what_training_saw(path: Path) -> None:
    params = YAML(typ="safe").load(path)
    roles = {name: tuple(params["columns"][name]) for name in ("target", "past", "future")}
    features, calendar = Roles(**roles), params["data"]["calendar"]
    panel = panel_of(needed_columns(sum(roles.values(), ())), calendar)
    holds(panel, model_of(panel, features, calendar=calendar, missing=params["window"]["missing"]))


@pytest.mark.parametrize("missing", ["forward_fill", "interpolate", "mask"])
def test_gaps_are_filled_as_in_training(missing: str) -> None:
    roles = {"target": ("load", "diff(load)"), "past": ("log_return(price)", "month"), "future": ("hour",)}
    whole = panel_of(("load", "price"), "D").to_frame()
    whole.loc[[DAYS - 1, DAYS - 2, DAYS - 8], "load"] = np.nan
    whole.loc[[DAYS - 9], "price"] = np.nan
    panel = from_frame(whole.drop(index=[DAYS - 5, DAYS - 12]))
    model = model_of(panel_of(("load", "price"), "D"), Roles(**roles), missing=missing)  # type: ignore[arg-type]
    holds(panel, model)
    far = from_frame(whole.assign(load=whole["load"].where(whole.index < DAYS - LOOK_BACK - 2)))
    if missing == "mask":
        holds(far, model)
    else:
        with pytest.raises(DataError, match=r"load at .*no finite value within the look-back"):
            light(far, model)


def test_what_is_known_ahead_goes_on_from_the_past() -> None:
    roles = {"target": ("load",), "past": (), "future": ("plan", "diff(plan)", "day_of_week")}
    frame = panel_of(("load", "plan"), "D").to_frame()
    frame.loc[DAYS - HORIZON :, "load"] = np.nan
    panel = from_frame(frame)
    model = model_of(panel, Roles(**roles))  # type: ignore[arg-type]
    holds(panel, model, known=HORIZON)
    short, filling = panel.take(np.arange(DAYS) < DAYS - 1), model.model_copy(update={"missing": "mask"})
    for one in (model, filling):  # a plan is not filled
        with pytest.raises(DataError, match="plan: not known at 1 of the 3 steps to be forecast, the first"):
            light(short, one, known=HORIZON - 1)


def test_a_column_that_is_called_like_a_feature_is_the_column() -> None:
    panel = panel_of(("close", "log_return", "month"), "D")
    holds(panel, model_of(panel, Roles(target=("close",), past=("log_return", "month"), future=("month",))))


def test_every_feature_is_derived_as_training_derived_it() -> None:
    assert set(FORMULAS) == set(FEATURES)
    assert set(CYCLES) == set(CALENDAR)
    panel = panel_of(("open", "high", "low", "close", "volume"), "D")
    for name, feature in FEATURES.items():
        columns = feature.columns or ("close",)
        expected = derive(panel, name if feature.columns else f"{name}(close)")
        found = FORMULAS[name](*(panel.columns[column] for column in columns))
        assert np.array_equal(found, next(iter(expected.values())), equal_nan=True), name
    moments = FIRST + np.arange(0, 4 * 366 * 24 * 60, 977) * np.timedelta64(1, "m")
    for name in CALENDAR:
        for channel, values in calendar_channels(name, moments).items():
            assert np.array_equal(on_the_circle(name, moments)[channel], values), channel


CALENDARS = ["step", "s", "15min", "h", "6h", "D", "7D", "B", "2B", "W", "2W", "MS", "3MS", "ME", "2ME"]
CALENDARS += ["QS", "2QS", "YS", "XNYS", "XLON", "XTKS"]


@pytest.mark.parametrize("calendar", CALENDARS)
def test_steps_are_those_of_the_calendar(calendar: str) -> None:
    sessions = reading_of(described({"cell": "gru"}, calendar=calendar)).get("sessions")
    sessions = sessions and json.loads(canonical_json(sessions))
    start = np.datetime64("2011-12-30T00:00", "us") if sessions else np.datetime64("2011-12-29T10:30", "us")
    origin = following(calendar, 3 if calendar == "step" else start, 1)[0]
    expected = np.append(origin, following(calendar, origin, 300))
    steps = steps_from(origin, calendar, sessions)
    assert np.array_equal(steps.times(np.arange(301)), expected)
    assert np.array_equal(steps.places(expected), np.arange(301))
    if calendar != "step":
        gaps = [expected[:-1] + np.diff(expected) * part // 6 for part in range(1, 6)]
        near = np.unique(np.concatenate([expected, *gaps]))
        due = np.isin(near, due_times(calendar, near[0], near[-1]))
        assert np.array_equal(steps.places(near) != OFF, due)


def test_what_no_file_knows_is_refused_by_name() -> None:
    with pytest.raises(UsageError, match="calendar XNYS@15min: the exported file does not hold its times"):
        steps_from(FIRST, "XNYS@15min", None)
    sessions = json.loads(canonical_json(reading_of(described({"cell": "gru"}, calendar="XNYS"))["sessions"]))
    steps = steps_from(FIRST, "XNYS", sessions)
    with pytest.raises(DataError, match="knows the exchange's days from 1990-01-01 to 2049-12-31"):
        steps.times(np.asarray([10_000]))
    noon = FIRST + np.timedelta64(12, "h")  # a session is due at its date, not at a time of that day
    assert steps_from(noon, "XNYS", sessions).places(np.asarray([noon]))[0] == OFF
    short = json.loads(canonical_json(reading_of(described({"cell": "gru"}, calendar="XSHG"))["sessions"]))
    assert short["first"] > "1990"
    assert short["last"] < "2049"


ROLES = Roles(target=("load",), past=("log_return(price)",), future=("day_of_week",))


@pytest.mark.parametrize(
    ("change", "error", "said"),
    [
        (lambda p: p.take(np.arange(DAYS) < 8), DataError, "series a: has 8 rows, but net looks back 9"),
        (
            lambda p: p.take(np.arange(DAYS) < 9),
            DataError,
            r"log_return\(price\) at .*rows before the look-b",
        ),
        (lambda p: p.take(np.arange(DAYS) != DAYS - 4), DataError, "series a, load at .*no finite value"),
        (lambda p: p.take(np.arange(DAYS) < 0), DataError, "series a: no rows"),
        (lambda p: p.with_columns({"load": p.columns["load"]}), ParamsError, "needs column 'price'"),
        (
            lambda p: p.with_columns({**p.columns, "price": -p.columns["price"]}),
            DataError,
            "has no value for",
        ),
        (lambda p: p.with_columns({**p.columns, "load": p.columns["load"] * np.inf}), DataError, "no finite"),
    ],
)
def test_both_refuse_the_same(change: Any, error: type[ReprocastError], said: str) -> None:
    panel = panel_of(("load", "price"), "D")
    model, changed = model_of(panel, ROLES), change(panel)
    with pytest.raises(error, match=said):
        light(changed, model)
    if len(changed):
        with pytest.raises(error):
            _past(_seen(changed, model), model, np.asarray([0]))


def test_times_that_are_not_due_or_in_order_are_refused() -> None:
    panel = panel_of(("load", "price"), "D")
    model, hour = model_of(panel, ROLES), np.timedelta64(1, "h")
    odd = Panel(panel.ids, panel.offsets, panel.ds + hour * (np.arange(DAYS) == 3), panel.columns)
    with pytest.raises(DataError, match=r"nothing is due at 2012-11-08T01:00 by calendar D \(1 such rows\)"):
        light(odd, model)
    turned = Panel(panel.ids, panel.offsets, panel.ds[::-1], panel.columns)
    with pytest.raises(DataError, match="series a, row 1: comes after a later time"):
        light(turned, model)
    with pytest.raises(DataError, match=r"load: has shape \(5,\), its times \(30,\)"):
        light(panel.with_columns({**panel.columns, "load": np.zeros(5)}), model)


def test_units_are_those_that_training_has_shown() -> None:
    """Look-backs of any level and spread: refused here exactly where `data.familiar` finds them strange."""
    rng, names = np.random.default_rng(2), ("load", "log_return(price)")
    shown = Shown(low=((0.0, -1.0),), high=((10.0, 1.0),), least=((0.5, 0.2),), most=((3.0, 0.0),))
    panel = panel_of(("load", "price"), "D")
    model = model_of(panel, Roles(target=names[:1], past=names[1:], future=("hour",)))
    wide = Shown(**{name: ((*part[0], 0.0, 0.0),) for name, part in shown})  # and the channels of the hour
    limits = json.loads(canonical_json(reading_of(model.model_copy(update={"shown": wide}))["limits"]))[0]
    assert limits[2:] == [[None] * 4] * 2
    ranges, strange = Ranges(**{name: np.asarray(part) for name, part in shown}), []
    for _ in range(300):
        level, spread = rng.uniform(-80, 90, 2), 10 ** rng.uniform(-3, 3, 2) * (rng.random(2) > 0.1)
        past = level + spread * rng.normal(size=(LOOK_BACK, 2))
        strange.append(bool(unfamiliar(past[None], ranges).any()))
        expected = pytest.raises(DataError, match="another unit") if strange[-1] else nullcontext()
        with expected:
            refuse_unfamiliar(past, limits[:2], np.zeros((2, 2)), "series a", names)
    assert 0 < sum(strange) < 300
