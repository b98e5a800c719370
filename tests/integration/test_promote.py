"""reprocast promote, rollback and history on real outputs and a real store."""

import dataclasses
import json
import shutil
from inspect import signature
from pathlib import Path

import numpy as np
import pytest
import toy_gate
from integration.gate_worlds import BY, crowned, move_on, project, reign, rounds
from tracked_store import migrated

from reprocast.cli import main
from reprocast.commands import promote as gate
from reprocast.commands.decisions.compared_models import compared
from reprocast.commands.decisions.ledger_files import read_ledger, write_entry
from reprocast.commands.decisions.outputs import Outputs
from reprocast.commands.folder.alone import alone
from reprocast.commands.history import history
from reprocast.commands.promote import decided, enact, enact_pending, promote
from reprocast.commands.rollback import rollback
from reprocast.deterministic import sha256_of_file
from reprocast.errors import DataError, NoInputError, UsageError
from reprocast.networks.weights import weights_bytes, weights_from
from reprocast.panel import read_panel, write_panel
from reprocast.registry.artifact import artifact_sha256
from reprocast.registry.hashes import hashes_below
from reprocast.registry.ledger import champion as reigning
from reprocast.registry.ledger_entry import Entry
from reprocast.registry.locked import folder_md5
from reprocast.tracking.registered import champion, download, move_alias, open_registry, tag, versions

__all__ = ["crowned", "migrated", "project", "reign", "rounds"]


def ledger(project: Path) -> dict[str, str]:
    return {path.name: path.read_text() for path in sorted((project / "ledger").glob("*"))}


def served(project: Path) -> str | None:
    found = champion(open_registry(project))
    return found.model if found else None


def test_the_first_champion_is_the_best_baseline_unless_the_network_beats_it(project: Path) -> None:
    said = promote(project, by=BY)
    (entry,) = read_ledger(project)
    assert (entry.action, entry.champion.model, entry.challenger.model) == ("first", "naive", "gru")
    assert entry.winner == entry.champion.fingerprint
    assert entry.evidence.p_value > entry.evidence.alpha == 0.025
    assert served(project) == "naive"
    found = {one.model: one for one in versions(open_registry(project))}
    assert sorted(found) == ["gru", "naive"]
    assert found["naive"].tags["status"] == "champion"
    assert found["gru"].tags["status"] == "refused"
    assert "no evidence that gru is better" in found["gru"].tags["reason"]
    wanted = {"fingerprint", "artifact_sha256", "model", "kind", "data_sha256", "dvc_lock_sha256", "as_of"}
    assert wanted | {"validation_end", "vintage", "status", "reason"} <= set(found["gru"].tags)
    assert "reprocast@champion is now version 1, naive" in said


def test_a_decision_is_taken_once_and_enacting_it_again_changes_nothing(reign: Path) -> None:
    before, numbers = ledger(reign), [one.number for one in versions(open_registry(reign))]
    assert promote(reign, by="somebody else").startswith("decided before, first: ")
    assert ledger(reign) == before
    assert [one.number for one in versions(open_registry(reign))] == numbers


def test_the_same_state_gives_the_same_file(project: Path) -> None:
    entry, path = decided(project, by=BY)
    first = ledger(project)
    path.unlink()
    assert decided(project, by=BY)[0] == entry
    assert ledger(project) == first
    assert served(project) is None  # deciding moves nothing


def test_a_better_challenger_is_promoted_and_rolled_back(
    reign: Path, rounds: dict[int, Path], capsys: pytest.CaptureFixture[str]
) -> None:
    move_on(reign, rounds)
    promote(reign, by=BY, model="seasonal_naive")
    entry = read_ledger(reign)[-1]
    assert (entry.action, entry.sequence, entry.by) == ("promote", 2, "a test, who chose seasonal_naive")
    assert entry.evidence.fresh == 40
    # 40 of the year's 365 days, at the rate of the first year
    assert entry.evidence.alpha == pytest.approx(0.025 * 40 / 365, rel=1e-4)
    assert entry.evidence.p_value <= entry.evidence.alpha
    assert served(reign) == "seasonal_naive"
    assert {one.model: one.tags["status"] for one in versions(open_registry(reign))} == {
        "naive": "former",
        "gru": "refused",
        "seasonal_naive": "champion",
    }
    rollback(reign, by=BY, why="it pages at night")
    back = read_ledger(reign)[-1]
    assert (back.action, back.reason, back.challenger.model) == ("rollback", "it pages at night", "naive")
    assert served(reign) == "naive"
    # a promotion that was taken back is not repeated by the next run of the same command
    promote(reign, by=BY, model="seasonal_naive")
    assert served(reign) == "naive"
    with pytest.raises(DataError, match="nobody was champion before naive"):
        rollback(reign, by=BY)
    rollback(reign, by=BY, to=3)
    assert served(reign) == "seasonal_naive"
    history(reign)
    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[1] for line in lines[1:5]] == ["first", "promote", "rollback", "rollback"]
    assert lines[-1].startswith("Champion: seasonal_naive")


