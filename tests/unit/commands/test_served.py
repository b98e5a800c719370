"""The champion's folder: fetched once, checked, its intervals beside it."""

import shutil
from pathlib import Path

import pytest
from backtested_project import put_backtest
from unit.tracking.conftest import migrated, outputs, put, root, write

from reprocast.commands.predict import predict
from reprocast.commands.served import champion_folder, chosen
from reprocast.errors import DataError, NoInputError
from reprocast.registry.artifact import artifact_sha256
from reprocast.tasks.loading import read_description
from reprocast.tracking.interval_file import intervals_of
from reprocast.tracking.pyfunc import logged_model
from reprocast.tracking.registered import move_alias, open_registry, register
from reprocast.tracking.sync import sync

__all__ = ["migrated", "outputs", "put", "root"]


def champion(root: Path, name: str = "naive") -> Path:
    """Registers a model of the project as champion; the folder of its files in the store."""
    sync(root, force=True)
    registry = open_registry(root)
    (run,) = registry.store.runs(f"tags.model = '{name}' AND tags.role != 'seed' AND tags.current = 'true'")
    model = logged_model(registry.store, run)
    assert model is not None
    folder = root / "models" / name
    tags = {"model": name, "fingerprint": f"{name}-1", "artifact_sha256": artifact_sha256(folder)}
    version = register(registry, model, run.info.run_id, tags)
    move_alias(registry, version)
    return Path(version.source.removeprefix("file://")) / "artifacts"


def test_the_champion_is_fetched_checked_and_kept(outputs: Path) -> None:
    with pytest.raises(NoInputError, match="no champion yet; run `reprocast promote`"):
        champion_folder(outputs)
    put_backtest(outputs, "naive")
    files = champion(outputs)
    found = champion_folder(outputs)
    sha256 = artifact_sha256(outputs / "models" / "naive")
    assert found == outputs / ".reprocast" / "champion" / sha256 / "naive"
    assert artifact_sha256(found) == sha256

    said = predict(outputs, "champion", out=Path("champion.csv"))
    assert said.endswith("conformal, 80 %, from 24 errors of its backtest")
    predict(outputs, "naive", out=Path("naive.csv"))
    assert (outputs / "champion.csv").read_bytes() == (outputs / "naive.csv").read_bytes()

    (found / "model.json").write_text("{}")  # what was kept is not believed
    assert artifact_sha256(champion_folder(outputs)) == sha256
    shutil.rmtree(files)
    assert champion_folder(outputs) == found  # kept: the store's files are not asked for again
    shutil.rmtree(found.parent)
    with pytest.raises(DataError, match="version 1: its files cannot be read"):
        champion_folder(outputs)


def test_files_that_are_not_those_registered_are_refused(outputs: Path) -> None:
    files = champion(outputs)
    text = (files / "naive" / "model.json").read_text()
    (files / "naive" / "model.json").write_text(text.replace('"horizon": 3', '"horizon": 2'))
    with pytest.raises(DataError, match="version 1: its files are not those"):
        champion_folder(outputs)
    assert not list((outputs / ".reprocast" / "champion").glob("*"))


def test_intervals_that_do_not_belong_are_refused(outputs: Path) -> None:
    description = read_description(outputs / "models" / "naive")
    put_backtest(outputs, "naive")
    own = intervals_of(outputs / "models" / "naive", description)
    assert own is not None
    alone = outputs / "alone"
    shutil.copytree(outputs / "models" / "naive", alone / "naive")
    for other, words in (
        (own.model_copy(update={"fingerprint": "naive-0"}).sealed(), "belongs to another model than naive"),
        (own.model_copy(update={"coverages": (0.95,)}), "was changed after it was written"),
        ({"radii": 1}, "holds no intervals"),
    ):
        write(alone / "intervals.json", other if isinstance(other, dict) else other.model_dump(mode="json"))
        with pytest.raises(DataError, match=words):
            intervals_of(alone / "naive", description)
    write(alone / "intervals.json", own.model_dump(mode="json"))
    assert intervals_of(alone / "naive", description) == own


def test_a_version_is_named_by_its_number(outputs: Path) -> None:
    champion(outputs)
    assert chosen(outputs, "1").folder == champion_folder(outputs)
    with pytest.raises(NoInputError, match=r"--model 7: .* a registered version \(1\)"):
        chosen(outputs, "7")
