"""The run of a refitted model: no curve and no score, for it was neither watched nor scored."""

from dataclasses import dataclass
from pathlib import Path

from mlflow.entities import Run

from reprocast.errors import InternalError
from reprocast.registry.refit import FOLDER, refit_of
from reprocast.tasks.loading import read_description
from reprocast.tracking.outputs import ModelOutput, read_data
from reprocast.tracking.pyfunc import kept_with, log_model, logged_model
from reprocast.tracking.recorder import Recorder
from reprocast.tracking.replay import past_events
from reprocast.tracking.store import Store
from reprocast.tracking.tagging import agree_tags


@dataclass(frozen=True)
class RefitRun:
    """A run and the model that was logged to it."""

    run: Run
    model: str
    """Id of the logged model."""


def refit_run(store: Store, root: Path, name: str) -> RefitRun:
    """The run of refit/NAME with its model, found or made."""
    folder = root / FOLDER / name
    description = read_description(folder)
    output = ModelOutput(description, folder.resolve(), (), {}, {}, {})
    run = _run(store, output)
    if run is None:
        recorder = Recorder(store, read_data(root), "outputs")
        recorder.consume(past_events(root, output, None))
        run = _run(store, output)
    if run is None:
        raise InternalError(f"MLflow does not show the run of {FOLDER}/{name} just made")
    agree_tags(store, run, {"refit_of": refit_of(description.fitted)})
    model = logged_model(store, run, kept_with(output)) or log_model(store, run.info.run_id, output, root)
    return RefitRun(run, model)


def _run(store: Store, output: ModelOutput) -> Run | None:
    own = f"tags.fingerprint = '{output.description.fingerprint}' AND attributes.status = 'FINISHED'"
    return next(
        (run for run in store.runs(own) if run.data.tags.get("role") == output.description.kind), None
    )