def test_both_are_scored_where_neither_has_learned_or_been_chosen(
    reign: Path, rounds: dict[int, Path]
) -> None:
    move_on(reign, rounds)
    entry, _ = decided(reign, by=BY, model="seasonal_naive")
    ends = [one.validation_end for one in (entry.champion, entry.challenger)]
    said, last = entry.evidence, np.datetime64("2022-03-16")
    assert said.first_cutoff == max(ends)  # its first target is the next day
    assert np.datetime64(said.last_cutoff) == last - 2  # its whole horizon is there
    assert said.cutoffs == (last - 2 - np.datetime64(max(ends))).astype(int) + 1


def test_what_neither_forecasts_nor_sees_moves_nothing(reign: Path, rounds: dict[int, Path]) -> None:
    """A champion that looks back 14 rows, a challenger with 21: what is before the first look-back."""
    move_on(reign, rounds)
    folders = rounds[1] / "models" / "gru", reign / "models" / "seasonal_naive"
    before = compared(Outputs(reign), *folders)
    path = reign / "data" / "validated" / "panel.parquet"
    panel = read_panel(path)
    early = panel.ds < before.cutoffs[0] - np.timedelta64(20, "D")
    other = np.where(early, 1e3 * np.random.default_rng(1).normal(size=len(early)), panel.columns["x"])
    write_panel(dataclasses.replace(panel, columns={"x": other}), path)
    after = compared(Outputs(reign), *folders)
    assert after.sample.losses.equals(before.sample.losses)
    assert list(after.cutoffs) == list(before.cutoffs)


def test_a_champion_that_needs_other_columns_is_named(reign: Path, rounds: dict[int, Path]) -> None:
    move_on(reign, rounds)
    champions = reign / "other"
    shutil.copytree(reign / "models" / "naive", champions)
    said = json.loads((champions / "model.json").read_text())
    said["features"]["past"] = ["temperature"]
    (champions / "model.json").write_text(json.dumps(said))
    with pytest.raises(DataError, match=r"naive, the champion, .*'temperature'.*another registry\.model"):
        compared(Outputs(reign), champions, reign / "models" / "seasonal_naive")


def test_a_proposal_that_is_made_anew_says_the_same(reign: Path, rounds: dict[int, Path]) -> None:
    """The branch below it has moved, the data have not: the same test is not another look at them."""
    move_on(reign, rounds)
    entry, path = decided(reign, by=BY, model="seasonal_naive")
    assert entry.action == "promote"
    path.unlink()
    again, there = decided(reign, by="the next run", model="seasonal_naive", earlier=[entry])
    assert (again, there) == (entry, path)
    assert len(ledger(reign)) == 2


def test_what_a_superseded_promotion_has_spent_is_spent(reign: Path, rounds: dict[int, Path]) -> None:
    move_on(reign, rounds)
    entry, path = decided(reign, by=BY, model="seasonal_naive")
    path.unlink()
    proposed = entry.model_copy(update={"dvc_lock_sha256": "that of a day before"})
    again, there = decided(reign, by=BY, model="seasonal_naive", earlier=[proposed])
    assert (again.action, again.evidence.fresh, again.evidence.alpha) == ("keep", 0, 0.0)
    # it stays spent when the round after it tests nothing, because its challenger is refused
    there.unlink()
    break_network(reign / "models" / "gru")
    refused, _ = decided(reign, by=BY)
    assert refused.action == "refuse"
    later, _ = decided(reign, by=BY, model="seasonal_naive")
    assert (later.action, later.evidence.fresh) == ("keep", 0)
    (told,) = [one for one in read_ledger(reign) if one.reason.startswith("proposed, and superseded")]
    assert (told.action, told.winner, told.evidence) == ("keep", entry.champion.fingerprint, entry.evidence)
    assert reigning(read_ledger(reign)).model == "naive"


def test_a_proposal_against_another_champion_does_not_stand(reign: Path, rounds: dict[int, Path]) -> None:
    move_on(reign, rounds)
    entry, path = decided(reign, by=BY, model="seasonal_naive")
    path.unlink()
    rollback(reign, by=BY, to=2)  # gru reigns now
    again, _ = decided(reign, by=BY, model="seasonal_naive", earlier=[entry])
    assert (again.action, again.champion.model, again.evidence.fresh) == ("keep", "gru", 0)


