"""Reasons, with status 400, where MLflow's scoring server would answer 500 though the client is to blame.

It takes a request without a Content-Type for its own fault, and JSON that is nested too deep to be read.
"""

import json
from collections.abc import Awaitable, Callable, MutableMapping
from http import HTTPStatus
from typing import Any

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Message, Receive, Send], Awaitable[None]]
UNTYPED = "The request has no Content-Type; send `Content-Type: application/json`."
DEEP = "The request's JSON is nested too deep; send `dataframe_split` or `dataframe_records`."


def with_reasons(server: App) -> App:
    """The server as an ASGI application that gives them."""

    async def app(scope: Message, receive: Receive, send: Send) -> None:
        asked = scope["type"] == "http" and scope["path"] == "/invocations" and scope["method"] == "POST"
        if asked and not any(name.lower() == b"content-type" for name, _ in scope["headers"]):
            await _refuse(send, UNTYPED)
            return
        held: list[Message] = []
        try:
            await server(scope, receive, _holding(held, send))
        except RecursionError:
            await _refuse(send, DEEP)
        except BaseException:
            await _let_go(held, send)
            raise
        else:
            await _let_go(held, send)

    return app


def _holding(held: list[Message], send: Send) -> Send:
    """Sends, but for a 500, which comes before its exception and waits until it is known whose it is."""

    async def unless_500(message: Message) -> None:
        if held or message.get("status") == HTTPStatus.INTERNAL_SERVER_ERROR:
            held.append(message)
        else:
            await send(message)

    return unless_500


async def _let_go(held: list[Message], send: Send) -> None:
    for message in held:
        await send(message)


async def _refuse(send: Send, reason: str) -> None:
    body = json.dumps({"error_code": "BAD_REQUEST", "message": reason}).encode()
    head = [(b"content-type", b"application/json"), (b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": 400, "headers": head})
    await send({"type": "http.response.body", "body": body})
