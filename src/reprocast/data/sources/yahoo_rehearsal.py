"""A stand-in for Yahoo on the loopback that plays a scripted failure to the real client.

For tests, and for whoever wants to see what a failure looks like: `reprocast doctor --source yahoo
--rehearse hang`. It speaks what yfinance asks for: the cookie, the crumb and the v8 chart.
"""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import urlsplit

from reprocast.data.sources.yahoo_client import Client
from reprocast.data.sources.yahoo_scenarios import Reply, Scenario
from reprocast.data.sources.yahoo_session import YahooSession
from reprocast.params.operations import Yahoo

UNKNOWN = {"code": "Not Found", "description": "No data found, symbol may be delisted"}
"""What Yahoo says of a ticker that it does not know, and of some that it does."""


@dataclass
class Rehearsal:
    """A scenario that is being played."""

    scenario: Scenario
    url: str
    """Where the stand-in answers."""
    asked: list[str] = field(default_factory=list)
    """Paths and queries of the charts that were asked for."""
    waits: list[float] = field(default_factory=list)
    """Seconds that the client would have waited between its attempts; here it goes on at once."""
    over: threading.Event = field(default_factory=threading.Event)

    def client(self, attempts: int = 4, timeout: float = 5) -> Client:
        """The real client, sent to the stand-in."""
        settings = Yahoo(attempts=attempts, timeout=timeout, requests_per_second=1000)
        return Client(settings, _LocalSession(self.url), self.waits.append)

    def reply(self, path: str) -> Reply:
        """What comes back for a path."""
        if "/v8/finance/chart/" not in path:
            return self.scenario.crumb if "getcrumb" in path else self.scenario.cookie
        self.asked.append(path)
        replies = self.scenario.replies
        reply = replies[min(len(self.asked), len(replies)) - 1]
        ticker = urlsplit(path).path.rsplit("/", 1)[1]
        if reply.hang or reply.body is not None or reply.status != 200:
            return reply
        if ticker not in self.scenario.charts:
            return Reply(404, _chart(None, UNKNOWN))
        return Reply(200, _chart([self.scenario.charts[ticker]], None), cut=reply.cut)


@contextmanager
def rehearsing(scenario: Scenario) -> Iterator[Rehearsal]:
    """Plays a scenario on a free port of the loopback until the block ends."""
    from yfinance.data import SingletonMeta

    SingletonMeta._instances.clear()  # yfinance keeps cookie and crumb of whom it asked before
    with ThreadingHTTPServer(("127.0.0.1", 0), type("Handler", (_Handler,), {})) as server:
        server.daemon_threads, server.block_on_close = True, False
        played = Rehearsal(scenario, f"http://127.0.0.1:{server.server_address[1]}")
        server.RequestHandlerClass.played = played  # type: ignore[attr-defined]  # the class made above
        if scenario.silent:
            server.server_close()
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
        if not scenario.silent:
            thread.start()
        try:
            yield played
        finally:
            played.over.set()
            if not scenario.silent:
                server.shutdown()
                thread.join()


class _LocalSession(YahooSession):
    """Sends every request to the stand-in, whatever its host."""

    def __init__(self, url: str) -> None:
        super().__init__(requests_per_second=1000)
        self._url = url

    def address(self, url: str) -> str:
        """The same path and query there."""
        parts = urlsplit(url)
        return f"{self._url}{parts.path}{'?' if parts.query else ''}{parts.query}"


class _Handler(BaseHTTPRequestHandler):
    played: Rehearsal

    def do_GET(self) -> None:
        """Answers as the scenario says."""
        reply = self.played.reply(self.path)
        if reply.hang:
            self.played.over.wait()
            return
        body = (reply.body or "").encode()
        self.send_response(reply.status)
        for name, value in reply.headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body[: len(body) // 2] if reply.cut else body)

    def do_POST(self) -> None:
        """The consent that yfinance sends when it was refused."""
        self.do_GET()

    def log_message(self, *_: Any) -> None:
        """Says nothing."""


def _chart(result: list[dict[str, Any]] | None, error: dict[str, str] | None) -> str:
    return json.dumps({"chart": {"result": result, "error": error}})
