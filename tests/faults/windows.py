"""Splits and windows that cannot be: refused by params.yaml's checks, or by the stage that sees the data."""

import io
from collections.abc import Callable

import numpy as np
from property.panels import day

from faults.scene import Played, Scene
from reprocast.panel import Panel, Times, write_panel
from reprocast.stages import baseline, window

WINDOW = "{look_back: 5, horizon: 2, embargo: 2}"


def days(first: int, last: int) -> Times:
    return np.array([day(n) for n in range(first, last)])


def stage(scene: Scene, *times: Times, **blocks: str) -> Played:
    """The stage window on validated series a, b, … with a row at each of their times."""
    validated(scene, *times, **blocks)
    return scene.stage("window", window.main)


def validated(scene: Scene, *times: Times, **blocks: str) -> None:
    calendar = "D" if times[0].dtype.kind == "M" else "step"
    data = f"{{source: files, path: mine.csv, end: '2024-12-31', calendar: {calendar}, season: 7}}"
    scene.params(**{"data": data, "window": WINDOW} | blocks)
    offsets = np.concatenate([[0], np.cumsum([len(part) for part in times])])
    load = np.random.default_rng(0).normal(size=offsets[-1])
    panel = Panel(tuple("ab"[: len(times)]), offsets, np.concatenate(times), {"load": load})
    content = io.BytesIO()
    write_panel(panel, content)
    scene.write("data/validated/panel.parquet", content.getvalue())


def checked(**blocks: str) -> Callable[[Scene], Played]:
    """What `reprocast params` says of these blocks."""

    def play(scene: Scene) -> Played:
        scene.params(**{"window": WINDOW} | blocks)
        return scene.command("params")

    return play


def cut(*times: Times, **blocks: str) -> Callable[[Scene], Played]:
    """What the stage window says of these series and blocks."""
    return lambda scene: stage(scene, *times, **blocks)


def damaged(scene: Scene) -> Played:
    validated(scene, days(0, 60))
    scene.stage("window", window.main)
    scene.write("data/windows/ds.npy", b"something else")
    return scene.stage("baseline", lambda: baseline.main("naive"))


SCENES: dict[str, Callable[[Scene], Played]] = {
    "windows-span-too-short": checked(split="{test: 1, validation: 10}"),
    "windows-training-too-short": checked(split="{test: 10, validation: 10, training_steps: 1}"),
    "windows-nothing-to-train-on": checked(split="{test: 0.5, validation: 0.5}"),
    "windows-steps-and-date": checked(split='{test: 10, validation: "2024-01-01"}'),
    "windows-tests-overlap": checked(split="{test: 10, validation: 10, folds: 2, step: 9}"),
    "windows-refit-of-one-fold": checked(split="{test: 10, validation: 10, refit: false}"),
    "windows-no-such-scaler": checked(window="{look_back: 5, horizon: 2, scaling: median}"),
    "windows-dates-for-steps": cut(np.arange(60), split='{test: "2022-02-01", validation: "2022-01-20"}'),
    "windows-date-outside": cut(days(0, 60), split='{test: "2023-02-01", validation: "2022-01-20"}'),
    "windows-fraction-of-a-step": cut(days(0, 60), split="{test: 0.2, validation: 0.001}"),
    "windows-folds-do-not-fit": cut(days(0, 60), split="{test: 10, validation: 10, folds: 5}"),
    "windows-embargo-eats-training": cut(days(0, 60), window="{look_back: 5, horizon: 2, embargo: 20}"),
    "windows-one-short": cut(days(0, 60), days(54, 60)),
    "windows-one-late": cut(days(0, 60), days(40, 60)),
    "windows-all-short": cut(days(0, 6), days(1, 6)),
    "windows-damaged": damaged,
}
