"""The tracking store: opened and initialised under a lock, its experiment made if there is none."""

import tempfile
import warnings
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from pathlib import Path

import requests
from alembic.util import CommandError
from filelock import FileLock, Timeout
from mlflow import MlflowClient
from mlflow.entities import Run, RunStatus, ViewType
from mlflow.exceptions import MlflowException
from sqlalchemy import create_engine
from sqlalchemy.exc import SQLAlchemyError

from reprocast.deterministic import sha256_of_text
from reprocast.errors import TryAgainError, UnavailableError
from reprocast.params.operations import Tracking
from reprocast.tracking.address import database, is_database, without_password
from reprocast.tracking.notes import NOTE, with_yours

PATIENCE = 120.0
"""Seconds to wait while another process initialises the database."""


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

    def describe(self, note: str) -> int:
        """Makes `note` the experiment's description, above what somebody has written; whether it changed."""
        before = self.client.get_experiment(self.experiment).tags.get(NOTE)
        after = with_yours(note, before)
        if after == before:
            return 0
        self.client.set_experiment_tag(self.experiment, NOTE, after)
        return 1

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
        _knock(tracking.uri)
        client = MlflowClient(tracking.uri, tracking.uri)
        return Store(client, _experiment(client, tracking))


def _knock(uri: str) -> None:
    """Tries a server once: mlflow would try for minutes before it says so, when the round has been run."""
    if uri.startswith(("http://", "https://")):
        _ring(uri)
    if is_database(uri) and database(uri) is None:
        engine = create_engine(uri)
        try:
            engine.connect().close()
        finally:
            engine.dispose()


def _ring(uri: str) -> None:
    """Asks a web server for its first page, whatever it then says of who may see it."""
    remedy = "start it, or mend the address (MLFLOW_TRACKING_URI)"
    try:
        status = requests.get(uri, timeout=30).status_code
    except requests.exceptions.SSLError:
        return  # a certificate of one's own is mlflow's affair
    except (requests.ConnectionError, requests.Timeout):
        raise OSError(f"nothing answers there; {remedy}") from None
    if status >= 500:
        raise OSError(f"it answers {status}; {remedy}")


@contextmanager
def explained(uri: str) -> Iterator[None]:
    """Turns what mlflow raises into one line of ours."""
    try:
        yield
    except ModuleNotFoundError as error:
        raise UnavailableError(
            f"tracking store {without_password(uri)}: needs the package {error.name}; "
            "for PostgreSQL: pip install psycopg2-binary, and write postgresql+psycopg2://…"
        ) from error
    except (MlflowException, SQLAlchemyError, CommandError, OSError) as error:
        reason = " ".join(str(error).split())[:200]
        raise UnavailableError(f"tracking store {without_password(uri)}: cannot be used: {reason}") from error


@contextmanager
def _alone(uri: str) -> Iterator[None]:
    """Processes that first open a database together break its migrations: one after the other."""
    lock = _lock(uri)
    try:
        with nullcontext() if lock is None else FileLock(lock, timeout=PATIENCE):
            yield
    except Timeout:
        raise TryAgainError(f"{lock}: held by another process for {PATIENCE:.0f} s; try again") from None


def _lock(uri: str) -> Path | None:
    """Beside the file of a database; in the machine's temporary folder for one that is served elsewhere."""
    path = database(uri)
    if path is not None:
        path.parent.mkdir(parents=True, exist_ok=True)
        return path.with_name(f"{path.name}.lock")
    mark = sha256_of_text(uri)[:16]
    return Path(tempfile.gettempdir(), f"reprocast-{mark}.lock") if is_database(uri) else None


@contextmanager
def _known_warnings() -> Iterator[None]:
    """Its 3.17 declares its tables with a loader strategy that SQLAlchemy 2.1 deprecates."""
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "The ``noload`` loader strategy", DeprecationWarning)
        yield


def _experiment(client: MlflowClient, tracking: Tracking) -> str:
    found = client.get_experiment_by_name(tracking.experiment)
    if found is None:
        place = tracking.artifacts if is_database(tracking.uri) else None
        tags = {"mlflow.experimentKind": "custom_model_development"}
        return str(client.create_experiment(tracking.experiment, place, tags))
    if found.lifecycle_stage == "deleted":
        client.restore_experiment(found.experiment_id)
    return str(found.experiment_id)
