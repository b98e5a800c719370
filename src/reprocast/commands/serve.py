"""serve: a model answers over HTTP, as `mlflow models serve` would have it answer."""

import json
from pathlib import Path

from reprocast.commands.served import chosen
from reprocast.stages.publish import STATE
from reprocast.tasks.loading import read_description

PLACE = STATE / "serve"
"""What is served; made anew at each start."""


def serve(root: Path, model: str, host: str, port: int, workers: int) -> None:
    """Serves a model until it is stopped, and says how to ask it.

    Args:
        root: folder of the project.
        model: champion, a name under models/, or a folder.
        host: address to listen at; others than 127.0.0.1 can be reached from outside, without any login.
        port: to listen at.
        workers: processes that answer.

    Raises:
        NoInputError: no such model.
        UnavailableError: the server ended by itself.
    """
    from reprocast.tracking.serving import EXAMPLE
    from reprocast.tracking.serving import prepare as made
    from reprocast.tracking.serving import serve as run

    found = chosen(root, model)
    description = read_description(found.folder)
    ready = made(root, found.folder, root / PLACE)
    example = ready / EXAMPLE
    print(f"{description.name} ({found.said}) at http://{host}:{port}, ready in some seconds; Ctrl-C ends it")
    if example.is_file():
        print(f"A request to try ({_rows(example)} rows of {description.series[0]}):")
        print(
            f"  curl -s http://{host}:{port}/invocations -H 'Content-Type: application/json' -d @{example}",
            flush=True,
        )
    run(ready, host, port, workers)


def _rows(example: Path) -> int:
    return len(json.loads(example.read_text(encoding="utf-8"))["dataframe_split"]["data"])
