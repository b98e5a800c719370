"""Faults that validation finds, before training and before forecasting; and what it only warns of."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from property.linear import fit

from faults.scene import Played, Scene
from reprocast.panel import Panel, write_panel
from reprocast.params.columns import Columns
from reprocast.params.window import Split, Window
from reprocast.stages import validate
from reprocast.tasks.forecast.cut import cut
from reprocast.tasks.forecast.predict import forecast_panel

DAYS = 90
END = "2024-03-30"
SHAPE = 'source: files, path: mine.csv, id: unique_id, calendar: D, season: 7, end: "2024-03-30"'
PRICES = ("open", "high", "low", "close")
FINDING = Callable[[dict[str, Any]], None]


def _columns() -> dict[str, Any]:
    """Two series of 90 days: prices, their volume, a load, and sales."""
    rng = np.random.default_rng(0)
    close = 100 * np.exp(rng.normal(0, 0.01, 2 * DAYS).cumsum())
    opening = close * np.exp(rng.normal(0, 0.005, 2 * DAYS))
    return {
        "open": opening,
        "high": np.maximum(opening, close) * 1.01,
        "low": np.minimum(opening, close) / 1.01,
        "close": close,
        "volume": rng.integers(1, 1000, 2 * DAYS) * 1.0,
        "load": 50 + 5 * np.sin(np.arange(2 * DAYS)) + rng.normal(0, 1, 2 * DAYS),
        "sales": rng.poisson(4, 2 * DAYS) * 1.0,
    }


def _panel(columns: dict[str, Any]) -> Panel:
    ds = np.datetime64("2024-01-01", "us") + np.tile(np.arange(DAYS), 2) * np.timedelta64(1, "D")
    return Panel(("a", "b"), np.array([0, DAYS, 2 * DAYS]), ds, columns)


def _raw(panel: Panel) -> None:
    folder = Path("data/raw")
    folder.mkdir(parents=True, exist_ok=True)
    write_panel(panel, folder / "panel.parquet")


def _scene(kind: str, target: str, plant: FINDING, **blocks: str) -> Callable[[Scene], Played]:
    """A panel with something planted in its columns, and the stage that looks at it."""

    def play(scene: Scene) -> Played:
        columns = _columns()
        plant(columns)
        _raw(_panel(columns))
        shape = f"{{{SHAPE}, kind: {kind}}}"
        scene.params(**({"data": shape, "columns": f"{{target: [{target}]}}"} | blocks))
        return scene.stage("validate", validate.main)

    return play


def _put(column: str, rows: int | slice, value: float) -> FINDING:
    """Rows of the second series, 'b', get a value."""

    def plant(columns: dict[str, Any]) -> None:
        columns[column][DAYS:][rows] = value

    return plant


def _times(column: str, factor: float, rows: slice) -> FINDING:
    def plant(columns: dict[str, Any]) -> None:
        columns[column][DAYS:][rows] *= factor

    return plant


def _nothing(_: dict[str, Any]) -> None:
    """All is well with the values."""


def _rows(keep: Callable[[Panel], Any], **blocks: str) -> Callable[[Scene], Played]:
    """The panel of load with only some of its rows."""

    def play(scene: Scene) -> Played:
        panel = _panel(_columns())
        _raw(panel.take(keep(panel)))
        scene.params(**({"data": f"{{{SHAPE}}}"} | blocks))
        return scene.stage("validate", validate.main)

    return play


def _second(panel: Panel) -> Any:
    return panel.series_of_rows() == 1


def _day(panel: Panel, day: str) -> Any:
    return panel.ds == np.datetime64(day)


def _forecast(change: Callable[[Panel], Panel]) -> Callable[[Scene], Played]:
    """A model of the load, and a panel to forecast from."""

    def play(scene: Scene) -> Played:
        panel = _panel({"load": _columns()["load"]})
        window, split = Window(look_back=7, horizon=2), Split(test=10, validation=10)
        model = fit(cut(panel, Columns(target=("load",)), window, split, 7, "D"))
        return scene.stage("predict", lambda: print(forecast_panel(model, change(panel))))

    return play


def _renamed(panel: Panel) -> Panel:
    return Panel(("a", "new"), panel.offsets, panel.ds, panel.columns)


def _with(change: Callable[[Any], Any]) -> Callable[[Panel], Panel]:
    """The last three loads of the second series changed."""

    def to(panel: Panel) -> Panel:
        load = panel.columns["load"].copy()
        load[-7:] = change(load[-7:])
        return panel.with_columns({"load": load})

    return to


def _last_missing(values: Any) -> Any:
    return np.where(np.arange(len(values)) == len(values) - 2, np.nan, values)


SCENES: dict[str, Callable[[Scene], Played]] = {
    "column-missing": _scene("numeric", "wind", _nothing),
    "value-missing": _scene("numeric", "load", _put("load", slice(3, 5), np.nan)),
    "value-infinite": _scene("numeric", "load", _put("load", 3, np.inf)),
    "price-not-positive": _scene("prices", "close", _put("low", 3, 0.0)),
    "price-inconsistent": _scene("prices", "close", _put("high", slice(3, 9), 1.0)),
    "volume-negative": _scene("prices", "close", _put("volume", 3, -1.0)),
    "count-not-whole": _scene("counts", "sales", _put("sales", 3, 2.5)),
    "event-negative": _scene("events", "sales", _put("sales", 3, -1.0)),
    "row-missing": _rows(lambda panel: ~(_second(panel) & _day(panel, "2024-02-01"))),
    "row-not-due": _rows(
        lambda panel: np.ones(len(panel), bool), data=f"{{{SHAPE.replace('calendar: D', 'calendar: B')}}}"
    ),
    "series-stale": _rows(lambda panel: ~_second(panel) | (panel.ds < np.datetime64("2024-03-20"))),
    "row-after-end": _rows(
        lambda panel: np.ones(len(panel), bool), data=f"{{{SHAPE.replace(END, '2024-03-28')}}}"
    ),
    "series-all-short": _rows(lambda panel: panel.ds > np.datetime64("2024-03-12")),
    "logarithm-of-nought": _scene("numeric", "log(sales)", _put("sales", 3, 0.0)),
    "many-faults": _scene(
        "prices", "close", lambda columns: columns.update(dict.fromkeys(PRICES, -columns["low"]))
    ),
    "warned-jump": _scene("numeric", "load", _put("load", 40, 5000.0)),
    "warned-frozen": _scene("numeric", "load", _put("load", slice(40, 52), 50.0)),
    "warned-shift": _scene(
        "numeric", "load", _times("load", 1.3, slice(70, DAYS)), validation="{jump_z: null}"
    ),
    "warned-unit": _scene(
        "numeric",
        "load",
        _times("load", 1000, slice(70, DAYS)),
        validation="{jump_z: null, shift_psi: null, shift_ks: null}",
    ),
    "warned-short-series": _rows(lambda panel: ~_second(panel) | (panel.ds > np.datetime64("2024-03-12"))),
    "forecast-unseen-series": _forecast(_renamed),
    "forecast-missing-value": _forecast(_with(_last_missing)),
    "forecast-changed-unit": _forecast(_with(lambda load: 1000 * load)),
}
