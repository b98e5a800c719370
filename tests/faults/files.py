"""What goes wrong with files of one's own: a file that was pulled is broken, or a server fails."""

import os
from collections.abc import Callable
from io import BytesIO

import pandas as pd
from property.breaking import encrypted
from property.sheets import zipped
from tenacity import wait_none

from faults.scene import Played, Scene
from faults.web import Reply, serving
from reprocast.data.sources import download
from reprocast.stages import pull

DAYS = 40
PIN = "'" + "0" * 64 + "'"
GOOD = "unique_id,ds,load\n" + "".join(
    f"{name},{day:%Y-%m-%d},{n}.5\n"
    for name in "ab"
    for n, day in enumerate(pd.date_range("2024-01-01", periods=DAYS))
)
WEEKS, NEXT = "name,1,2,3\na,1,2,3\nb,4,,\n", "name,1\na,5\nb,6\n"
LINES = GOOD.splitlines(keepends=True)


def pulled(scene: Scene, **data: str) -> Played:
    """Runs pull on what `data` says beside the usual."""
    block = {"source": "files", "path": "mine.csv", "id": "unique_id", "end": '"2024-12-31"', "calendar": "D"}
    text = ", ".join(f"{name}: {value}" for name, value in (block | {"season": "7"} | data).items())
    scene.params(data=f"{{{text}}}")
    return scene.stage("pull", pull.main)


def file(content: str | bytes, name: str = "mine.csv", **data: str) -> Callable[[Scene], Played]:
    """A scene: the good file was pulled, then this one stands in its place."""

    def play(scene: Scene) -> Played:
        scene.write("mine.csv", GOOD)
        assert pulled(scene).code == 0
        scene.write(name, content)
        return pulled(scene, **({"path": name} | data))

    return play


def line(number: int, text: str, **data: str) -> Callable[[Scene], Played]:
    """A scene: one line of the file is another."""
    return file("".join([*LINES[: number - 1], text + "\n", *LINES[number:]]), **data)


def columns(old: str, new: str, **data: str) -> Callable[[Scene], Played]:
    """A scene: the header is another."""
    return file(GOOD.replace(old, new, 1), **data)


def gone(scene: Scene) -> Played:
    scene.write("mine.csv", GOOD)
    assert pulled(scene).code == 0
    return pulled(scene, path="yours.csv")


def unreadable(scene: Scene) -> Played:
    scene.write("mine.csv", GOOD)
    scene.monkeypatch.setattr(os, "access", lambda *_: False)  # root may read everything
    return pulled(scene)


def several(scene: Scene, second: str = GOOD.replace("a,", "c,").replace("b,", "d,"), **data: str) -> Played:
    scene.write("mine.csv", GOOD)
    scene.write("more.csv", second)
    return pulled(scene, **({"path": '"m*.csv"'} | data))


def rows(first: str = WEEKS, second: str = NEXT, **data: str) -> Callable[[Scene], Played]:
    """A scene: the good files with one series a row were pulled, then these stand in their place."""
    asked = {"path": "[mine.csv, next.csv]", "form": "rows", "id": "null", "calendar": "step", "end": "9"}

    def play(scene: Scene) -> Played:
        scene.write("mine.csv", WEEKS)
        scene.write("next.csv", NEXT)
        assert pulled(scene, **asked).code == 0
        scene.write("mine.csv", first)
        scene.write("next.csv", second)
        return pulled(scene, **(asked | data))

    return play


def url(*replies: Reply, **data: str) -> Callable[[Scene], Played]:
    """A scene: a server answers so."""

    def play(scene: Scene) -> Played:
        scene.monkeypatch.setattr(download, "WAIT", wait_none())
        with serving(replies) as web:
            return pulled(scene, path=f"{web.address}/load.csv", **data)

    return play


def no_server(scene: Scene) -> Played:
    scene.monkeypatch.setattr(download, "WAIT", wait_none())
    with serving([Reply()]) as web:
        address = web.address
    return pulled(scene, path=f"{address}/load.csv")


def cut_parquet() -> bytes:
    stream = BytesIO()
    pd.DataFrame({"unique_id": ["a"] * DAYS, "load": range(DAYS)}).to_parquet(stream)
    return stream.getvalue()[:-50]


