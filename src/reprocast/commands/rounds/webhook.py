"""Tells an address of a failed round, or a killed one; no answer costs a line, and changes no exit code."""

import os
import sys
from dataclasses import asdict
from typing import Any

from reprocast.commands.rounds.status import Status
from reprocast.params.retrain import Retrain

ADDRESS = "REPROCAST_WEBHOOK"
"""Environment variable: such addresses are secrets, which belong in no file under git."""
PATIENCE = 10.0
"""Seconds."""


def tell(status: Status, policy: Retrain) -> None:
    """Posts the status as JSON, with a `text` that chat services show."""
    _post(asdict(status), status.line, policy)


def tell_of_killed(killed: dict[str, Any], policy: Retrain) -> None:
    """Posts the status of a round that could not do so itself."""
    _post(killed, "it never said how it ended; the next round has begun", policy)


def _post(status: dict[str, Any], line: str, policy: Retrain) -> None:
    address = os.environ.get(ADDRESS) or policy.webhook
    if not address:
        return
    import requests  # late: only a round that fails needs it

    text = f"reprocast retrain on {status['host']}: {status['state']} at {status['step']}: {line}"
    try:
        requests.post(address, json={"text": text, **status}, timeout=PATIENCE).raise_for_status()
    except requests.RequestException as error:
        # The address itself stays out of the line, and so do messages that repeat it.
        print(f"reprocast: retrain: the webhook was not told: {type(error).__name__}", file=sys.stderr)
