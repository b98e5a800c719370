"""The comparison in the store: a run with verdict, report and figures, and tags on the models."""

import json
from pathlib import Path

import pytest
from mlflow.entities import Run

from reprocast.tracking.notes import YOURS, with_yours
from reprocast.tracking.store import Store
from reprocast.tracking.sync import sync

from .conftest import write

VERDICT = {
    "text": "The GRU beats the naive forecast by 37.5 % (p < 0.001).",
    "chosen": "gru",
    "best_baseline": "naive",
    "naive": "naive",
    "score": "mae",
    "alpha": 0.05,
    "folds": 1,
    "tests": [
        {"a": "gru", "b": "naive", "difference": -0.3, "p_value": 1e-9, "result": "beats", "origins": 40}
    ],
    "skill": [{"against": "naive", "model": "naive", "value": 0.375, "low": 0.3, "high": 0.4}],
}
LEADERBOARD = """model,mae,skill_naive,parameters,fingerprint
gru,0.5,0.375,17,gru-1
naive,0.8,0,17,naive-1
"""


@pytest.fixture
def compared(outputs: Path) -> Path:
    """The project with a comparison and a report of it."""
    write(outputs / "results" / "leaderboard.csv", LEADERBOARD)
    write(outputs / "results" / "comparison" / "verdict.json", VERDICT)
    write(outputs / "results" / "comparison" / "confidence_set.csv", "model,p_value,included\ngru,1,True\n")
    write(outputs / "reports" / "report.html", "<p>gru-1 naive-1</p>")
    write(outputs / "reports" / "report.md", "the same")
    write(outputs / "reports" / "figures" / "scores.svg", "<svg/>")
    return outputs


def the_comparison(store: Store) -> Run:
    (run,) = store.runs("tags.role = 'comparison' AND tags.current = 'true'")
    return run


def model(store: Store, name: str) -> Run:
    (run,) = store.runs(f"tags.model = '{name}' AND tags.role != 'seed'")
    return run


def test_its_run_begins_with_the_verdict_and_links_the_models(compared: Path, store: Store) -> None:
    assert sync(compared).comparisons == 1
    run = the_comparison(store)
    note = run.data.tags["mlflow.note.content"]
    assert note.startswith(f"**Verdict:** {VERDICT['text']}\n")
    assert (
        f"| [gru](#/experiments/{store.experiment}/runs/{model(store, 'gru').info.run_id}) | 0.500 |" in note
    )
    assert "+37.5 %" in note
    assert run.data.params["chosen"] == "gru"
    assert run.data.metrics["chosen_mae"] == 0.5
    assert run.data.metrics["versus_naive_p_value"] == 1e-9
    assert run.data.metrics["skill_naive_low"] == 0.3
    assert run.inputs.dataset_inputs[0].dataset.name == "sample 2001-03-01"
    described = store.client.get_experiment(store.experiment).tags["mlflow.note.content"]
    assert described.startswith(f"**Verdict:** {VERDICT['text']}\n")


def test_report_and_figures_are_its_artifacts(compared: Path, store: Store, tmp_path: Path) -> None:
    sync(compared)
    run = the_comparison(store).info.run_id
    names = {
        found.path for folder in ("report", "figures") for found in store.client.list_artifacts(run, folder)
    }
    assert names == {"report/report.html", "report/report.md", "figures/scores.svg"}
    got = Path(store.client.download_artifacts(run, "report/report.html", str(tmp_path)))
    assert got.read_bytes() == (compared / "reports" / "report.html").read_bytes()
    (compared / "reports" / "report.html").write_text("<p>gru-1 naive-1, again</p>")
    assert sync(compared).described == 6  # every file of it, and the tag that says which
    got = Path(store.client.download_artifacts(run, "report/report.html", str(tmp_path)))
    assert "again" in got.read_text()


def test_a_report_of_other_models_is_not_its_own(compared: Path, store: Store) -> None:
    (compared / "reports" / "report.html").write_text("<p>gru-0 naive-1</p>")
    sync(compared)
    folders = {found.path for found in store.client.list_artifacts(the_comparison(store).info.run_id)}
    assert folders == {"results"}


