"""What may happen to the answers that are kept, played with a scripted source after a good one was stored."""

import errno
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from filelock import FileLock
from live_source import BLOCK, LiveSource, prices

from faults.scene import Played, Scene
from reprocast.commands.folder.alone import LOCK
from reprocast.commands.repository import tracked
from reprocast.data.vintage import VINTAGES
from reprocast.data.vintages import known
from reprocast.stages import pull
from reprocast.stages.acquire import REPORT
from reprocast.stages.publish import STATE

TESTS = Path(__file__).parents[1]
STOPPED = """\
import os, sys
sys.path.insert(0, {tests!r})
import pytest
from live_source import LiveSource, prices
from reprocast import cli
from reprocast.stages import publish
LiveSource(pytest.MonkeyPatch(), prices(sessions=42))
publish._flush = lambda folder: os.kill(os.getpid(), {number})
sys.argv = ["reprocast", "acquire"]
cli.main()
"""


def stored(scene: Scene, more: str = "") -> LiveSource:
    """A source whose first answer is kept."""
    scene.params(data=BLOCK.replace("kind: prices", f"kind: prices{more}"), columns="{target: [close]}")
    source = LiveSource(scene.monkeypatch)
    good = scene.command("acquire")
    assert good.code == 0, good.said
    return source


def changed(change: Callable[[LiveSource], object], *options: str) -> Callable[[Scene], Played]:
    """The source answers otherwise, and is asked again."""

    def play(scene: Scene) -> Played:
        change(stored(scene))
        return scene.command("acquire", *options)

    return play


def revise(source: LiveSource) -> None:
    source.set("AAA", 12, volume=3.0)


def lose_a_row(source: LiveSource) -> None:
    source.frame = source.frame.drop(index=5)


def split(source: LiveSource, scaled: float = 1 + 3e-7) -> None:
    """A new session with a split; what was before it comes back rounded, or scaled."""
    source.frame = prices(sessions=41)
    source.frame.loc[source.frame["unique_id"] == "AAA", ["open", "high", "low", "close"]] *= scaled
    source.set("AAA", 40, split=2.0)


def lack(source: LiveSource) -> None:
    source.frame = prices("AAA", sessions=42)
    source.lacking = {"BBB": "the last 2 bars are missing: 2024-02-29, 2024-03-01"}


def go_down(source: LiveSource) -> None:
    source.is_down = True


def revised_again(scene: Scene) -> Played:
    """One revision waits, another comes with the word that was meant for the first."""
    source = stored(scene)
    revise(source)
    assert scene.command("acquire").code == 65
    REPORT.unlink()  # of the first one
    source.set("AAA", 13, volume=3.0)
    return scene.command("acquire", "--accept-revision")


def not_here(scene: Scene) -> Played:
    """A clone before `dvc pull`."""
    stored(scene)
    shutil.rmtree(known()[0].folder)
    return scene.stage("pull", pull.main)


def other_elsewhere(scene: Scene) -> Played:
    """A clone before `dvc pull`, and the source has changed meanwhile."""
    source = stored(scene)
    shutil.rmtree(known()[0].folder)
    source.frame = source.frame.drop(index=5)
    return scene.command("acquire")


def damaged(scene: Scene) -> Played:
    """Somebody has edited what is immutable."""
    stored(scene)
    path = known()[0].folder / "panel.parquet"
    path.write_bytes(path.read_bytes()[:-9])
    return scene.stage("pull", pull.main)


def pinned_to_none(scene: Scene) -> Played:
    """data.vintage names what is not there."""
    scene.params(data=BLOCK.replace("kind: prices", "kind: prices, vintage: '0123456789abcdef'"))
    return scene.stage("pull", pull.main)


def full_disk(scene: Scene) -> Played:
    """The disk is full when the answer is flushed to it."""
    source = stored(scene)
    source.frame = prices(sessions=42)

    def full(_: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    scene.monkeypatch.setattr(os, "fsync", full)
    return scene.command("acquire")


def read_only(scene: Scene) -> Played:
    """Root may write everywhere, so that the operating system's answer is played."""
    source = stored(scene)
    source.frame = prices(sessions=42)
    real = os.rename

    def refuse(old: Any, new: Any, **more: Any) -> None:
        if Path(new).parent == VINTAGES:
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), str(old), None, str(new))
        real(old, new, **more)

    scene.monkeypatch.setattr(os, "rename", refuse)
    return scene.command("acquire")


def two_at_once(scene: Scene) -> Played:
    """Another command holds the folder."""
    stored(scene)
    with FileLock(STATE / LOCK):
        return scene.command("acquire")


def signalled(number: int) -> Callable[[Scene], Played]:
    """A process of its own is ended while it writes the answer."""

    def play(scene: Scene) -> Played:
        stored(scene)
        code = STOPPED.format(tests=str(TESTS), number=number)

        def act() -> None:
            ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
            print(ran.stderr, file=sys.stderr)
            raise SystemExit(ran.returncode if ran.returncode >= 0 else 128 - ran.returncode)

        return scene.play(act)

    return play


def dvc_fails(what: str, said: str) -> Callable[[Scene], Played]:
    """DVC cannot do one thing."""

    def dvc(*arguments: str, quiet: bool = False) -> "subprocess.CompletedProcess[str]":
        if arguments[0] == "add":
            target = Path(f"{arguments[-1]}.dvc")
            target.write_text("outs: []\n", encoding="utf-8") if what != "add" else None
        fails = arguments[0] == what
        printed = "remote" if arguments[0] == "config" else ""
        return subprocess.CompletedProcess(
            arguments, int(fails), printed, f"ERROR: {said}\n" if fails else ""
        )

    def play(scene: Scene) -> Played:
        source = stored(scene)
        source.frame = prices(sessions=42)
        Path(".dvc").mkdir()
        scene.monkeypatch.setattr(tracked, "dvc", dvc)
        return scene.command("acquire")

    return play


SCENES: dict[str, Callable[[Scene], Played]] = {
    "source-unchanged": changed(lambda _: None),
    "source-split": changed(split),
    "source-scaled-twice": changed(lambda source: split(source, scaled=0.5)),
    "source-revised": changed(revise),
    "source-revised-again": revised_again,
    "source-row-gone": changed(lose_a_row),
    "source-partial": changed(lack),
    "source-down": changed(go_down),
    "vintage-not-here": not_here,
    "vintage-other-elsewhere": other_elsewhere,
    "vintage-damaged": damaged,
    "vintage-pin-unknown": pinned_to_none,
    "vintage-not-tracked": dvc_fails("add", "[Errno 28] No space left on device"),
    "vintage-not-pushed": dvc_fails("push", "failed to connect to s3 (bucket)"),
    "disk-full": full_disk,
    "folder-read-only": read_only,
    "two-at-once": two_at_once,
    "stopped": signalled(signal.SIGTERM),
    "killed": signalled(signal.SIGKILL),
}
