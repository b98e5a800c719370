"""Seeds: what stands under a seed is what its own network forecasts, saved and read again."""

import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from reprocast.audit.leak import LeakError, near, same
from reprocast.audit.models import models, tables
from reprocast.audit.naming import cutoff_name
from reprocast.audit.result import Done
from reprocast.audit.subject import Subject
from reprocast.model import Description
from reprocast.tasks.networks import SavedNetworks, load_network, save_networks

SEEDS = (9, 4)
"""Not in the order of size, so that nothing is right by chance."""


def each_its_own(subject: Subject) -> Done:
    """Two fresh networks, saved, read and let forecast together: each seed's rows are those of it alone."""
    trained, windows = models(subject)[0], subject.windows
    assert isinstance(trained, SavedNetworks)
    fold, alone = trained.description.fold, {seed: _fresh(subject, trained, seed) for seed in SEEDS}
    together = tables(subject, _read_again(subject, trained, alone), windows, fold)
    compared = 0
    for split, table in together.items():
        place = f"seeds: {trained.description.name}, {split}"
        rows = {seed: table[table["seed"] == seed] for seed in SEEDS}
        for seed, model in alone.items():
            own = tables(subject, model, windows, fold)[split]
            own = own[own["seed"] == seed]
            cause = "when its network forecast beside another"
            if len(own) != len(rows[seed]):
                raise LeakError(
                    f"{place}: seed {seed}: {len(own)} forecasts became {len(rows[seed])} {cause}"
                )
            compared += same(_means(own), _means(rows[seed]), _at(f"{place}, seed {seed}", own), cause)
        deployed, mean = table[table["seed"].isna()], sum(map(_means, rows.values())) / len(SEEDS)
        unit = deployed["scale"].to_numpy()[:, None]
        near(mean / unit, _means(deployed) / unit, 1e-6, _at(f"{place}, mean", deployed), "in the table")
    return Done({"seeds": len(SEEDS), "forecasts": compared})


def _fresh(subject: Subject, trained: SavedNetworks, seed: int) -> SavedNetworks:
    """A model of one network with the fresh weights of a seed."""
    from reprocast.audit.learning import short_training  # late: it takes Lightning along

    network = short_training(subject, subject.windows, Path()).network(seed)
    return SavedNetworks(_described(subject, trained, (seed,)), [network.eval()])


def _described(subject: Subject, trained: SavedNetworks, seeds: tuple[int, ...]) -> Description:
    shared = {"runtime": subject.params.runtime.model_dump(mode="json")}
    return trained.description.model_copy(update={"seeds": seeds, "shared": shared})


def _read_again(subject: Subject, trained: SavedNetworks, alone: dict[int, SavedNetworks]) -> SavedNetworks:
    """All of them as one model, through the files that a stage writes and another reads."""
    weights = {seed: model.networks[0].state_dict() for seed, model in alone.items()}
    with tempfile.TemporaryDirectory() as folder:
        save_networks(_described(subject, trained, SEEDS), weights, Path(folder))
        return load_network(Path(folder))


def _means(rows: pd.DataFrame) -> np.ndarray[Any, Any]:
    return np.stack(rows["mean"].to_list()) if len(rows) else np.zeros((0, 0))


def _at(place: str, rows: pd.DataFrame) -> Callable[[tuple[int, ...]], str]:
    def words(index: tuple[int, ...]) -> str:
        if not index:
            return place
        row = rows.iloc[index[0]]
        where = cutoff_name(f"{row['unique_id']}, {row['target']}", row["cutoff"])
        return f"{place}: step {index[1] + 1} of {where}"

    return words
