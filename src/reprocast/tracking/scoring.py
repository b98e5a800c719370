"""What `reprocast serve` runs: MLflow's own scoring server, and a reason where that would answer 500.

MLflow takes a request without a Content-Type for its own fault; it is the client's.
"""

import json
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

from mlflow.pyfunc.scoring_server.app import app as mlflow_app

Message = MutableMapping[str, Any]
Send = Callable[[Message], Awaitable[None]]
REASON = "The request has no Content-Type; send `Content-Type: application/json`."
BODY = json.dumps({"error_code": "BAD_REQUEST", "message": REASON}).encode()


async def app(scope: Message, receive: Callable[[], Awaitable[Message]], send: Send) -> None:
    """The server as an ASGI application."""
    asked = scope["type"] == "http" and scope["path"] == "/invocations" and scope["method"] == "POST"
    if asked and not any(name.lower() == b"content-type" for name, _ in scope["headers"]):
        await _refuse(send)
        return
    await mlflow_app(scope, receive, send)


async def _refuse(send: Send) -> None:
    head = [(b"content-type", b"application/json"), (b"content-length", str(len(BODY)).encode())]
    await send({"type": "http.response.start", "status": 400, "headers": head})
    await send({"type": "http.response.body", "body": BODY})
