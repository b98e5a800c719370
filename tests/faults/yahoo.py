"""What Yahoo may do wrong, played by the stand-in to the real client, after a good answer was stored."""

import subprocess
from collections.abc import Callable
from functools import partial

from faults.scene import Played, Scene
from reprocast.commands import doctor_yahoo
from reprocast.data.sources import SOURCES, Source, yahoo
from reprocast.data.sources.yahoo_rehearsal import rehearsing
from reprocast.data.sources.yahoo_scenarios import GOOD, SCENARIOS, Scenario

HANG = 0.15
"""Seconds an attempt may take where nothing ever comes."""


def acquire(scene: Scene, scenario: Scenario, **asked: str) -> Played:
    """`reprocast acquire` with the stand-in in Yahoo's place."""
    span = {"start": "2024-06-03", "end": "2024-06-07", "calendar": "XNYS"} | asked
    keys = ", ".join(f'{name}: "{value}"' for name, value in span.items())
    scene.params(data=f"{{source: yahoo, series: [{', '.join(scenario.asked)}], {keys}, season: 5}}")
    hangs = any(reply.hang for reply in scenario.replies)
    with rehearsing(scenario) as played:
        client = played.client(timeout=HANG if hangs else 5)
        scene.monkeypatch.setitem(
            SOURCES,
            "yahoo",
            Source(yahoo.request, lambda data, operations: yahoo.ask(data, operations, client, scenario.now)),
        )
        return scene.command("acquire")


def after_a_good_day(scene: Scene, scenario: Scenario) -> Played:
    """A good answer is there; then the fault happens."""
    good = acquire(scene, GOOD)
    assert good.code == 0, good.said
    return acquire(scene, scenario)


def closed_market(scene: Scene) -> Played:
    """Saturday and Sunday."""
    scenario = SCENARIOS["empty-result"]
    return acquire(scene, scenario, start="2024-06-01", end="2024-06-02")


def too_long_ago(scene: Scene) -> Played:
    """Bars of 15 minutes of a year ago."""
    return acquire(scene, GOOD, calendar="XNYS@15min", start="2023-06-05")


def no_such_bars(scene: Scene) -> Played:
    """Yahoo has no bars of ten minutes."""
    return acquire(scene, GOOD, calendar="XNYS@10min")


def doctor_hang(scene: Scene) -> Played:
    """`reprocast doctor --source yahoo` while Yahoo hangs."""
    with rehearsing(SCENARIOS["hang"]) as played:
        scene.monkeypatch.setattr(doctor_yahoo, "Client", lambda _: played.client(timeout=HANG))
        return scene.command("doctor", "--source", "yahoo")


def doctor_elsewhere(scene: Scene) -> Played:
    """`reprocast doctor` in a folder that git knows and DVC does not."""
    subprocess.run(["git", "init", "-q"], check=True)
    return scene.command("doctor")


def no_such_scenario(scene: Scene) -> Played:
    """`reprocast doctor` is asked for a failure that it does not know."""
    return scene.command("doctor", "--source", "yahoo", "--rehearse", "earthquake")


FAULTS = {
    "yahoo-rate-limit": "rate-limit",
    "yahoo-rate-limit-long": "rate-limit-long",
    "yahoo-refused": "refused",
    "yahoo-server-error": "server-error",
    "yahoo-maintenance": "maintenance",
    "yahoo-cut": "cut",
    "yahoo-hang": "hang",
    "yahoo-malformed-json": "malformed-json",
    "yahoo-no-network": "no-network",
    "yahoo-empty": "empty-result",
    "yahoo-renamed-column": "renamed-column",
    "yahoo-unknown-ticker": "unknown-ticker",
    "yahoo-one-of-two": "one-of-two-unknown",
    "yahoo-missing-sessions": "missing-sessions",
    "yahoo-nan": "nan-in-last-bar",
}
"""Name in the table -> scenario."""

SCENES: dict[str, Callable[[Scene], Played]] = {
    **{name: partial(after_a_good_day, scenario=SCENARIOS[key]) for name, key in FAULTS.items()},
    "yahoo-too-long-ago": too_long_ago,
    "yahoo-no-such-bars": no_such_bars,
    "yahoo-no-such-scenario": no_such_scenario,
    "yahoo-closed-market": closed_market,
    "yahoo-doctor-hang": doctor_hang,
    "doctor-no-project": doctor_elsewhere,
}
