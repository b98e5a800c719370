"""Who does something, where, and since when: for locks, notes and the ledger."""

import getpass
import os
import socket
from dataclasses import dataclass
from datetime import datetime

NAMED = ("REPROCAST_BY", "GITHUB_ACTOR", "GITLAB_USER_LOGIN")
"""Environment variables that say who has started this; the first that is set."""


@dataclass(frozen=True)
class Whose:
    """A process of somebody's."""

    who: str
    """A person, or what acts for one."""
    host: str
    """The machine's name."""
    pid: int
    """Its number there."""
    since: datetime
    """When it began (UTC)."""

    def named(self) -> dict[str, str | int]:
        """As plain values for JSON."""
        since = self.since.isoformat(timespec="seconds")
        return {"who": self.who, "host": self.host, "pid": self.pid, "since": since}


def whose(now: datetime) -> Whose:
    """Of the process that asks, at `now`."""
    return Whose(_who(), socket.gethostname(), os.getpid(), now)


def _who() -> str:
    for name in NAMED:
        if os.environ.get(name):
            return os.environ[name]
    try:
        return getpass.getuser()
    except (OSError, KeyError):  # a container's user may have a number only
        return f"user {os.getuid()}"
