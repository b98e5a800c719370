"""Files from the web over real HTTP: fetched once with a pin, asked again only when told to without one."""

import gzip
import json
from collections.abc import Sequence
from pathlib import Path

import pytest
from faults.files import GOOD
from faults.web import Reply, Web, serving
from property.sheets import zipped
from tenacity import wait_none

from reprocast.data.sources import download
from reprocast.data.sources.download import DOWNLOADS, downloaded
from reprocast.deterministic import sha256_of_bytes
from reprocast.errors import TryAgainError
from reprocast.panel import read_panel
from reprocast.params.data import FilesData
from reprocast.stages.acquire import acquire, stored, stored_or_acquired

CONTENT = GOOD.encode()
PIN = sha256_of_bytes(CONTENT)


@pytest.fixture(autouse=True)
def _folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(download, "WAIT", wait_none())


def block(web: Web, path: str = "/load.csv", **more: str) -> FilesData:
    return FilesData(
        source="files",
        path=web.address + path,
        id="unique_id",
        end="2024-12-31",
        calendar="D",
        season=7,
        **more,
    )


def test_a_pinned_file_is_fetched_once() -> None:
    with serving([Reply(CONTENT)]) as web:
        first = downloaded(f"{web.address}/load.csv", PIN)
        assert downloaded(f"{web.address}/load.csv", PIN) == first
        assert len(web.asked) == 1
        first.write_bytes(b"damaged")
        assert downloaded(f"{web.address}/load.csv", PIN).read_bytes() == CONTENT
        assert len(web.asked) == 2


def test_a_pinned_vintage_needs_no_network() -> None:
    with serving([Reply(CONTENT)]) as web:
        data = block(web, sha256=PIN)
        vintage = acquire(data)
        assert vintage.request["files"] == {data.path: PIN}
    found = stored(data)
    assert found is not None
    assert found.name == vintage.name


def test_without_a_pin_the_server_is_asked_again_only_by_acquire() -> None:
    longer = CONTENT + b"b,2024-02-10,7\n"
    with serving([Reply(CONTENT), Reply(longer)]) as web:
        data = block(web)
        first = stored_or_acquired(data)
        assert stored_or_acquired(data).name == first.name
        assert len(web.asked) == 1
        second = acquire(data)
        assert len(web.asked) == 2
    assert second.name != first.name
    assert stored_or_acquired(data).name == second.name
    assert second.notes["sha256"] == sha256_of_bytes(longer)
    assert len(second.panel()) == len(first.panel()) + 1


def test_what_passes_is_tried_again() -> None:
    replies = [
        Reply(status=503),
        Reply(CONTENT[:50], announced=len(CONTENT)),
        Reply(status=429),
        Reply(CONTENT),
    ]
    with serving(replies) as web:
        assert downloaded(f"{web.address}/load.csv", None).read_bytes() == CONTENT
        assert len(web.asked) == 4


def test_what_stays_is_said_with_the_attempts() -> None:
    with serving([Reply(status=503)]) as web:
        with pytest.raises(TryAgainError, match="HTTP 503 Service Unavailable after 4 attempts"):
            downloaded(f"{web.address}/load.csv", None)
        assert len(web.asked) == 4
    assert not list(DOWNLOADS.glob("*"))


@pytest.mark.parametrize(
    ("content", "ending"),
    [
        (CONTENT, ".csv"),
        (gzip.compress(CONTENT, mtime=0), ".csv.gz"),
        (zipped(("mine.csv", CONTENT)), ".zip"),
    ],
)
def test_an_address_need_not_say_what_it_holds(content: bytes, ending: str) -> None:
    with serving([Reply(content)]) as web:
        data = block(web, "/export?format=1")
        assert len(acquire(data).panel()) == 80
    assert [path.name for path in DOWNLOADS.iterdir()] == [sha256_of_bytes(content) + ending]


def test_a_file_from_the_web_needs_no_last_line_end() -> None:
    """Its length was announced."""
    with serving([Reply(CONTENT[:-1])]) as web:
        assert len(acquire(block(web)).panel()) == 80


def test_members_of_an_archive_are_files() -> None:
    one, two = GOOD.splitlines(keepends=True)[:41], GOOD.splitlines(keepends=True)[41:]
    parts: Sequence[tuple[str, bytes]] = [
        ("in/a.csv", "".join(one).encode()),
        ("in/b.csv", "".join([one[0], *two]).encode()),
    ]
    Path("mine.zip").write_bytes(zipped(*parts, ("in/read.me", b"?")))
    data = FilesData(
        source="files", path="mine.zip", id="unique_id", end="2024-12-31", calendar="D", season=7
    )
    vintage = acquire(data)
    assert read_panel(vintage.folder / "panel.parquet").ids == ("a", "b")
    assert "call.json" not in [path.name for path in vintage.folder.iterdir()]
    assert json.loads((vintage.folder / "request.json").read_text(encoding="utf-8"))["request"][
        "files"
    ].keys() == {"mine.zip"}