@pytest.mark.parametrize("name", ["weighed", "refitted", "recorded", "enact", "enact_pending"])
def test_rounds_are_tested_with_a_toy_that_is_called_as_the_gate_is(name: str) -> None:
    theirs, ours = (signature(getattr(module, name)) for module in (gate, toy_gate))
    assert set(ours.parameters) <= set(theirs.parameters)
    asked = {"weighed": ((Path(),), {"by": BY, "earlier": []}), "enact_pending": ((Path(),), {})}
    positional, keywords = asked.get(name, ((Path(), None), {}))
    theirs.bind(*positional, **keywords)


def test_nothing_new_spends_nothing_and_keeps(reign: Path, rounds: dict[int, Path]) -> None:
    entry, _ = decided(reign, by=BY, model="naive")
    assert (entry.action, entry.evidence) == ("keep", None)
    assert "champion already" in entry.reason
    play_again, _ = decided(reign, by=BY, model="gru")
    assert play_again.action == "first"  # the decision that was taken


def test_a_challenger_without_its_weights_is_refused_and_recorded(project: Path) -> None:
    (project / "models" / "gru" / "seed-1.safetensors").write_bytes(b"cut")
    with pytest.raises(DataError, match=r"gru was refused: .*seed-1.safetensors"):
        promote(project, by=BY)
    (entry,) = read_ledger(project)
    assert (entry.action, entry.evidence, entry.winner) == ("first", None, entry.champion.fingerprint)
    assert served(project) == "naive"


def test_not_a_number_is_refused(reign: Path, rounds: dict[int, Path]) -> None:
    move_on(reign, rounds)
    break_network(reign / "models" / "gru")
    with pytest.raises(DataError, match=r"refuse: .*not finite"):
        promote(reign, by=BY)
    assert read_ledger(reign)[-1].action == "refuse"
    assert served(reign) == "naive"
    refused = versions(open_registry(reign))[-1]
    assert (refused.model, refused.tags["status"]) == ("gru", "refused")
    before = ledger(reign)
    with pytest.raises(DataError, match=r"version 3: .* is not finite"):
        rollback(reign, by=BY, to=3)
    assert (served(reign), ledger(reign)) == ("naive", before)


def test_a_person_may_take_what_the_gate_has_refused_and_the_ledger_says_so(reign: Path) -> None:
    rollback(reign, by=BY, to=2)
    assert served(reign) == "gru"
    assert read_ledger(reign)[-1].reason == "back from naive to version 2, gru, which the gate had refused"


def test_another_question_has_a_champion_of_its_own(reign: Path) -> None:
    """What the messages name as the remedy where two models cannot be compared."""
    (reign / "operations.yaml").write_text("registry: {model: another}\n")
    assert promote(reign, by=BY).startswith("first: ")
    assert [one.name for one in read_ledger(reign)] == ["another"]
    assert served(reign) == "naive"
    (reign / "operations.yaml").unlink()
    assert [one.name for one in read_ledger(reign)] == ["reprocast"]


@pytest.mark.parametrize("name", ["models/gru/extra.pkl", "models/gru/model.json"])
def test_a_model_that_is_not_the_one_of_dvc_lock_is_refused(project: Path, name: str) -> None:
    lock_outputs(project)
    path = project / name
    path.write_text(
        path.read_text().replace('"scaling": "standard"', '"scaling": "none"') if path.exists() else "x"
    )
    with pytest.raises(DataError, match=r"refused: models/gru: .* not those of dvc.lock; `dvc checkout"):
        promote(project, by=BY)
    assert [one.model for one in versions(open_registry(project))] == ["naive"]
    (entry,) = read_ledger(project)
    assert (entry.challenger.model, entry.challenger.artifact_sha256) == ("gru", "")


def test_a_panel_that_is_not_the_one_of_dvc_lock_decides_nothing(project: Path) -> None:
    lock_outputs(project)
    (project / "data" / "validated" / "more.txt").write_text("x")
    with pytest.raises(DataError, match=r"data/validated: its files are not those of dvc\.lock"):
        promote(project, by=BY)
    assert not (project / "ledger").exists()


def lock_outputs(project: Path) -> None:
    """A dvc.lock with the outputs as they are."""
    names = ["data/validated", *(f"models/{path.name}" for path in (project / "models").iterdir())]
    found = {name: {key: one.md5 for key, one in hashes_below(project / name).items()} for name in names}
    outs = [{"path": name, "md5": folder_md5(files)} for name, files in found.items()]
    (project / "dvc.lock").write_text(json.dumps({"stages": {"all": {"outs": outs}}}))


