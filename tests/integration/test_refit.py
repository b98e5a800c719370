"""A new champion is fitted again on all data: served, told, and compared only with what it has not seen."""

import os
import shutil
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from integration.gate_scene import DAYS, play
from registered_project import moved
from tracked_store import migrated

from reprocast.commands.decisions import refitting
from reprocast.commands.decisions.ledger_files import read_ledger
from reprocast.commands.drift import looked
from reprocast.commands.history import history
from reprocast.commands.predict import predict
from reprocast.commands.promote import decided, promote
from reprocast.commands.promote import refitted as refitted_or_not
from reprocast.commands.rollback import rollback
from reprocast.registry.ledger import champion as reigning
from reprocast.registry.ledger_entry import Entry
from reprocast.registry.refit import refit_fingerprint
from reprocast.stages import refit
from reprocast.tasks.loading import read_description
from reprocast.tracking.registered import champion, open_registry, versions

__all__ = ["migrated"]
BY = "a test"
BEFORE, THEN = 400, 440
"""Days of the first round, and of the one whose challenger is promoted and refitted."""


@pytest.fixture(scope="module")
def refitted(tmp_path_factory: pytest.TempPathFactory, migrated: Path) -> Path:
    """A project whose second round has promoted ridge and refitted it. Do not change it."""
    root = tmp_path_factory.mktemp("refitted") / "project"
    play(root, BEFORE, ("naive",))
    (root / "mlruns").mkdir()
    shutil.copy(migrated, root / "mlruns" / "mlflow.db")
    before = Path.cwd()
    with pytest.MonkeyPatch.context() as patch:
        patch.delenv("MLFLOW_TRACKING_URI", raising=False)
        patch.setattr(refitting, "fit_again", in_this_process)
        patch.chdir(root)
        promote(root, by=BY)
        play(root, THEN, ("naive", "ridge"))
        (root / "operations.yaml").write_text("gate: {refit: true}\n", encoding="utf-8")
        promote(root, by=BY, model="ridge")
    os.chdir(before)
    return root


def in_this_process(root: Path, name: str, environment: object = None) -> None:
    before = Path.cwd()
    os.chdir(root)
    try:
        refit.main(name)
    finally:
        os.chdir(before)


