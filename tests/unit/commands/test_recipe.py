"""A recipe replaces params.yaml and loses nothing."""

from pathlib import Path

import pytest

from reprocast.commands.folder.stale import prune
from reprocast.commands.recipe import replace_params, take_recipe
from reprocast.errors import ParamsError
from reprocast.params.reading import read
from reprocast.params.root import Params

ROOT = Path(__file__).parents[3]


@pytest.fixture(autouse=True)
def _project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def test_what_stood_there_before_is_kept() -> None:
    Path("params.yaml").write_text("mine", encoding="utf-8")
    replace_params("theirs")
    replace_params("theirs")
    assert Path("params.yaml").read_text(encoding="utf-8") == "theirs"
    kept = list(Path(".reprocast/params").iterdir())
    assert [path.read_text(encoding="utf-8") for path in kept] == ["mine"]


def test_a_broken_recipe_leaves_params_alone() -> None:
    Path("params.yaml").write_text("mine", encoding="utf-8")
    Path("recipes").mkdir()
    Path("recipes/bad.yaml").write_text("seeds: 3\n", encoding="utf-8")
    with pytest.raises(ParamsError, match=r"recipes/bad\.yaml"):
        take_recipe("bad")
    assert Path("params.yaml").read_text(encoding="utf-8") == "mine"


def test_outputs_of_models_no_longer_named_are_pruned() -> None:
    kept = [Path("models/gru/model.json"), Path("results/scores/har.json")]
    stale = [Path("models/old/model.json"), Path("results/scores/old.json"), Path("results/training/old.csv")]
    for path in kept + stale:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("x", encoding="utf-8")
    pruned = prune(read(ROOT / "params.yaml", Params))
    assert sorted(pruned) == [
        Path("models/old"),
        Path("results/scores/old.json"),
        Path("results/training/old.csv"),
    ]
    assert all(path.exists() for path in kept)
    assert not any(path.exists() for path in stale)
