"""The commands that forecast with a model: from a file, and over HTTP."""

from pathlib import Path
from typing import Annotated

import typer

Model = Annotated[
    str,
    typer.Option(
        help="champion, a model of this project by name, a folder, or a registered version's number."
    ),
]


def predict(
    model: Annotated[
        str,
        typer.Option(
            help="champion, a model of this project by name, a folder, a registered version's number, or a "
            ".onnx file of `reprocast export`."
        ),
    ] = "champion",
    panel: Annotated[
        Path | None, typer.Option(help="Parquet or CSV with newer rows; none: the panel of the last run.")
    ] = None,
    out: Annotated[
        Path | None, typer.Option(help="A .parquet or .csv file; none: reports/predictions.parquet.")
    ] = None,
) -> None:
    """Forecast from the newest panel, with intervals, and write the forecasts to a file.

    Refused, with exit code 65: a panel that fails validation, a series that the model would have to know,
    missing values, values unlike those of training.
    """
    from reprocast.commands.predict import predict as run

    print(run(Path(), model, panel, out))


def serve(
    model: Model = "champion",
    port: Annotated[int, typer.Option(min=1, max=65535, help="Port to listen at.")] = 5001,
    host: Annotated[str, typer.Option(help="Address to listen at; there is no login.")] = "127.0.0.1",
    workers: Annotated[int, typer.Option(min=1, help="Processes that answer.")] = 1,
) -> None:
    """Answer requests for forecasts over HTTP, with MLflow's scoring server (docs/serving.md)."""
    from reprocast.commands.serve import serve as run

    run(Path(), model, host, port, workers)