def test_tags_say_how_each_model_stands(compared: Path, store: Store) -> None:
    sync(compared)
    tags = model(store, "gru").data.tags
    assert (tags["selected"], tags["architecture"], tags["cell"]) == ("network", "gru", "gru")
    assert (tags["versus_naive"], tags["confidence_set"]) == ("beats", "in")
    assert tags["comparison"] == the_comparison(store).info.run_id
    assert model(store, "naive").data.tags["selected"] == "baseline"
    assert not {"versus_naive", "versus_best_baseline", "architecture"} & set(model(store, "naive").data.tags)
    (seed, _) = store.runs("tags.role = 'seed' AND tags.architecture = 'gru'")
    assert not {"selected", "versus_naive"} & set(seed.data.tags)
    said = VERDICT | {"tests": [], "chosen": "other", "skill": []}
    write(compared / "results" / "comparison" / "verdict.json", said | {"chosen": "naive"})
    sync(compared)
    tags = model(store, "gru").data.tags
    assert tags["versus_naive"] == "untested"
    assert "selected" not in tags


def test_another_outcome_is_another_run_and_the_old_one_stays(compared: Path, store: Store) -> None:
    sync(compared)
    first = the_comparison(store).info.run_id
    write(compared / "results" / "comparison" / "verdict.json", VERDICT | {"text": "Something else."})
    sync(compared)
    second = the_comparison(store)
    assert second.info.run_id != first
    assert "current" not in store.client.get_run(first).data.tags
    assert len(store.runs("tags.role = 'comparison'")) == 2
    assert len(store.runs("tags.role = 'network'")) == 1
    again = sync(compared, force=True)
    assert again == type(again)()


def test_a_comparison_of_other_models_is_none(compared: Path, store: Store) -> None:
    write(compared / "results" / "leaderboard.csv", LEADERBOARD.replace("gru-1", "gru-0"))
    sync(compared)
    assert store.runs("tags.role = 'comparison'") == []
    note = store.client.get_experiment(store.experiment).tags["mlflow.note.content"]
    assert "Verdict" not in note
    assert "tags.current" in note


def test_what_somebody_wrote_stays(compared: Path, store: Store) -> None:
    store.client.set_experiment_tag(store.experiment, "mlflow.note.content", "Ask Ann before deleting.")
    sync(compared)
    note = store.client.get_experiment(store.experiment).tags["mlflow.note.content"]
    assert note.endswith(f"{YOURS}Ask Ann before deleting.")
    store.client.set_experiment_tag(store.experiment, "mlflow.note.content", f"{note} Or Bob.")
    write(compared / "results" / "comparison" / "verdict.json", VERDICT | {"text": "New."})
    sync(compared)
    note = store.client.get_experiment(store.experiment).tags["mlflow.note.content"]
    assert note.startswith("**Verdict:** New.\n")
    assert note.endswith("\nAsk Ann before deleting. Or Bob.")
    assert with_yours("a", with_yours("b", None)) == with_yours("a", None)


def test_measured_costs_are_metrics_where_they_are_of_this_model(compared: Path, store: Store) -> None:
    times = compared / ".reprocast" / "times" / "evaluate@gru.json"
    write(times, {"seconds": 3, "milliseconds_one": 1.5, "peak_bytes": 5_000_000})
    write(times.with_name("evaluate_baseline@naive.json"), {"milliseconds_one": 0.1})
    scores = compared / "results" / "scores" / "naive.json"
    write(scores, json.loads(scores.read_text()) | {"kind": "baseline"})
    import os

    os.utime(times.with_name("evaluate_baseline@naive.json"), (1, 1))  # measured before those scores
    sync(compared)
    metrics = model(store, "gru").data.metrics
    assert (metrics["forecast_milliseconds"], metrics["forecast_peak_bytes"]) == (1.5, 5_000_000)
    assert "forecast_milliseconds" not in model(store, "naive").data.metrics
