"""The process that produces a run, and whether it still lives: host, process and start time decide."""

import os
import socket
from collections.abc import Mapping
from dataclasses import dataclass

import psutil

TOLERANCE = 2.0
"""Seconds by which two readings of a start time may differ (the clock may have been set in between)."""


@dataclass(frozen=True)
class Producer:
    """A process, told apart from another that later got the same number."""

    host: str
    pid: int
    start: float
    """When it began, in seconds since 1970."""

    def tags(self) -> dict[str, str]:
        """As tags of a run."""
        return {"host": self.host, "pid": str(self.pid), "process_start": f"{self.start:.2f}"}

    def is_gone(self) -> bool:
        """True only if this is its host and no such process runs here; elsewhere nobody can tell."""
        return self.host == socket.gethostname() and not self._runs()

    def lives_here(self) -> bool:
        """Whether this is its host and it runs."""
        return self.host == socket.gethostname() and self._runs()

    def _runs(self) -> bool:
        try:
            process = psutil.Process(self.pid)
            same = abs(process.create_time() - self.start) <= TOLERANCE
            return bool(same and process.status() != psutil.STATUS_ZOMBIE)
        except psutil.NoSuchProcess:
            return False


def this_process() -> Producer:
    """The calling process."""
    return Producer(socket.gethostname(), os.getpid(), psutil.Process().create_time())


def from_tags(tags: Mapping[str, str]) -> Producer | None:
    """The producer that a run's tags (or a start event) name; None if they name none."""
    try:
        return Producer(str(tags["host"]), int(tags["pid"]), float(tags["process_start"]))
    except (KeyError, ValueError):
        return None
