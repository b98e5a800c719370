"""Follows a training and records it live: `python -m reprocast.tracking.follow NAME`.

The train stage starts it. It never fails the training: whatever goes wrong costs one line, and
`reprocast sync` repairs it later.
"""

import os
import signal
import sys
from pathlib import Path

from reprocast.errors import ReprocastError
from reprocast.tracking.address import tracking_of
from reprocast.tracking.machine import Machine, watching
from reprocast.tracking.outputs import read_data, read_models
from reprocast.tracking.producer import from_tags
from reprocast.tracking.pyfunc import log_model
from reprocast.tracking.recorder import Event, Recorder
from reprocast.tracking.stamp import unstamp
from reprocast.tracking.store import Store, explained, open_store
from reprocast.tracking.tail import EVENTS, follow_events


def follow(root: Path, name: str, starter: int) -> None:
    """Records the training of `name` until it has ended or its process is gone.

    Args:
        root: the project.
        name: entry of `architectures`.
        starter: process that started this one; before the start event it stands for the training.

    Raises:
        UnavailableError: the store cannot be reached or used.
        TryAgainError: another process has been initialising it for minutes.
        ParamsError: operations.yaml is wrong.
    """
    tracking = tracking_of(root)
    unstamp(root)
    store = open_store(tracking)
    with explained(tracking.uri):
        recorder = Recorder(store, read_data(root), "live")
        with watching(tracking.uri) as machine:
            fingerprint = _record(recorder, machine, root / EVENTS / f"{name}.jsonl", starter)
        if fingerprint is not None and recorder.parent is not None:
            _log_model(store, recorder.parent, root, name, fingerprint)


def _record(recorder: Recorder, machine: Machine, path: Path, starter: int) -> str | None:
    """Consumes events to their end; the fingerprint of the model if it was trained to the end."""
    start: Event = {}
    status: str | None = None

    def gone() -> bool:
        producer = from_tags(start)
        return os.getppid() != starter if producer is None else producer.is_gone()

    for events in follow_events(path, gone):
        start = next((event for event in events if event["event"] == "start"), start)
        recorder.consume(events)
        machine.watch(recorder.parent)
        status = events[-1].get("status")
    if status is None:
        recorder.abandon()
    return str(start["fingerprint"]) if status == "FINISHED" else None


def _log_model(store: Store, run: str, root: Path, name: str, fingerprint: str) -> None:
    for output in read_models(root):
        if (output.description.name, output.description.fingerprint) == (name, fingerprint):
            log_model(store, run, output, root)


def main(name: str) -> None:
    """Follows the training of `name` in this folder; leaves with 0 whatever happens."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C ends the training; what is left is to say so
    try:
        follow(Path.cwd(), name, os.getppid())
    except ReprocastError as error:
        print(f"reprocast: not followed live: {error}; `reprocast sync` records it later", file=sys.stderr)


if __name__ == "__main__":
    main(sys.argv[1])
