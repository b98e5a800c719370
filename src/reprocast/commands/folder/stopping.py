"""SIGTERM ends a command as Ctrl-C does: what it started is ended, what it wrote is whole, exit code 143."""

import os
import signal
import socket
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

from reprocast.commands.repository.dvc import end_children

UNHEARD = 3.0
"""Seconds until a main thread that does not notice (curl waits for a server) is ended from outside."""
CLEANING = 60.0
"""Seconds that it may take to clean up once it has noticed."""
CODE = 128 + signal.SIGTERM
STOPPED = "reprocast: stopped by SIGTERM; what was there before is as it was"


class Stopped(BaseException):  # no error: like KeyboardInterrupt
    """SIGTERM has come."""


@contextmanager
def stoppable() -> Iterator[None]:
    """Raises Stopped in the main thread when SIGTERM comes; elsewhere, and on other systems, does nothing."""
    if threading.current_thread() is not threading.main_thread() or sys.platform == "win32":
        yield
        return
    noticed = threading.Event()

    def notice(_number: int, _frame: FrameType | None) -> None:
        signal.signal(signal.SIGTERM, signal.SIG_IGN)  # a second one must not break the cleaning up
        noticed.set()
        raise Stopped

    reader, writer = socket.socketpair()
    writer.setblocking(False)
    before = signal.signal(signal.SIGTERM, notice)
    wakeup = signal.set_wakeup_fd(writer.fileno(), warn_on_full_buffer=False)
    threading.Thread(target=_watch, args=(reader, noticed), daemon=True).start()
    try:
        yield
    finally:
        signal.set_wakeup_fd(wakeup)
        signal.signal(signal.SIGTERM, before)
        writer.close()


def _watch(reader: socket.socket, noticed: threading.Event) -> None:
    """Python hears of a signal between two of its own steps only; this thread hears of it at once."""
    with reader:
        while (number := reader.recv(1)) and number[0] != signal.SIGTERM:
            pass
        if not number:
            return
        reader.settimeout(CLEANING)
        try:
            if noticed.wait(UNHEARD) and _is_over(reader):
                return
        except TimeoutError:
            pass
    end_children()
    print(STOPPED, file=sys.stderr, flush=True)
    os._exit(CODE)


def _is_over(reader: socket.socket) -> bool:
    while reader.recv(64):
        pass
    return True
