"""Files from the web: fetched patiently, compared with their pin, and kept where a second run finds them."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from http import HTTPStatus
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TransferSpeedColumn
from tenacity import (
    RetryError,
    Retrying,
    retry_if_exception_type,
    stop_after_attempt,
    wait_exponential_jitter,
)

from reprocast.deterministic import sha256_of_bytes, sha256_of_file
from reprocast.errors import DataError, NoInputError, TryAgainError
from reprocast.stages.publish import STATE, write_file

DOWNLOADS = STATE / "downloads"
"""Downloads by the hash of their content; it may be removed at any time."""
ENDINGS = (".csv.gz", ".csv", ".parquet", ".zip")
MAGIC = {b"PAR1": ".parquet", b"PK\x03\x04": ".zip", b"PK\x05\x06": ".zip", b"\x1f\x8b": ".csv.gz"}
"""First bytes of a file whose URL does not say what it is."""
ATTEMPTS = 4
WAIT = wait_exponential_jitter(initial=1, max=10)
TIMEOUT = (10.0, 60.0)
"""Seconds until a connection stands, and until more bytes must come."""
HEADERS = {"Accept-Encoding": "identity"}
"""The hash is that of the file, not of how it travelled."""
PIECE = 1 << 20


class PassingError(Exception):
    """A failure that may pass; its text is the reason."""


def is_url(path: str) -> bool:
    """Whether it is an address on the web."""
    return path.lower().startswith(("http://", "https://"))


def downloaded(url: str, pin: str | None) -> Path:
    """Where the content of a URL lies now; with a pin (sha256) only fetched if it is not here.

    Raises:
        NoInputError: the server knows no such file, or refuses it.
        DataError: the content is not the pinned one, or a web page.
        TryAgainError: no network, or the server fails, after all attempts.
    """
    ending = next((ending for ending in ENDINGS if urlsplit(url).path.lower().endswith(ending)), None)
    for path in DOWNLOADS.glob(f"{pin}.*") if pin else ():
        if sha256_of_file(path) == pin:
            return path
    content = _patiently(url)
    digest = sha256_of_bytes(content)
    if pin is not None:
        refuse_other_content(url, digest, pin)
    if content.lstrip()[:1] == b"<":
        raise DataError(f"{url}: is a web page, not data; give the address of the file itself (data.path)")
    target = DOWNLOADS / f"{digest}{ending or _ending(content)}"
    write_file(target, content)
    return target


def refuse_other_content(name: str, digest: str, pin: str) -> None:
    """Raises: DataError: the hashes differ."""
    if digest != pin:
        raise DataError(
            f"{name}: its sha256 is {digest}, data.sha256 pins {pin}; get the right file, or set the pin anew"
        )


def _ending(content: bytes) -> str:
    return next((ending for magic, ending in MAGIC.items() if content.startswith(magic)), ".csv")


def _patiently(url: str) -> bytes:
    retrying = Retrying(
        stop=stop_after_attempt(ATTEMPTS), wait=WAIT, retry=retry_if_exception_type(PassingError)
    )
    try:
        return retrying(_fetched, url)
    except RetryError as error:
        reason = error.last_attempt.exception()
        raise TryAgainError(
            f"{url}: {reason} after {ATTEMPTS} attempts; try again later (data.path)"
        ) from None


def _fetched(url: str) -> bytes:
    """The whole content, once."""
    import requests  # late: takes 0.1 s, and files on disk need none of it

    try:
        with requests.get(url, stream=True, timeout=TIMEOUT, headers=HEADERS) as answer:
            _refuse(url, HTTPStatus(answer.status_code))
            length = int(answer.headers.get("Content-Length", 0)) or None
            with _shown(url, length) as advance:
                pieces = []
                for piece in answer.iter_content(PIECE):
                    pieces.append(piece)
                    advance(len(piece))
    except (requests.exceptions.InvalidURL, requests.exceptions.InvalidSchema) as error:
        raise NoInputError(f"{url}: is no address: {error} (data.path)") from None
    except requests.exceptions.RequestException as error:
        raise PassingError(_reason(error)) from None
    return b"".join(pieces)


def _reason(error: Exception) -> str:
    """In a few words: what the library says in full names addresses in memory."""
    name = type(error).__name__
    words = {
        "ConnectionError": "no connection",
        "ConnectTimeout": "no connection in time",
        "ReadTimeout": "no answer in time",
        "ChunkedEncodingError": "the connection was cut",
        "SSLError": "the certificate is not trusted",
    }
    return words.get(name, name)


def _refuse(url: str, status: HTTPStatus) -> None:
    if status >= HTTPStatus.INTERNAL_SERVER_ERROR or status == HTTPStatus.TOO_MANY_REQUESTS:
        raise PassingError(f"HTTP {status.value} {status.phrase}")
    if status >= HTTPStatus.BAD_REQUEST:
        raise NoInputError(f"{url}: HTTP {status.value} {status.phrase}; correct data.path")


@contextmanager
def _shown(url: str, length: int | None) -> Iterator[Any]:
    """A progress bar on a terminal; yields what is to be told how many bytes came."""
    columns = (TextColumn("{task.description}"), BarColumn(), DownloadColumn(), TransferSpeedColumn())
    with Progress(*columns, transient=True, disable=not sys.stdout.isatty()) as progress:
        task = progress.add_task(url.rsplit("/", 1)[-1], total=length)
        yield lambda size: progress.advance(task, size)