@pytest.fixture
def project(refitted: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy to change; it is the working directory."""
    monkeypatch.delenv("MLFLOW_TRACKING_URI", raising=False)
    monkeypatch.setattr(refitting, "fit_again", in_this_process)
    root = moved(refitted, tmp_path / "project")
    monkeypatch.chdir(root)
    return root


def promotion(root: Path) -> Entry:
    return next(entry for entry in read_ledger(root) if entry.action == "promote")


def test_the_ledger_says_what_was_refitted_and_what_may_be_claimed(refitted: Path) -> None:
    entry = promotion(refitted)
    assert entry.winner == entry.challenger.fingerprint
    assert entry.refit.fingerprint == refit_fingerprint(entry.winner) != entry.winner
    assert entry.refit.fitted_to == str(DAYS[THEN - 1].date())
    held_back = 120 + 40 + 2 * 2  # test, validation, and the embargo before each
    assert entry.refit.more == held_back
    assert "itself was never scored" in entry.refit.claim
    assert f"and {held_back} steps fewer of data" in entry.refit.claim
    assert reigning(read_ledger(refitted)) == entry.reigning()
    assert entry.reigning().validation_end == entry.refit.fitted_to
    assert '"refit"' not in read_ledger(refitted)[0].text()  # other entries are as they always were


def test_the_registry_serves_the_refit_and_knows_the_scored(refitted: Path) -> None:
    entry, found = promotion(refitted), versions(open_registry(refitted))
    status = {one.fingerprint: one.tags["status"] for one in found}
    assert status[entry.refit.fingerprint] == "champion"
    assert status[entry.winner] == "scored"
    served = champion(open_registry(refitted))
    assert served.artifact_sha256 == entry.refit.artifact_sha256
    assert served.tags["refit_of"] == entry.winner
    assert served.tags["reason"] == entry.refit.claim
    scored = next(one for one in found if one.fingerprint == entry.winner)
    for name in ("data_sha256", "dvc_lock_sha256", "as_of"):
        assert served.tags[name] == scored.tags[name]


def test_it_has_learned_from_every_window_and_chosen_nothing_anew(refitted: Path) -> None:
    scored, again = (read_description(refitted / place / "ridge") for place in ("models", "refit"))
    assert again.fitted["alpha"] == scored.fitted["alpha"]
    assert again.fitted["coefficients"] != scored.fitted["coefficients"]
    values = pd.read_csv(refitted / "x.csv", parse_dates=["ds"])
    known = values[values["ds"] <= DAYS[THEN - 1]].groupby("unique_id")["x"]
    assert np.allclose(np.ravel(again.loc), known.mean().to_numpy())
    assert np.allclose(np.ravel(again.scale), known.std(ddof=0).to_numpy())


def test_a_second_refit_has_the_same_bytes(project: Path) -> None:
    before = {path: path.read_bytes() for path in sorted(project.glob("refit/**/*")) if path.is_file()}
    shutil.rmtree("refit")
    refitting.fit_again(project, "ridge")
    assert {path: path.read_bytes() for path in before} == before


def scrambled(after: str) -> pd.DataFrame:
    """The source with another future: every value later than `after` is replaced."""
    table = pd.read_csv("x.csv", parse_dates=["ds"])
    later = table["ds"] > after
    table.loc[later, "x"] = 1000 + np.arange(later.sum()) % 17
    return table


def test_nothing_after_its_end_has_taught_it(project: Path) -> None:
    """The crux, one side: the refit ends where it says it ends."""
    before = (project / "refit/ridge/model.json").read_bytes()
    play(project, THEN, ("naive", "ridge"), data=scrambled(promotion(project).refit.fitted_to))
    refitting.fit_again(project, "ridge")
    assert (project / "refit/ridge/model.json").read_bytes() == before


def test_a_later_gate_looks_at_nothing_that_it_has_learned_from(project: Path) -> None:
    """The crux, the other side: what the champion has learned from moves no loss that it is judged by."""
    play(project, len(DAYS), ("naive", "ridge", "seasonal_naive"))
    entry, _ = decided(project, by=BY, model="seasonal_naive")
    end = promotion(project).refit.fitted_to
    assert entry.champion == promotion(project).reigning()
    assert entry.evidence.first_cutoff == end  # its first target is the next day
    assert entry.evidence.cutoffs == len(DAYS) - THEN - 1  # each with its whole horizon of 2
    assert entry.action == "keep"
    assert "too few" in entry.reason
    assert entry.evidence.alpha == 0


def test_a_day_after_the_refit_nothing_can_be_compared_and_nothing_is_spent(project: Path) -> None:
    play(project, THEN + 1, ("naive", "ridge", "seasonal_naive"))
    entry, _ = decided(project, by=BY, model="seasonal_naive")
    assert (entry.action, entry.evidence) == ("keep", None)
    assert "was refitted on everything up to" in entry.reason
    assert reigning(read_ledger(project)) == promotion(project).reigning()


def test_the_scored_model_is_no_challenger_of_its_own_refit(project: Path) -> None:
    with Path("dvc.lock").open("a", encoding="utf-8") as stream:
        stream.write("# another architecture was added\n")
    entry, _ = decided(project, by=BY, model="ridge")
    assert (entry.action, entry.evidence) == ("keep", None)
    assert entry.reason == "ridge is the champion already, refitted"


def test_forecasts_have_the_intervals_of_the_scored_model_and_say_so(project: Path) -> None:
    said = predict(project, "champion")
    entry = promotion(project)
    assert f"of the backtest of the model it was refitted from ({entry.winner[:8]})" in said
    table = pd.read_parquet("reports/predictions.parquet")
    assert {"q-0.1", "q-0.9"} <= set(table.columns)


def test_one_goes_back_behind_the_refit_and_to_it(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    promoted = promotion(project)
    number = champion(open_registry(project)).number
    rollback(project, by=BY)
    assert champion(open_registry(project)).model == "naive"
    rollback(project, by=BY, to=number)
    assert reigning(read_ledger(project)) == promoted.reigning()
    assert champion(open_registry(project)).fingerprint == promoted.refit.fingerprint
    history(project)
    said = capsys.readouterr().out
    assert f"ridge {promoted.refit.fingerprint[:8]} (refit of {promoted.winner[:8]})" in said
    assert promoted.refit.claim in said


def test_drift_measures_it_against_the_backtest_of_the_scored_model(project: Path) -> None:
    play(project, len(DAYS), ("naive", "ridge"))
    found = looked(project)
    assert (found.model, found.steps) == ("ridge", len(DAYS) - THEN)
    backtest = 2 + 120 - 1  # the embargo, the test, and a whole horizon of 2 within it
    assert found.looks[-1].performance.cutoffs == backtest


def test_where_fitting_changes_nothing_there_is_no_refit(
    project: Path, migrated: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.rmtree("ledger")
    shutil.rmtree("refit")
    shutil.copy(migrated, "mlruns/mlflow.db")
    play(project, THEN, ("naive",))
    promote(project, by=BY, model="naive")
    (entry,) = read_ledger(project)
    assert (entry.reigning().model, entry.refit) == ("naive", None)
    assert not Path("refit").exists()


def test_by_default_nothing_is_refitted(project: Path) -> None:
    Path("operations.yaml").write_text("{}\n", encoding="utf-8")
    new = promotion(project).model_copy(update={"refit": None, "reason": "not yet in the ledger"})
    assert refitted_or_not(project, new) == new
