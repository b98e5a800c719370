"""The store: what cannot be used is said in a line, what was deleted comes back."""

from pathlib import Path
from types import SimpleNamespace

import pytest
import requests

from reprocast.errors import UnavailableError
from reprocast.tracking.address import tracking_of
from reprocast.tracking.store import Store, open_store


def test_a_file_that_is_no_database_is_named(root: Path) -> None:
    (root / "mlruns" / "mlflow.db").write_text("not a database, but long enough to be read as one" * 40)
    with pytest.raises(UnavailableError, match=r"mlruns/mlflow\.db: cannot be used") as caught:
        open_store(tracking_of(root))
    assert "\n" not in str(caught.value)


def test_a_folder_that_cannot_be_made_is_named(root: Path) -> None:
    (root / "file").write_text("")
    (root / "operations.yaml").write_text("tracking: {uri: 'sqlite:///file/mlflow.db'}\n")
    with pytest.raises(UnavailableError, match=r"file/mlflow\.db: cannot be used"):
        open_store(tracking_of(root))


@pytest.mark.parametrize(("status", "said"), [(502, "it answers 502"), (None, "nothing answers there")])
def test_a_server_that_is_away_is_found_out_at_once(
    root: Path, monkeypatch: pytest.MonkeyPatch, status: int | None, said: str
) -> None:
    asked: list[str] = []

    def get(uri: str, timeout: float) -> SimpleNamespace:
        asked.append(uri)
        if status is None:
            raise requests.ConnectionError("HTTPConnectionPool(…): Max retries exceeded")
        return SimpleNamespace(status_code=status)

    monkeypatch.setattr(requests, "get", get)
    monkeypatch.setenv("MLFLOW_TRACKING_URI", "http://mlflow.example")
    with pytest.raises(UnavailableError, match=rf"cannot be used: {said}; start it, or mend the address"):
        open_store(tracking_of(root))
    assert asked == ["http://mlflow.example"]


def test_an_experiment_that_was_deleted_comes_back(root: Path, store: Store) -> None:
    store.client.delete_experiment(store.experiment)
    again = open_store(tracking_of(root))
    assert again.experiment == store.experiment
    assert again.client.get_experiment(store.experiment).lifecycle_stage == "active"


def test_more_runs_than_fit_on_a_page_are_all_found(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    search = store.client.search_runs
    for n in range(5):
        store.client.create_run(store.experiment, run_name=str(n))
    calls = []

    def in_pages_of_two(ids, condition, view, _size, order, token):  # type: ignore[no-untyped-def]
        calls.append(token)
        return search(ids, condition, view, 2, order, token)

    monkeypatch.setattr(store.client, "search_runs", in_pages_of_two)
    assert sorted(run.info.run_name for run in store.runs("")) == ["0", "1", "2", "3", "4"]
    assert len(calls) == 3
