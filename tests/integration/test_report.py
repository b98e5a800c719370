import json
from pathlib import Path
from xml.etree import ElementTree

import pytest
from integration.finished_project import finished_project

from reprocast.commands.report import inputs_of, report
from reprocast.deterministic import sha256_of_file
from reprocast.errors import DataError, NoInputError
from reprocast.evaluation.tuned import Trial, question_of, record_of
from reprocast.params.reading import read
from reprocast.params.root import Params
from reprocast.params.tuning import Tuning


@pytest.fixture
def project(tmp_path: Path) -> Path:
    return finished_project(tmp_path / "project")


def test_report_writes_a_page_and_markdown(project: Path) -> None:
    page = report(project)
    assert page == project / "reports" / "report.html"
    assert page.read_text(encoding="utf-8").startswith("<!doctype html>")
    assert page.with_suffix(".md").read_text(encoding="utf-8").startswith("# Forecasting log volatility")
    assert sorted(path.name for path in page.parent.iterdir()) == [
        "figures",
        "report.html",
        "report.md",
        "validation",
    ]


def test_the_same_outputs_give_the_same_bytes_in_any_folder(project: Path, tmp_path: Path) -> None:
    other = finished_project(tmp_path / "elsewhere")
    pages = [report(root) for root in (project, other)]
    for suffix in (".html", ".md"):
        first, second = (page.with_suffix(suffix).read_bytes() for page in pages)
        assert first == second
        assert str(tmp_path).encode() not in first


def test_measured_times_come_from_the_state_folder_only(project: Path) -> None:
    page = report(project)
    before = page.read_bytes()
    assert b"21\xe2\x80\xafs" in before
    assert b"train@removed" not in before
    (project / ".reprocast" / "times" / "train@gru.json").write_text(json.dumps({"seconds": 48.2}))
    report(project)
    changed = page.read_text(encoding="utf-8").replace("48\u202fs", "21\u202fs")
    a_window = 1000 / (36 * 4 * 2051)  # what the network was shown: epochs of all seeds, series, windows
    changed = changed.replace(f"{48.2 * a_window:.3f}\u202fms", f"{21.37 * a_window:.4f}\u202fms")
    assert changed == before.decode()


def test_data_docs_are_linked_where_they_are(project: Path) -> None:
    link = b'href="data_docs/index.html"'
    assert link not in report(project).read_bytes()
    (project / "reports" / "data_docs").mkdir()
    (project / "reports" / "data_docs" / "index.html").touch()
    assert link in report(project).read_bytes()


@pytest.mark.parametrize(
    "name", ["results/leaderboard.csv", "models/gru/model.json", "data/windows/manifest.json"]
)
def test_a_missing_output_is_named_and_the_old_report_stays(project: Path, name: str) -> None:
    page = report(project)
    before = page.read_bytes()
    (project / name).unlink()
    with pytest.raises(NoInputError, match=f"{name}: no such file; run `reprocast repro`"):
        report(project)
    assert page.read_bytes() == before


def test_a_cut_file_is_named(project: Path) -> None:
    (project / "results" / "comparison" / "verdict.json").write_text('{"text": ', encoding="utf-8")
    with pytest.raises(DataError, match=r"verdict\.json: is not JSON"):
        report(project)


def test_a_name_with_comma_and_line_break_stays_one_name(project: Path) -> None:
    path = project / "results" / "comparison" / "series.csv"
    path.write_text(path.read_text(encoding="utf-8").replace("AAPL", '"A,\nB"'), encoding="utf-8")
    said = inputs_of(project).series
    assert {row["series"] for row in said} == {"A,\nB", "GOOG", "IBM", "MSFT"}
    assert all(float(row["mae"]) > 0 for row in said)


def test_unequal_chances_stand_beside_the_verdict(project: Path) -> None:
    """One network was tuned, the others were not."""
    page = report(project)
    assert "no search: the values in params.yaml stand as written" in page.read_text(encoding="utf-8")
    assert 'class="caution"' not in page.read_text(encoding="utf-8")
    params = read(project / "params.yaml", Params)
    windows = sha256_of_file(project / "data/windows/manifest.json")
    question = question_of(params, "gru", Tuning(), windows)
    found = record_of(question, 1, (Trial(values=question.first, score=0.5),))
    assert found is not None
    (project / "tuning").mkdir()
    (project / "tuning/gru.json").write_text(found.model_dump_json(), encoding="utf-8")
    for text in (report(project).read_text(encoding="utf-8"), page.with_suffix(".md").read_text("utf-8")):
        first, _, protocol = text.partition("Protocol\n" if text.startswith("#") else 'id="protocol"')
        assert "The networks did not have equal chances in tuning (gru: 1 trial; lstm: no search" in first
        assert "unequal (gru: 1 trial; lstm: no search; rnn: no search)" in protocol


def test_its_figures_are_files_as_well(project: Path) -> None:
    page = report(project)
    text, folder = page.read_text(encoding="utf-8"), page.with_name("figures")
    drawn = {path.stem: path.read_text(encoding="utf-8") for path in folder.iterdir()}
    assert {"scores", "horizon", "curves-1", "forecasts-1"} <= set(drawn)
    assert all(ElementTree.fromstring(svg).tag.endswith("svg") for svg in drawn.values())  # our own
    assert all(svg in text for name, svg in drawn.items() if name == "scores")
