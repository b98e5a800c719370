"""Faults of roles, gaps and missing values."""

from collections.abc import Callable

import numpy as np
import pandas as pd

from faults.scene import Played, Scene
from reprocast.stages import baseline, evaluate_baseline, pull, validate, window

END, DAYS = "2024-03-30", 90
DATA = f'{{source: files, path: mine.csv, id: unique_id, end: "{END}", calendar: D, season: 7}}'


def _frame(ahead: int = 3) -> pd.DataFrame:
    """Two series of load to the end, and a plan for some days more."""
    rng, parts = np.random.default_rng(0), []
    for name, kind in (("a", "north"), ("b", "south")):
        days = pd.date_range("2024-01-01", periods=DAYS + ahead)
        load = np.where(np.arange(DAYS + ahead) < DAYS, rng.normal(5, 1, DAYS + ahead), np.nan)
        plan = rng.normal(size=DAYS + ahead)
        parts.append(
            pd.DataFrame(
                {"unique_id": name, "ds": days, "load": load, "plan": plan, "size": 3.0, "kind": kind}
            )
        )
    return pd.concat(parts, ignore_index=True)


def _play(scene: Scene, frame: pd.DataFrame, *before: Callable[[], None], **blocks: str) -> None:
    """The file and params.yaml, and the stages that come before the one that fails."""
    scene.write("mine.csv", frame.to_csv(index=False))
    scene.params(**({"data": DATA} | blocks))
    for stage in before:
        stage()


def _short_plan(scene: Scene) -> Played:
    _play(scene, _frame(ahead=1), pull.main, columns="{target: [load], future: [plan]}")
    return scene.stage("validate", validate.main)


def _hole_in_plan(scene: Scene) -> Played:
    frame = _frame()
    frame.loc[(frame["unique_id"] == "b") & (frame["ds"] == "2024-03-31"), "plan"] = np.nan
    _play(scene, frame, pull.main, columns="{target: [load], future: [plan]}")
    return scene.stage("validate", validate.main)


def _changing_static(scene: Scene) -> Played:
    frame = _frame()
    frame.loc[(frame["unique_id"] == "b") & (frame["ds"] > "2024-02-01"), "size"] = 4.0
    _play(scene, frame, pull.main, columns="{target: [load], static: [size]}")
    return scene.stage("validate", validate.main)


def _unknown_column(scene: Scene) -> Played:
    _play(scene, _frame(), pull.main, columns="{target: [load], static: [colour]}")
    return scene.stage("validate", validate.main)


def _two_roles(scene: Scene) -> Played:
    _play(scene, _frame(), columns="{target: [load], past: [plan], future: [plan]}")
    return scene.command("params")


def _forecast_ahead(scene: Scene) -> Played:
    _play(scene, _frame(), columns="{target: [load], future: [diff(load)]}")
    return scene.stage("pull", pull.main)


def _price_ahead(scene: Scene) -> Played:
    rows = pd.DataFrame({"ds": pd.date_range("2024-01-01", periods=DAYS)})
    frame = rows.assign(unique_id="a", open=1.0, high=1.0, low=1.0, close=1.0, volume=5.0)
    data = DATA.replace("season: 7", "season: 7, kind: prices")
    _play(scene, frame, data=data, columns="{target: [log_volatility], future: [volume]}")
    return scene.stage("pull", pull.main)


def _gap_refused(scene: Scene) -> Played:
    frame = _frame()
    _play(scene, frame[frame["ds"] != "2024-02-02"], pull.main)
    return scene.stage("validate", validate.main)


def _gap_unsaid(scene: Scene) -> Played:
    _play(scene, _frame(), validation="{gap_share: 0.1}")
    return scene.command("params")


def _missing_in_windows(scene: Scene) -> Played:
    """Validation would have said so; this is what `window` says to a panel that it did not see."""
    _play(scene, _frame(), pull.main, validate.main)
    frame = pd.read_parquet("data/validated/panel.parquet")
    frame.loc[12, "load"] = np.nan
    frame.to_parquet("data/validated/panel.parquet")
    return scene.stage("window", window.main)


def _too_many_gaps(scene: Scene) -> Played:
    frame = _frame()
    frame.loc[frame["ds"].dt.day % 4 == 0, "load"] = np.nan
    _play(
        scene, frame, pull.main, validate.main,
        validation="{missing_share: 0.5}", window="{look_back: 5, horizon: 2, missing: leave_out}",
    )  # fmt: skip
    return scene.stage("window", window.main)


def _other_windows(scene: Scene) -> Played:
    """A baseline of other windows than those that are there."""
    _play(scene, _frame(), pull.main, validate.main, window.main, lambda: baseline.main("naive"))
    scene.params(data=DATA, window="{look_back: 6, horizon: 2, missing: mask}")
    window.main()
    return scene.stage("evaluate_baseline@naive", lambda: evaluate_baseline.main("naive"))


SCENES: dict[str, Callable[[Scene], Played]] = {
    "plan-too-short": _short_plan,
    "plan-with-a-hole": _hole_in_plan,
    "static-that-changes": _changing_static,
    "static-unknown": _unknown_column,
    "column-with-two-roles": _two_roles,
    "target-known-ahead": _forecast_ahead,
    "price-known-ahead": _price_ahead,
    "gap-refused": _gap_refused,
    "gap-allowed-but-refused": _gap_unsaid,
    "missing-in-windows": _missing_in_windows,
    "gaps-everywhere": _too_many_gaps,
    "missing-declared-anew": _other_windows,
}
