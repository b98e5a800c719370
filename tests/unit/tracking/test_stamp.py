"""A sync with nothing to do is over at once, and only then."""

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from reprocast.tracking.address import tracking_of
from reprocast.tracking.producer import this_process
from reprocast.tracking.stamp import is_stamped, stamp_text, unstamp
from reprocast.tracking.store import Store
from reprocast.tracking.sync import sync

LIGHT = """
import sys
from pathlib import Path
from reprocast.tracking.sync import sync
print(sync(Path.cwd()), "mlflow" in sys.modules)
"""


def stamped(root: Path) -> bool:
    return is_stamped(root, stamp_text(root, tracking_of(root)))


def test_nothing_to_do_takes_no_mlflow(outputs: Path) -> None:
    sync(outputs)
    command = [sys.executable, "-c", LIGHT]
    said = subprocess.run(command, cwd=outputs, check=True, capture_output=True, text=True).stdout
    assert said == "MLflow: in line with the outputs False\n"


def _touch(root: Path) -> None:
    os.utime(root / "results" / "scores" / "gru.json", (1, 1))


def _remove(root: Path) -> None:
    (root / "models" / "naive" / "model.json").unlink()


def _other_store(root: Path) -> None:
    (root / "operations.yaml").write_text("tracking: {experiment: another}\n")


def _new_database(root: Path) -> None:
    (root / "mlruns" / "mlflow.db").rename(root / "mlruns" / "old.db")


@pytest.mark.parametrize("change", [_touch, _remove, _other_store, _new_database, unstamp])
def test_any_change_makes_the_next_sync_look(outputs: Path, change: Callable[[Path], None]) -> None:
    assert not stamped(outputs)
    sync(outputs)
    assert stamped(outputs)
    change(outputs)
    assert not stamped(outputs)


def test_a_running_run_is_looked_at_again(outputs: Path, store: Store) -> None:
    run = store.client.create_run(store.experiment, tags=this_process().tags()).info.run_id
    sync(outputs)
    assert not stamped(outputs)
    store.client.set_terminated(run, "FINISHED")
    sync(outputs)
    assert stamped(outputs)
