"""How mlflow is imported: without reporting home, without chatter on the terminal, without long waits."""

import os

SETTINGS = {
    "MLFLOW_DISABLE_TELEMETRY": "true",
    "DO_NOT_TRACK": "true",
    "MLFLOW_LOGGING_LEVEL": "WARNING",
    "MLFLOW_ENABLE_ARTIFACTS_PROGRESS_BAR": "false",
    "MLFLOW_SUPPRESS_PRINTING_URL_TO_STDOUT": "true",
    "MLFLOW_HTTP_REQUEST_MAX_RETRIES": "2",
    "MLFLOW_HTTP_REQUEST_TIMEOUT": "20",
    "GIT_PYTHON_REFRESH": "quiet",
}
"""mlflow reads these when it is imported; a value the user has set wins."""


def hush() -> None:
    """Sets what is not set yet; the package does it before any of its modules can import mlflow."""
    for name, value in SETTINGS.items():
        os.environ.setdefault(name, value)
