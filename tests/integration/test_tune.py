"""`reprocast tune` in a project of its own: real trainings, small."""

import contextlib
import json
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
from filelock import FileLock
from unit.tasks.waves import waves
from unit.tuning.test_trial import PARAMS, after_validation_changed

from reprocast.commands.searches import progress as tuning_progress
from reprocast.commands.searches.records import read_records
from reprocast.commands.tune import tune
from reprocast.data.window_files import windows_sha256, write_windows
from reprocast.data.windows import Windows
from reprocast.errors import (
    DataError,
    InternalError,
    NoInputError,
    ParamsError,
    TryAgainError,
    UsageError,
)
from reprocast.evaluation.report_tuning import budget, caution
from reprocast.params.reading import read
from reprocast.params.root import Params
from reprocast.stages import evaluate, train
from reprocast.tuning.trial import Trials

OPERATIONS = """\
tuning:
  trials: 9
  seeds: all
  space: {hidden: [2, 3], train.learning_rate: [0.01, 0.1]}
"""


def new_project(folder: Path, windows: Windows | None = None, operations: str = OPERATIONS) -> Path:
    (folder / "data/windows").mkdir(parents=True)
    write_windows(folder / "data/windows", windows or waves())
    (folder / "params.yaml").write_text(PARAMS, encoding="utf-8")
    (folder / "operations.yaml").write_text(operations, encoding="utf-8")
    return folder


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(new_project(tmp_path / "project"))
    return tmp_path / "project"


def record(project: Path, name: str = "small") -> Any:
    return json.loads((project / f"tuning/{name}.json").read_text(encoding="utf-8"))


def by_the_stages(project: Path, hidden: int) -> float:
    """The validation score that the pipeline's own stages give a size."""
    (project / "params.yaml").write_text(PARAMS.replace("gru, hidden: 3", f"gru, hidden: {hidden}"), "utf-8")
    train.main("small", follow=False)
    evaluate.main("small")
    scores = json.loads((project / "results/scores/small.json").read_text(encoding="utf-8"))
    return float(scores["folds"]["0"]["validation"]["overall"]["mae"])


def test_it_finds_what_training_with_every_value_finds(project: Path) -> None:
    scores = {hidden: by_the_stages(project, hidden) for hidden in (2, 3, 5)}
    (project / "params.yaml").write_text(PARAMS, encoding="utf-8")
    (project / "operations.yaml").write_text("tuning: {seeds: all, space: {hidden: [5, 2, 3]}}", "utf-8")
    tune(["small"], None, dry_run=False)
    found = record(project)
    assert found["trials"][0]["values"] == {"hidden": 3}
    assert {trial["values"]["hidden"]: trial["score"] for trial in found["trials"]} == pytest.approx(
        scores, rel=1e-4
    )
    best = min(scores, key=scores.__getitem__)
    assert found["values"] == {"hidden": best}
    text = PARAMS.replace("gru, hidden: 3", f"gru, hidden: {best}")
    assert (project / "params.yaml").read_text(encoding="utf-8") == text


