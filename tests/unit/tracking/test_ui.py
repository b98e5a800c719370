"""The UI's command."""

from reprocast.tracking.ui import ENVIRONMENT, ui_command


def test_the_ui_is_light_local_and_silent() -> None:
    command = ui_command("sqlite:////p/mlruns/mlflow.db", 5001)
    options = dict(zip(command[4::2], command[5::2], strict=True))
    assert command[1:4] == ["-m", "mlflow", "server"]
    assert options["--backend-store-uri"] == "sqlite:////p/mlruns/mlflow.db"
    assert options["--host"] == "127.0.0.1"
    assert options["--port"] == "5001"
    assert options["--workers"] == "1"
    assert ENVIRONMENT["MLFLOW_SERVER_ENABLE_JOB_EXECUTION"] == "false"
    assert ENVIRONMENT["MLFLOW_DISABLE_TELEMETRY"] == "true"
