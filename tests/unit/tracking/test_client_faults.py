"""What is answered where MLflow's server would call it its own fault."""

import asyncio
import json
from typing import Any

import pytest

from reprocast.tracking.client_faults import with_reasons

SCOPE = {"type": "http", "path": "/invocations", "method": "POST", "headers": [(b"Content-Type", b"x")]}


def ask(sent: list[Any], status: int, fault: BaseException | None = None, scope: Any = None) -> None:
    """Collects what is sent for a request that the server answers with `status`, and then raises `fault`."""

    async def server(_scope: Any, _receive: Any, send: Any) -> None:
        await send({"type": "http.response.start", "status": status, "headers": []})
        await send({"type": "http.response.body", "body": b"theirs"})
        if fault is not None:
            raise fault

    async def send(message: Any) -> None:
        sent.append(message)

    asyncio.run(with_reasons(server)(scope or SCOPE, None, send))


@pytest.mark.parametrize(
    ("scope", "fault", "said"),
    [(SCOPE, RecursionError(), "nested too deep"), (SCOPE | {"headers": []}, None, "no Content-Type")],
)
def test_a_fault_of_the_client_is_400_with_a_reason(
    scope: Any, fault: BaseException | None, said: str
) -> None:
    sent: list[Any] = []
    ask(sent, 500, fault, scope)
    start, body = sent
    assert start["status"] == 400
    assert said in json.loads(body["body"])["message"]


@pytest.mark.parametrize("status", [200, 400, 500])
def test_any_other_answer_passes(status: int) -> None:
    sent: list[Any] = []
    ask(sent, status)
    assert [one.get("status") for one in sent] == [status, None]


def test_a_fault_of_ours_stays_one() -> None:
    sent: list[Any] = []
    with pytest.raises(ValueError, match="ours"):
        ask(sent, 500, ValueError("ours"))
    assert [one.get("status") for one in sent] == [500, None]
