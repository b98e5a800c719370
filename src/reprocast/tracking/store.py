"""The tracking store: opened and initialised under a lock, its experiment made if there is none."""

import warnings
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from pathlib import Path

from alembic.util import CommandError
from filelock import FileLock, Timeout
from mlflow import MlflowClient
from mlflow.entities import Run, RunStatus, ViewType
from mlflow.exceptions import MlflowException
from sqlalchemy.exc import SQLAlchemyError

from reprocast.errors import TryAgainError, UnavailableError
from reprocast.params.operations import Tracking
from reprocast.tracking.address import database

PATIENCE = 120.0
"""Seconds to wait while another process initialises the database."""
GUIDE = """A parent run is a model (its name is the entry in params.yaml), its children are a network's seeds.

- `tags.current = 'true'` shows the runs that belong to the present outputs.
- `tags.role = 'network'` (or `'baseline'`, `'seed'`) shows one kind.
- Per epoch, on the seeds: `train_loss`, `validation_loss`, `learning_rate`, `gradient_norm`, `epoch_seconds`.
- On models and seeds: `test_mae`, `validation_mae` and the other scores; `test_mae_by_step` over the horizon.
"""


@dataclass(frozen=True)
class Store:
    """An open store and the experiment our runs belong to."""

    client: MlflowClient
    experiment: str
    """Id of the experiment."""

    def runs(self, condition: str) -> list[Run]:
        """Runs that fulfil a condition of mlflow's filter language, newest first."""
        found: list[Run] = []
        token: str | None = None
        while True:
            page = self.client.search_runs(
                [self.experiment], condition, ViewType.ACTIVE_ONLY, 1000, ["start_time DESC"], token
            )
            found += page
            token = page.token
            if not token:
                return found

    def running(self) -> list[Run]:
        """Runs that nobody has ended."""
        return self.runs(f"attributes.status = '{RunStatus.to_string(RunStatus.RUNNING)}'")


def open_store(tracking: Tracking) -> Store:
    """Opens the store at `tracking.uri`, an absolute URI; the first process initialises it alone.

    Raises:
        UnavailableError: it cannot be reached or used.
        TryAgainError: another process has been initialising it for two minutes.
    """
    with explained(tracking.uri), _alone(tracking.uri), _known_warnings():
        client = MlflowClient(tracking.uri, tracking.uri)
        return Store(client, _experiment(client, tracking))


@contextmanager
def explained(uri: str) -> Iterator[None]:
    """Turns what mlflow raises into one line of ours."""
    try:
        yield
    except (MlflowException, SQLAlchemyError, CommandError, OSError) as error:
        reason = " ".join(str(error).split())[:200]
        raise UnavailableError(f"tracking store {uri}: cannot be used: {reason}") from error


@contextmanager
def _alone(uri: str) -> Iterator[None]:
    """Processes that first open a database together break its migrations: one after the other."""
    path = database(uri)
    if path is not None:
        path.parent.mkdir(parents=True, exist_ok=True)
    try:
        with nullcontext() if path is None else FileLock(f"{path}.lock", timeout=PATIENCE):
            yield
    except Timeout:
        raise TryAgainError(f"{path}.lock: held by another process for {PATIENCE:.0f} s; try again") from None


@contextmanager
def _known_warnings() -> Iterator[None]:
    """Its 3.17 declares its tables with a loader strategy that SQLAlchemy 2.1 deprecates."""
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "The ``noload`` loader strategy", DeprecationWarning)
        yield


def _experiment(client: MlflowClient, tracking: Tracking) -> str:
    found = client.get_experiment_by_name(tracking.experiment)
    if found is None:
        path = database(tracking.uri)
        place = None if path is None else _artifacts(path).as_uri()
        tags = {"mlflow.note.content": GUIDE, "mlflow.experimentKind": "custom_model_development"}
        return str(client.create_experiment(tracking.experiment, place, tags))
    if found.lifecycle_stage == "deleted":
        client.restore_experiment(found.experiment_id)
    return str(found.experiment_id)


def _artifacts(path: Path) -> Path:
    """Folder of a SQLite store's artifacts: beside the database."""
    return path.parent / "artifacts"