SCENES: dict[str, Callable[[Scene], Played]] = {
    "file-missing": gone,
    "file-unreadable": unreadable,
    "file-of-another-kind": file(GOOD, "mine.txt"),
    "file-empty": file(""),
    "file-without-rows": file(LINES[0]),
    "file-cut": file(GOOD[:-3]),
    "file-not-text": file(GOOD.encode("utf-16")),
    "file-not-utf8": file(GOOD.replace("load", "höhe").encode("latin-1")),
    "file-row-too-long": line(5, "a,2024-01-04,1,5"),
    "file-quote-open": line(5, 'a,2024-01-04,"1'),
    "file-quote-swallows": file("".join([*LINES[:4], 'a,2024-01-04,"1\n', LINES[5], 'a,2024-01-06,1"\n'])),
    "file-column-twice": columns("load", "ds"),
    "file-column-missing": columns("unique_id", "name"),
    "file-no-numbers": file("unique_id,ds,mood\na,2024-01-01,good\n"),
    "file-number": line(5, "a,2024-01-04,n/k"),
    "file-number-comma": line(5, 'a,2024-01-04,"1,5"'),
    "file-number-commas": file(GOOD.replace(",", ";").replace(".", ",")),
    "file-number-point": line(5, "a,2024-01-04,1.5", decimal='","'),
    "file-number-too-large": line(5, "a,2024-01-04,1e400"),
    "file-time": line(5, "a,04.01.2024,1"),
    "file-time-missing": line(5, "a,,1"),
    "file-time-format": line(5, "a,2024-01-04,1", date_format="'%d.%m.%Y'"),
    "file-time-twice": line(5, "a,2024-01-03,1"),
    "file-time-order": line(5, "a,2023-12-24,1"),
    "file-zones-mixed": line(5, "a,2024-01-04T00:00+02:00,1"),
    "file-clock-skipped": file("ds,load\n2024-03-31T02:30,1\n", id="null", zone="Europe/Berlin"),
    "file-clock-twice": file("ds,load\n2024-10-27T02:30,1\n", id="null", zone="Europe/Berlin"),
    "file-step": line(5, "a,2.5,1", calendar="step", end="9"),
    "file-series-missing": line(5, ",2024-01-04,1"),
    "file-series-invisible": line(5, "a\u200b,2024-01-04,1"),
    "file-series-unknown": file(GOOD, series="[a, z]"),
    "file-pin": file(GOOD, sha256=PIN),
    "file-pin-of-several": lambda scene: several(scene, sha256=PIN),
    "file-columns-differ": lambda scene: several(scene, GOOD.replace("load", "wind")),
    "file-series-in-two": lambda scene: several(scene, GOOD),
    "file-wide-text": file("ds,a,mood\n2024-01-01,1,good\n", form="wide", id="null"),
    "file-rows-twice": rows("name,1\na,1\na,2\n"),
    "file-rows-empty": rows("name,1,2\na,1,2\nb,,\n"),
    "file-rows-text": rows("name,mood,1\na,good,1\nb,bad,2\n"),
    "file-rows-other-series": rows(second="name,1\na,5\nc,6\n"),
    "file-rows-with-times": rows(calendar="D", end='"2024-12-31"'),
    "file-rows-renamed": rows(rename="{name: id}"),
    "files-pins": rows(sha256=f"[{PIN}]"),
    "files-pin-and-list": rows(sha256=PIN),
    "files-urls-without-pins": rows(path='["https://example.org/a.csv", next.csv]'),
    "gzip-broken": file(b"\x1f\x8b\x08 no", "mine.csv.gz"),
    "zip-broken": file(b"PK\x03\x04 no", "mine.zip"),
    "zip-without-data": file(zipped(("read.me", b"?")), "mine.zip"),
    "zip-encrypted": file(encrypted(None, GOOD.encode()), "mine.zip"),  # type: ignore[arg-type]
    "parquet-broken": file(cut_parquet(), "mine.parquet"),
    "url-unknown": url(Reply(status=404)),
    "url-forbidden": url(Reply(status=403)),
    "url-failing": url(Reply(status=503)),
    "url-down": no_server,
    "url-cut": url(Reply(GOOD.encode()[:100], announced=1000)),
    "url-web-page": url(Reply(b"<!doctype html><title>Please log in</title>")),
    "url-pin": url(Reply(GOOD.encode()), sha256=PIN),
    "files-date-format": file(GOOD, date_format="'%d.%m'"),
    "files-zone": file(GOOD, zone="Berlin"),
    "files-step-zone": file(GOOD, zone="UTC", calendar="step", end="9"),
}
