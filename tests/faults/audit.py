"""The audit: no data yet, a feature that looks ahead, the answer among the inputs."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from faults.scene import Played, Scene
from reprocast.data import transforms


def without_data(scene: Scene) -> Played:
    scene.params()
    scene.write("mine.csv", _table())
    return scene.command("audit")


def feature_looks_ahead(scene: Scene) -> Played:
    scene.params(columns="{target: [load], past: [diff(load)]}")
    scene.write("mine.csv", _table())
    scene.command("acquire")
    share = replace(transforms.FEATURES["diff"], derive=lambda values: values / np.abs(values).max())
    scene.monkeypatch.setitem(transforms.FEATURES, "diff", share)
    return scene.command("audit", "--instants", "4")


def answer_among_inputs(scene: Scene) -> Played:
    scene.params(columns="{target: [load], past: [hint]}")
    scene.write("mine.csv", _table())
    scene.command("acquire")
    return scene.command("audit", "--instants", "4")


def _table() -> str:
    """90 days of a load, and a hint that is tomorrow's."""
    load = np.random.default_rng(0).normal(5, 1, 91)
    days = np.datetime64("2024-10-03") + np.arange(90)
    lines = [f"a,{day},{load[n]},{2 * load[n + 1]}" for n, day in enumerate(days)]
    return "\n".join(["unique_id,ds,load,hint", *lines]) + "\n"


SCENES: dict[str, Callable[[Scene], Played]] = {
    "audit-without-data": without_data,
    "audit-feature-looks-ahead": feature_looks_ahead,
    "audit-answer-among-inputs": answer_among_inputs,
}
