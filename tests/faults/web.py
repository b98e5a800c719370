"""A small web server on the loopback that answers as a script says."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread


@dataclass(frozen=True)
class Reply:
    """One answer."""

    content: bytes = b""
    status: int = 200
    announced: int | None = None
    """Content-Length; none: the true one."""


@dataclass
class Web:
    """Where it is, and what it was asked."""

    address: str
    asked: list[str] = field(default_factory=list)


@contextmanager
def serving(replies: Sequence[Reply]) -> Iterator[Web]:
    """Answers the first request with the first reply and so on; the last one stays."""
    left = list(replies)

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            web.asked.append(self.path)
            reply = left.pop(0) if len(left) > 1 else left[0]
            self.send_response(reply.status)
            self.send_header("Content-Length", str(reply.announced or len(reply.content)))
            self.end_headers()
            self.wfile.write(reply.content)

        def log_message(self, *_: object) -> None:
            """Says nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    web = Web(f"http://127.0.0.1:{server.server_port}")
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield web
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
