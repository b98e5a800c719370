"""The run that a registered version belongs to."""

from collections.abc import Mapping

from mlflow.exceptions import MlflowException

from reprocast.tracking.registered import Registry, Version
from reprocast.tracking.store import explained

MISSING = ("RESOURCE_DOES_NOT_EXIST", "INVALID_PARAMETER_VALUE")
"""What mlflow answers for a run that is not there, or whose id is none."""


def run_of(registry: Registry, version: Version) -> tuple[str | None, Mapping[str, str]]:
    """Status and tags of the run; None and nothing where there is none, or it was deleted."""
    if version.run is None:
        return None, {}
    with explained(registry.uri):
        try:
            run = registry.store.client.get_run(version.run)
        except MlflowException as error:
            if error.error_code in MISSING:
                return None, {}
            raise
    if run.info.lifecycle_stage == "deleted":
        return None, {}
    return run.info.status, dict(run.data.tags)
