"""A stand-in for Yahoo on the loopback, and a session that sends the real client there."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

from reprocast.data.sources.yahoo_session import StatusSession

NOT_FOUND = {"code": "Not Found", "description": "No data found, symbol may be delisted"}


@dataclass
class Yahoo:
    """What the server answers."""

    charts: dict[str, dict[str, Any]] = field(default_factory=dict)
    """Ticker -> the chart it answers with."""
    statuses: list[int] = field(default_factory=list)
    """Statuses of the next answers to charts; the last one stays."""
    body: str | None = None
    """Sent with a status that is not 200."""
    asked: list[str] = field(default_factory=list)
    """Paths of the charts that were asked for."""
    url: str = ""

    def next_status(self) -> int:
        return self.statuses.pop(0) if len(self.statuses) > 1 else (self.statuses or [200])[0]


def chart(
    bars: list[tuple[int, float, float, float, float, int]], **events: dict[str, Any]
) -> dict[str, Any]:
    """A chart of daily bars (seconds since 1970 of the opening, open, high, low, close, volume)."""
    columns = [list(column) for column in zip(*bars, strict=True)] if bars else [[]] * 6
    quote = dict(zip(("open", "high", "low", "close", "volume"), columns[1:], strict=True))
    meta = {
        "currency": "USD",
        "symbol": "TEST",
        "exchangeName": "NMS",
        "instrumentType": "EQUITY",
        "firstTradeDate": 345479400,
        "regularMarketTime": columns[0][-1] if bars else 0,
        "gmtoffset": -14400,
        "timezone": "EDT",
        "exchangeTimezoneName": "America/New_York",
        "dataGranularity": "1d",
        "range": "",
        "validRanges": ["1d", "5d", "1mo", "max"],
    }
    indicators = {"quote": [quote if bars else {}], "adjclose": [{"adjclose": columns[4]}]}
    return {"meta": meta, "timestamp": columns[0], "events": events, "indicators": indicators}


def _handler(yahoo: Yahoo) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            parts = urlsplit(self.path)
            if "/v8/finance/chart/" not in parts.path:
                is_crumb = "getcrumb" in parts.path
                self._send(200 if is_crumb else 404, "crumb" if is_crumb else "{}")
                return
            ticker = parts.path.rsplit("/", 1)[1]
            yahoo.asked.append(f"{ticker}?{sorted(parse_qs(parts.query))}")
            status = yahoo.next_status()
            if status != 200:
                self._send(status, yahoo.body or "{}")
            elif ticker not in yahoo.charts:
                self._send(404, json.dumps({"chart": {"result": None, "error": NOT_FOUND}}))
            else:
                self._send(200, json.dumps({"chart": {"result": [yahoo.charts[ticker]], "error": None}}))

        def _send(self, status: int, text: str) -> None:
            self.send_response(status)
            self.send_header("Content-Length", str(len(text.encode())))
            self.end_headers()
            self.wfile.write(text.encode())

        def log_message(self, *_: Any) -> None:
            pass

    return Handler


@contextmanager
def serving(yahoo: Yahoo) -> Iterator[Yahoo]:
    """Answers on a free port of the loopback until the block ends."""
    with ThreadingHTTPServer(("127.0.0.1", 0), _handler(yahoo)) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yahoo.url = f"http://127.0.0.1:{server.server_address[1]}"
        try:
            yield yahoo
        finally:
            server.shutdown()
            thread.join()


class LocalSession(StatusSession):
    """Sends every request to another server, whatever its host."""

    def __init__(self, url: str) -> None:
        super().__init__()
        self._url = url

    def request(self, method: Any, url: str, *args: Any, **kwargs: Any) -> Any:
        parts = urlsplit(url)
        query = f"?{parts.query}" if parts.query else ""
        return super().request(method, f"{self._url}{parts.path}{query}", *args, **kwargs)