@pytest.mark.parametrize("command", [["promote"], ["promote", "--enact"], ["rollback"]])
def test_one_command_at_a_time_decides(
    reign: Path, command: list[str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    before = ledger(reign)
    monkeypatch.setattr("sys.argv", ["reprocast", *command])
    with alone("retrain"), pytest.raises(SystemExit) as left:
        main()
    assert left.value.code == 75
    assert "another `reprocast retrain` is running" in capsys.readouterr().err
    assert ledger(reign) == before


def break_network(folder: Path) -> None:
    """Weights that are no numbers, written as if training had."""
    path = folder / "seed-1.safetensors"
    path.write_bytes(
        weights_bytes({name: one * np.nan for name, one in weights_from(path.read_bytes()).items()})
    )
    said = json.loads((folder / "model.json").read_text())
    said["weights"] = {"1": sha256_of_file(path)}
    (folder / "model.json").write_text(json.dumps(said))


def test_an_artifact_that_was_exchanged_keeps_the_alias(project: Path, tmp_path: Path) -> None:
    entry, _ = decided(project, by=BY)
    enact(project, entry)
    version = champion(open_registry(project))
    shutil.rmtree(project / ".reprocast" / "champion")
    path = Path(version.source.removeprefix("file://"), "artifacts", "naive", "model.json")
    path.write_text(path.read_text().replace('"horizon": 2', '"horizon": 3'))
    assert (
        artifact_sha256(download(open_registry(project), version, tmp_path / "x")) != version.artifact_sha256
    )
    gru = versions(open_registry(project))[1]
    move_alias(open_registry(project), gru)
    tag(open_registry(project), version, {"status": "former"})
    with pytest.raises(DataError, match="not those that were registered"):
        enact(project, entry)
    assert served(project) == "gru"
    assert versions(open_registry(project))[0].tags["status"] == "former"  # it serves nobody


def test_a_registry_that_is_gone_is_made_anew_from_ledger_and_models(
    reign: Path, rounds: dict[int, Path], migrated: Path
) -> None:
    (reign / "ledger" / "2022-02-05-extra.json").write_text(
        read_ledger(reign)[0]
        .model_copy(update={"action": "keep", "sequence": 2, "as_of": "2022-02-05"})
        .text()
    )
    move_on(reign, rounds)
    entry, _ = decided(reign, by=BY, model="seasonal_naive")
    assert entry.action == "promote"
    shutil.copy(migrated, reign / "mlruns" / "mlflow.db")
    lines = enact_pending(reign)  # of the earlier rounds' models none is here any more
    assert served(reign) == "seasonal_naive"
    assert sum("is not registered" in line for line in lines) == 3


def test_a_registry_that_lost_the_champion_is_not_decided_on(project: Path, rounds: dict[int, Path]) -> None:
    decided(project, by=BY)  # and a crash before it was enacted
    move_on(project, rounds)
    with pytest.raises(DataError, match="promote --enact"):
        decided(project, by=BY)
    with pytest.raises(NoInputError, match="dvc pull"):
        enact_pending(project)
    shutil.rmtree(project / "ledger")


def test_a_champion_that_the_ledger_does_not_know_is_not_overrun(reign: Path) -> None:
    shutil.rmtree(reign / "ledger")
    with pytest.raises(DataError, match="ledger/ knows no champion"):
        decided(reign, by=BY)


def test_what_a_crash_left_is_enacted_later(project: Path) -> None:
    decided(project, by=BY)
    enact_pending(project)
    assert served(project) == "naive"
    assert enact_pending(project) == ["reprocast@champion is version 1, naive"]


def test_a_merge_that_brings_two_decisions_crowns_the_last(reign: Path, rounds: dict[int, Path]) -> None:
    """The first is of a proposal that was superseded: the files of its challenger are not in this commit."""
    first = read_ledger(reign)[-1]
    gone = first.challenger.model_copy(update={"fingerprint": "f" * 64, "artifact_sha256": "e" * 64})
    kept = {"sequence": 2, "action": "keep", "challenger": gone, "winner": first.winner, "evidence": None}
    write_entry(reign, first.model_copy(update={**kept, "champion": first.champion}))
    move_on(reign, rounds)
    entry, _ = decided(reign, by=BY, model="seasonal_naive")
    assert entry.action == "promote"
    said = enact_pending(reign)
    assert any("gru of " in line and "is not registered" in line for line in said)
    assert served(reign) == "seasonal_naive"


@pytest.mark.parametrize(
    "call", [lambda root: rollback(root, by=BY, to=9), lambda root: promote(root, by=BY, model="x")]
)
def test_what_there_is_not_is_64(reign: Path, call: object) -> None:
    with pytest.raises(UsageError):
        call(reign)


def test_without_outputs_it_is_66(project: Path) -> None:
    shutil.rmtree(project / "results")
    with pytest.raises(NoInputError, match="reprocast repro"):
        promote(project, by=BY)
    assert not (project / "ledger").exists()


def test_the_ledger_tells_the_whole_story(project: Path) -> None:
    entry, path = decided(project, by=BY)
    assert Entry.model_validate_json(path.read_text()) == entry
    assert reigning([entry]).model == "naive"
    assert not {"time", "clock", "version", "run"} & set(json.loads(path.read_text()))
