"""The recipe that the outputs were made with is read from dvc.lock, not from what is said now."""

import json
from pathlib import Path

import pytest

from reprocast.tracking.recipe import recipe_of

BLOCKS = {
    "seeds": [1],
    "train": {"max_epochs": 2},
    "architectures": {"gru": {"cell": "gru"}},
    "baselines": {"naive": {}},
    "compare": {"score": "mae"},
}


def project(root: Path, **changes: object) -> None:
    """A recipe `small` and a lock file of what ran, which is JSON, and so YAML."""
    (root / "recipes").mkdir(exist_ok=True)
    (root / "recipes" / "other.yaml").write_text(json.dumps(BLOCKS | {"seeds": [7]}))
    (root / "recipes" / "small.yaml").write_text("# says what it is for\n" + json.dumps(BLOCKS))
    ran = BLOCKS | changes
    train = {"seeds": ran["seeds"], "train": ran["train"], "architectures.gru": {"cell": "gru"}}
    compare = {key: ran[key] for key in ("architectures", "baselines", "compare")}
    gone = {"architectures.gone": {"cell": "rnn"}}
    blocks = {"train@gru": train, "compare": compare, "train@gone": gone, "window": {}}
    stages = {name: {"cmd": "x", "params": {"params.yaml": values}} for name, values in blocks.items()}
    (root / "dvc.lock").write_text(json.dumps({"schema": "2.0", "stages": stages}))


def test_it_is_the_one_with_just_these_values(tmp_path: Path) -> None:
    project(tmp_path)
    assert recipe_of(tmp_path) == "small"


@pytest.mark.parametrize(
    "change", [{"train": {"max_epochs": 3}}, {"seeds": [1, 2]}, {"compare": {"score": "rmse"}}]
)
def test_one_changed_value_makes_it_no_recipe(tmp_path: Path, change: dict[str, object]) -> None:
    project(tmp_path, **change)
    assert recipe_of(tmp_path) is None


def test_without_a_whole_run_there_is_none(tmp_path: Path) -> None:
    project(tmp_path)
    lock = json.loads((tmp_path / "dvc.lock").read_text())
    del lock["stages"]["compare"]
    (tmp_path / "dvc.lock").write_text(json.dumps(lock))
    assert recipe_of(tmp_path) is None
    (tmp_path / "dvc.lock").unlink()
    assert recipe_of(tmp_path) is None
