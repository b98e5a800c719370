"""Tags and text of a run: who made it, what it belongs to, how its model is loaded."""

from collections.abc import Mapping
from typing import Any

from reprocast.tracking.producer import Producer


def labels(start: Mapping[str, Any], origin: str) -> dict[str, str]:
    """Tags that a model's run and its seeds' runs share.

    Args:
        start: the start event.
        origin: `live` for a followed training, `outputs` for a run made from files.
    """
    network = start["description"].get("kind", "network") == "network"
    stage = f"{'train' if network else 'baseline'}@{start['model']}"
    tags = {
        "model": str(start["model"]),
        "fingerprint": str(start["fingerprint"]),
        "stage": stage,
        "origin": origin,
        "mlflow.source.name": f"reprocast {stage}",
        "mlflow.source.type": "LOCAL",
        **Producer(str(start["host"]), int(start["pid"]), float(start["process_start"])).tags(),
    }
    if network:
        tags["architecture"] = str(start["model"])
        tags["cell"] = str(start["description"].get("block", {}).get("cell", ""))
    if start.get("commit"):
        tags["mlflow.source.git.commit"] = str(start["commit"])
    if start.get("experiment"):
        tags["experiment"] = str(start["experiment"])
    return tags


def note(start: Mapping[str, Any], run: str) -> str:
    """The run's description in Markdown."""
    what = start["description"]
    targets = ", ".join(f"`{name}`" for name in what["features"]["target"])
    inputs = ", ".join(f"`{name}`" for role in ("past", "future") for name in what["features"][role])
    block = ", ".join(f"{key} {value}" for key, value in what.get("block", {}).items())
    lines = [
        f"**{start['model']}** ({block}) forecasts {what['horizon']} steps of {targets} from"
        f" {what['look_back']} steps of it" + (f" and of {inputs}" if inputs else "") + ".",
        "",
        f"Series: {', '.join(what['series'])}.",
        "",
        f"```python\nmlflow.pyfunc.load_model('runs:/{run}/model').predict(panel)\n```",
    ]
    return "\n".join(lines)