def test_killed_and_resumed_gives_the_same_record(project: Path, tmp_path: Path) -> None:
    many = "tuning: {trials: 7, space: {hidden: [2, 3, 4, 5, 6, 7, 8]}}"
    (project / "operations.yaml").write_text(many, encoding="utf-8")
    command = [Path(sys.executable).parent / "reprocast", "tune", "small"]
    process = subprocess.Popen(command, cwd=project, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    journal = project / ".reprocast/tuning/small.journal"
    while not journal.exists() or journal.read_bytes().count(b"\n") < 3:  # the study, and two trials
        assert process.poll() is None
        time.sleep(0.01)
    process.send_signal(signal.SIGKILL)
    process.wait()
    assert not (project / "tuning").exists()
    assert (project / "params.yaml").read_text(encoding="utf-8") == PARAMS
    before = journal.read_bytes()
    tune(["small"], None, dry_run=False)
    assert journal.read_bytes().startswith(before)
    whole = new_project(tmp_path / "whole", operations=many)
    with contextlib.chdir(whole):
        tune(["small"], None, dry_run=False)
    for name in ("tuning/small.json", "params.yaml"):
        assert (project / name).read_bytes() == (whole / name).read_bytes()


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    """Counts the trainings, each with one seed and in one epoch."""
    made: list[dict[str, Any]] = []
    score = Trials.score

    def counted(self: Trials, values: Any, watching: Any) -> Any:
        made.append(values)
        return score(self, values, watching)

    monkeypatch.setattr(Trials, "score", counted)
    Path("operations.yaml").write_text(OPERATIONS.replace("all", "first"), encoding="utf-8")
    params = Path("params.yaml")
    params.write_text(params.read_text("utf-8").replace("max_epochs: 2", "max_epochs: 1"), encoding="utf-8")
    return made


def test_the_second_time_nothing_is_trained_and_more_trials_go_on(
    project: Path, quick: list[dict[str, Any]]
) -> None:
    tune(["small"], 2, dry_run=True)
    assert len(quick) == 2
    assert not (project / "tuning").exists()
    text = (project / "params.yaml").read_text(encoding="utf-8")
    tune(["small"], 2, dry_run=False)
    assert len(quick) == 2
    first = record(project)
    tuned = (project / "params.yaml").read_text(encoding="utf-8")
    shutil.rmtree(project / ".reprocast")  # as in a fresh clone: the record suffices
    tune(["small"], 4, dry_run=False)
    assert len(quick) == 4
    assert record(project)["trials"][:2] == first["trials"]
    with pytest.raises(
        UsageError, match=r"small has 4 trials in tuning/small.json; 3 would forget 1 of them"
    ):
        tune(["small"], 3, dry_run=False)
    assert text != tuned or first["best"] == 0


def test_the_test_is_not_read(project: Path, quick: list[dict[str, Any]], tmp_path: Path) -> None:
    tune(["small"], 2, dry_run=False)
    other = new_project(tmp_path / "other", after_validation_changed(waves()))
    shutil.copy(project / "operations.yaml", other)
    (other / "params.yaml").write_text(PARAMS.replace("max_epochs: 2", "max_epochs: 1"), encoding="utf-8")
    with contextlib.chdir(other):
        tune(["small"], 2, dry_run=False)
    one, two = record(project), record(other)
    assert one.pop("windows_sha256") != two.pop("windows_sha256")
    assert one == two


def test_unequal_budgets_are_said(
    project: Path, quick: list[dict[str, Any]], capsys: pytest.CaptureFixture[str]
) -> None:
    def said() -> tuple[str, str]:
        values = (
            read(project / "params.yaml", Params),
            read_records(Path()),
            windows_sha256(Path("data/windows")),
        )
        return budget(*values), caution(*values)

    assert said() == ("no search: the values in params.yaml stand as written", "")
    tune(["small"], 1, dry_run=False)
    warned = "did not have equal chances in tuning (other: no search; small: 1 trial)"
    assert warned in capsys.readouterr().err
    assert warned in said()[1]
    tune(["other"], 2, dry_run=False)
    assert "(other: 2 trials; small: 1 trial)" in capsys.readouterr().err
    tune([], 2, dry_run=False)
    assert capsys.readouterr().err == ""
    assert said()[0].startswith("each of the 2 networks: 2 trials on validation")
    assert said()[1] == ""


def test_what_diverges_is_a_trial_like_others(project: Path, quick: list[dict[str, Any]]) -> None:
    (project / "operations.yaml").write_text(
        "tuning: {space: {train.learning_rate: [1.0e+30, 0.1]}}", encoding="utf-8"
    )
    tune(["small"], None, dry_run=False)
    trials = {trial["values"]["train.learning_rate"]: trial for trial in record(project)["trials"]}
    assert len(trials) == 3
    assert trials[1e30]["score"] is None
    assert trials[1e30]["reason"]


def test_when_all_diverge_nothing_is_written(project: Path, quick: list[dict[str, Any]]) -> None:
    text = (project / "params.yaml").read_text(encoding="utf-8").replace("rate: 0.01", "rate: 1.0e+30")
    (project / "params.yaml").write_text(text, encoding="utf-8")
    with pytest.raises(InternalError, match="small: every trial failed, the first so: "):
        tune(["small"], 1, dry_run=False)
    assert not (project / "tuning").exists()
    assert (project / "params.yaml").read_text(encoding="utf-8") == text


def test_a_file_that_was_edited_meanwhile_is_left_alone(
    project: Path, quick: list[dict[str, Any]], monkeypatch: pytest.MonkeyPatch
) -> None:
    text = (project / "params.yaml").read_text(encoding="utf-8") + "# mine\n"
    monkeypatch.setattr(
        tuning_progress.Telling,
        "tell",
        lambda *_: (project / "params.yaml").write_text(text, encoding="utf-8"),
    )
    with pytest.raises(TryAgainError, match=r"params\.yaml was changed meanwhile"):
        tune(["small"], 1, dry_run=False)
    assert (project / "params.yaml").read_text(encoding="utf-8") == text
    assert not (project / "tuning").exists()


def test_who_comes_second_is_told(project: Path) -> None:
    (project / ".reprocast").mkdir()
    with (
        FileLock(project / ".reprocast/repro.lock"),
        pytest.raises(TryAgainError, match=r"another `reprocast` command .* is running; try again later$"),
    ):
        tune([], None, dry_run=False)


def test_an_unknown_architecture_is_a_wrong_command(project: Path) -> None:
    with pytest.raises(UsageError, match=r"'big' is no architecture of params.yaml; there are: small, other"):
        tune(["big"], None, dry_run=False)


@pytest.mark.parametrize(
    ("space", "said"),
    [
        (
            "{hidden: [2], hiden: [2]}",
            r"operations.yaml:4 tuning.space.hiden: unknown key; did you mean hidden",
        ),
        ("{dropout: {low: 0.5, high: 1.5}}", r"tuning.space.dropout: 1.5 is not a number < 1"),
    ],
)
def test_a_space_that_is_none_names_its_key(project: Path, space: str, said: str) -> None:
    lines = OPERATIONS.splitlines()[:3]
    (project / "operations.yaml").write_text("\n".join([*lines, f"  space: {space}"]), encoding="utf-8")
    with pytest.raises(ParamsError, match=said):
        tune([], None, dry_run=False)


def test_without_windows_the_remedy_is_named(project: Path) -> None:
    shutil.rmtree(project / "data/windows")
    with pytest.raises(NoInputError, match=r"^data/windows/manifest.json: no such file; `dvc repro window`"):
        tune([], None, dry_run=False)


def test_windows_of_other_parameters_are_refused(project: Path) -> None:
    lock = {"stages": {"window": {"params": {"params.yaml": {"window": {"look_back": 9}}}}}}
    (project / "dvc.lock").write_text(json.dumps(lock), encoding="utf-8")
    with pytest.raises(DataError, match=r"data/windows: params.yaml has another window since it was made"):
        tune([], None, dry_run=False)


def test_a_file_that_is_no_record_is_named(project: Path) -> None:
    (project / "tuning").mkdir()
    (project / "tuning/small.json").write_text("{}", encoding="utf-8")
    with pytest.raises(DataError, match=r"tuning/small.json: is no record"):
        tune(["small"], None, dry_run=False)
