"""A scored model fitted again on all windows: what was chosen for it stays chosen. Windows in, model out."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from reprocast.baselines.saved import fit_baseline
from reprocast.data.windows import Windows
from reprocast.model import Cost, Description, seen_in
from reprocast.params.architecture import Architecture
from reprocast.params.baselines import ON_VALIDATION, Baseline
from reprocast.params.train import Runtime, Train, overridden
from reprocast.tasks import part

Rows = Sequence[Mapping[str, float]]


def refitted_baseline(scored: Description, windows: Windows, update: Mapping[str, Any]) -> Description | None:
    """The baseline fitted on the only fold of `windows`; None where that gives what it has already.

    Args:
        scored: its description; what validation chose for it is declared now.
        windows: all that there is to learn from.
        update: fields of the description that say what it is now.
    """
    chosen = {key: scored.fitted[key] for key in ON_VALIDATION if key in scored.fitted}
    block = Baseline.model_validate_json(json.dumps({**scored.block, **chosen}))
    found = fit_baseline(
        scored.name, block, windows, 0, scored.windows_sha256, scored.fingerprint, scored.task
    ).description
    if found.fitted == scored.fitted:
        return None
    fitted = {**found.fitted, **update["fitted"]}
    return found.model_copy(update={**update, "fitted": fitted, "block": scored.block})


def refitted_network(
    scored: Description, windows: Windows, curves: Rows, update: Mapping[str, Any], scratch: Path
) -> tuple[Description, dict[int, Any]]:
    """The networks of all seeds trained on the only fold of `windows`, and their description.

    Args:
        scored: its description.
        windows: all that there is to learn from.
        curves: rows of its learning curve on the fold that it was deployed from.
        update: fields of the description that say what it is now.
        scratch: where Lightning may write.
    """
    from reprocast.tasks.refitting import refit_seed
    from reprocast.tasks.training import Training

    learn: Any = part(scored.task, "learn")
    architecture = Architecture.model_validate_json(json.dumps(scored.block))
    train = Train.model_validate_json(json.dumps(scored.shared["train"]))
    training = Training(
        learn,
        architecture,
        windows,
        0,
        overridden(train, architecture.train),
        Runtime.model_validate_json(json.dumps(scored.shared["runtime"])),
        scratch,
    )
    is_plateau = training.train.schedule == "plateau"
    found = {
        seed: refit_seed(training, seed, _chosen(scored, seed, curves if is_plateau else ()))
        for seed in scored.seeds
    }
    kept = {key: scored.fitted[key] for key in ("best_epoch", "learning_rate")}
    cost = Cost(**{**dict(scored.cost), "optimiser_steps": sum(one.steps for one in found.values())})
    own = {**update, **seen_in(windows, 0), "validation_end": update["validation_end"], "cost": cost}
    fitted = {**kept, **update["fitted"]}
    return scored.model_copy(update={**own, "fitted": fitted, "weights": {}}), {
        seed: one.weights for seed, one in found.items()
    }


def _chosen(scored: Description, seed: int, curves: Rows) -> Any:
    """What the scored training has settled; a share of `plateau` is a power of a half, however rounded."""
    from reprocast.tasks.refitting import Chosen, nearest_share

    epochs, rate = scored.fitted["best_epoch"][str(seed)], scored.fitted["learning_rate"][str(seed)]
    own = {int(row["epoch"]): row["learning_rate"] for row in curves if int(row["seed"]) == seed}
    shares = [nearest_share(own[epoch] / rate) if own else 1.0 for epoch in range(1, epochs + 1)]
    return Chosen(epochs, rate, shares)
