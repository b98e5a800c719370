import dataclasses
from html.parser import HTMLParser
from pathlib import Path

import pytest
from integration.finished_project import MODELS, VERDICT, WARNING, finished_project

from reprocast.commands.report import inputs_of
from reprocast.evaluation import report_numbers as write
from reprocast.evaluation.figure_style import styles
from reprocast.evaluation.figures import FIGURES
from reprocast.evaluation.report import html, markdown, markdown_cell
from reprocast.evaluation.report_content import content
from reprocast.evaluation.report_inputs import Inputs
from reprocast.evaluation.report_intervals import intervals
from reprocast.evaluation.report_table import Column, table

VOID = {"meta", "link", "br", "hr", "img"}


pytestmark = pytest.mark.usefixtures("drawn_once")


@pytest.fixture(scope="module")
def inputs(tmp_path_factory: pytest.TempPathFactory) -> Inputs:
    return inputs_of(finished_project(tmp_path_factory.mktemp("project")))


class Page(HTMLParser):
    """Checks nesting as it reads, and collects what the tests ask about."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.ids: list[str] = []
        self.loads: list[str] = []
        self.links: list[str] = []
        self.headers: list[dict[str, str | None]] = []
        self.words = ""
        self.feed(text)
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        known = dict(attrs)
        self.ids += [known["id"]] if known.get("id") else []
        self.loads += [str(known[key]) for key in ("src", "srcset", "data") if key in known]
        self.links += [str(known["href"])] if "href" in known else []
        self.headers += [known] if tag == "th" else []
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.words += data


@pytest.fixture(scope="module")
def page(inputs: Inputs) -> Page:
    return Page(html(content(inputs)))


def test_the_page_needs_nothing_but_itself(page: Page, inputs: Inputs) -> None:
    text = html(content(inputs))
    assert page.loads == []
    assert [link for link in page.links if not link.startswith(("#", "data:,"))] == []
    assert "@import" not in text
    assert "url(http" not in text
    assert len(text.encode()) < 500_000


def test_ids_are_unique_and_every_link_within_the_page_leads_somewhere(page: Page) -> None:
    assert len(page.ids) == len(set(page.ids))
    assert {link[1:] for link in page.links if link.startswith("#")} <= set(page.ids)


def test_every_header_cell_says_what_it_heads(page: Page) -> None:
    assert len(page.headers) > 20
    assert {header.get("scope") for header in page.headers} == {"col", "row"}


def test_it_says_what_a_reader_asks(page: Page, inputs: Inputs) -> None:
    assert VERDICT in page.words
    assert all(name in page.words for name in MODELS)
    assert all(f"{mae:.3f}" in page.words for mae in MODELS.values())
    assert inputs.params_text.rstrip() in page.words
    assert all(sha256 in page.words for sha256 in inputs.sha256.values())
    assert all(model["fingerprint"] in page.words for model in inputs.models.values())
    for said in ("2009-02-18", "2011-03-08", "1,984", "8,204", "+19.6", "< 0.001".replace(" ", write.THIN)):
        assert said in page.words


def test_models_stand_in_the_leaderboards_order_with_the_chosen_one_marked(inputs: Inputs) -> None:
    board = content(inputs).leaderboard
    assert [row[0] for row in board.rows] == sorted(MODELS, key=MODELS.__getitem__)
    assert board.best == {"gru"}
    assert set(board.marks) == set(MODELS)


def test_values_cannot_break_out_of_the_page(inputs: Inputs) -> None:
    evil = "<script>alert(1)</script>"
    verdict = {**inputs.verdict, "text": evil}
    rows = [{**row, "series": evil} for row in inputs.forecasts]
    changed = dataclasses.replace(inputs, verdict=verdict, params_text=evil, forecasts=rows)
    assert html(content(changed)).count("<script") == 1
    assert "<script" not in markdown(content(changed))


def test_markdown_tells_the_same_facts_compactly(inputs: Inputs) -> None:
    text = markdown(content(inputs))
    assert VERDICT.replace("<", "&lt;") in text
    assert "| **gru** | 0.581 | 0.0031 |" in text
    assert "- **Which model?** gru or har. The test cannot tell" in text
    assert all(name in text for name in MODELS)
    assert all(sha256 in text for sha256 in inputs.sha256.values())
    assert len(text) < 10_000
    lines = text.splitlines()
    rules = [n for n, line in enumerate(lines) if line.startswith("| :---")]
    assert len(rules) == 6
    for n in rules:
        assert lines[n - 2] == ""
        assert lines[n - 1].count("|") == lines[n].count("|") == lines[n + 1].count("|")


def test_only_measured_times_change_between_runs(inputs: Inputs) -> None:
    twice = {stage: {key: 2 * s for key, s in said.items()} for stage, said in inputs.measured.items()}
    slower = dataclasses.replace(inputs, measured=twice)
    said, again, later = content(inputs), content(inputs), content(slower)
    for render in (html, markdown):
        assert render(again) == render(said)
        assert render(later) != render(said)
    measured = ("times", "leaderboard", "costs", "answers", "worth", "qualities")
    unmeasured = dataclasses.replace(later, **{name: getattr(said, name) for name in measured})
    assert unmeasured == said


def test_what_a_cell_is_worth_is_one_row_a_network(inputs: Inputs) -> None:
    said = content(inputs).worth
    columns = {label: [row[n] for row in said.rows] for n, label in enumerate(said.labels)}
    assert columns["model"] == ["gru", "lstm", "rnn"]
    assert columns["memory, steps"] == ["20", "21", "22"]
    assert columns["saturated gates"][2] == "–"
    assert columns["adding problem left"][1] == f"1.0{write.THIN}%"
    epochs = sum(row["model"] == "gru" for row in inputs.curves)
    milliseconds = 1000 * 21.37 / (epochs * 4 * 2051)
    assert columns["training a window"] == [f"{milliseconds:.4f}"[:6] + write.THIN + "ms", "–", "–"]
    assert said.best == {"gru"}


def test_qualities_are_shares_of_the_best_network(inputs: Inputs, monkeypatch: pytest.MonkeyPatch) -> None:
    found = {}
    monkeypatch.setitem(FIGURES, "qualities", lambda _, shares, __: found.update(shares) or "")
    content(inputs)
    assert list(found) == ["long memory", "simplicity", "gradients", "speed", "accuracy"]
    assert found["long memory"] == {"gru": 20 / 22, "lstm": 21 / 22, "rnn": 1.0}
    assert found["simplicity"]["rnn"] == pytest.approx(3653 / 3673)
    assert found["speed"] == {"gru": 1.0}
    assert found["accuracy"]["rnn"] == pytest.approx(0.5812 / 0.5903)


def test_gradients_are_the_seeds_geometric_mean(inputs: Inputs, monkeypatch: pytest.MonkeyPatch) -> None:
    found = {}
    monkeypatch.setitem(FIGURES, "gradients", lambda _, lines, *__: found.update(lines) or "")
    content(inputs)
    assert found["rnn"][10] == (10, pytest.approx(0.8**10 * 0.99**2))
    silent = [
        {**row, "gradient": "0" if row["model"] == "rnn" else row["gradient"]} for row in inputs.gradients
    ]
    found.clear()
    content(dataclasses.replace(inputs, gradients=silent))
    assert set(found) == {"gru", "lstm"}


def test_what_training_warned_of_is_told(page: Page, inputs: Inputs) -> None:
    assert WARNING in page.words
    assert WARNING in markdown(content(inputs))
    well = dataclasses.replace(inputs, training_warnings=[])
    assert "Warnings about the networks" not in Page(html(content(well))).words
    assert "## Training" not in markdown(content(well))


def test_a_model_made_from_other_windows_is_called_out(inputs: Inputs) -> None:
    models = {**inputs.models, "gru": {**inputs.models["gru"], "windows_sha256": "0" * 64}}
    said = dict(content(dataclasses.replace(inputs, models=models)).fingerprints)
    assert [name for name, text in said.items() if "other windows" in text] == ["gru"]


def test_integer_steps_are_drawn_as_well(inputs: Inputs) -> None:
    days = sorted({row["ds"] for row in inputs.forecasts})
    rows = [{**row, "ds": str(days.index(row["ds"]))} for row in inputs.forecasts]
    fold = {
        split: {**said, "first": 100 * n, "last": 100 * n + 90}
        for n, (split, said) in enumerate(inputs.windows["folds"]["0"].items())
    }
    changed = dataclasses.replace(inputs, forecasts=rows, windows={**inputs.windows, "folds": {"0": fold}})
    assert "200 to 290" in Page(html(content(changed))).words


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        (write.score("0.58123"), "0.581"),
        (write.score(""), "–"),
        (write.score(float("nan")), "–"),
        (write.percent(-0.024), "−2.4\u202f%"),
        (write.percent("0.196"), "+19.6\u202f%"),
        (write.percent(0.71, sign=False), "71.0\u202f%"),
        (write.count("3653"), "3,653"),
        (write.counted(1, "step"), "1 step"),
        (write.counted(1984, "window"), "1,984 windows"),
        (write.probability("0.00001"), "<\u202f0.001"),
        (write.probability("0.2134"), "0.213"),
        (write.significant("0.0071", 3), "0.00710"),
        (write.significant("12345.6"), "12,346"),
        (write.significant("0.0000123"), "1.23e−05"),
        (write.significant("0"), "0.000"),
        (write.seconds(0.314), "0.31\u202fs"),
        (write.seconds(5.04), "5.0\u202fs"),
        (write.seconds(119.6), "2\u202fmin 0\u202fs"),
        (write.seconds(None), "–"),
    ],
)
def test_numbers_are_written_for_reading(written: str, expected: str) -> None:
    assert written == expected


def test_a_table_leaves_out_columns_without_values() -> None:
    columns = [Column("a", "A"), Column("b", "B"), Column("c", "C", write.count)]
    made = table("caption", columns, [{"a": "x", "b": "", "c": "1000"}, {"a": "y", "b": None, "c": ""}])
    assert made.labels == ("A", "C")
    assert made.rows == (("x", "1,000"), ("y", "–"))


def test_a_markdown_cell_stays_in_its_cell() -> None:
    assert markdown_cell("a|b\n<i>`c`") == "a\\|b &lt;i>\\`c\\`"


def test_templates_are_part_of_the_package() -> None:
    from reprocast.evaluation import report

    assert {path.name for path in Path(report.TEMPLATES).iterdir()} >= {
        "report.html.j2",
        "report.md.j2",
        "tables.j2",
    }


def test_expectations_of_several_columns_share_a_row(inputs: Inputs) -> None:
    checked = {"expectation": "finite", "series_checked": 4, "success": True, "findings": []}
    rows = [
        checked | {"column": name, "statement": f"{name} must be finite", "unexpected_count": n}
        for n, name in enumerate(("open", "high"))
    ]
    rows.append({**rows[0], "success": False, "unexpected_count": 5})
    rows.append({**rows[0], "statement": "open must not be below o"})
    said = content(dataclasses.replace(inputs, validation={"expectations": rows})).validation.rows
    assert said == (
        ("open, high must be finite", "4", "1", "met"),
        ("open must be finite", "4", "5", "not met"),
        ("open must not be below o", "4", "0", "met"),
    )


def backtest(inputs: Inputs, training_steps: int | None = None) -> Inputs:
    """The same project with three folds."""
    deployed = inputs.windows["folds"]["0"]
    spans = {"train": ("2000-06-01", "2006-02-20"), "validation": ("2006-03-01", "2007-02-20")}
    folds = {
        str(n): {
            split: {**deployed[split], "first": first, "last": last, "windows": {"AAPL": 10 * (n + 1)}}
            for split, (first, last) in (spans | {"test": (f"200{7 + n}-03-08", f"200{8 + n}-03-01")}).items()
        }
        for n in range(2)
    }
    rows = [
        {"model": name, "fold": str(n), "origins": str(100 + n), "mae": f"{mae + n / 10:.5f}", "rmse": ""}
        for name, mae in MODELS.items()
        for n in range(3)
    ]
    curves = [{**row, "fold": str(n)} for n in range(3) for row in inputs.curves]
    scores = {
        name: {
            "folds": {str(n): said["folds"]["0"] for n in range(3)},
            "pooled": {"test": {"overall": {}, "seed": {"1": {"mae": 0.123}}}},
        }
        for name, said in inputs.scores.items()
    }
    split = inputs.params.split.model_copy(update={"folds": 3, "training_steps": training_steps})
    return dataclasses.replace(
        inputs,
        params=inputs.params.model_copy(update={"split": split}),
        windows={**inputs.windows, "folds": folds | {"2": deployed}},
        folds=rows,
        curves=curves,
        scores=scores,
    )


def test_a_backtest_shows_the_score_of_each_fold(inputs: Inputs) -> None:
    said = content(backtest(inputs))
    assert said.by_fold is not None
    assert said.by_fold.labels == (
        "model",
        "fold 0, 100 origins",
        "fold 1, 101 origins",
        "fold 2, 102 origins",
    )
    rows = {row[0]: row[1:] for row in said.by_fold.rows}
    assert list(rows) == sorted(MODELS, key=MODELS.__getitem__)
    assert rows["gru"] == ("0.581", "0.681", "0.781")
    for page in (html(said), markdown(said)):
        assert "fold 2, 102 origins" in page
        assert "0.781" in page


def test_a_backtest_says_so_wherever_it_counts(inputs: Inputs) -> None:
    said = content(backtest(inputs))
    assert "scored on 2,014 windows from 2007-03-08 to 2013-03-01 in 3 folds" in said.lead
    assert ", over 3 folds, best first" in said.leaderboard.caption
    protocol = dict(said.protocol)
    assert protocol["Folds"].startswith("3: every model is fitted anew for each fold, on what came before it")
    assert "lie in an earlier fold's test do not count" in protocol["Selection"]
    assert [row[:2] for row in said.splits.rows[:4]] == [
        ("train", "0"), ("validation", "0"), ("test", "0"), ("train", "1"),
    ]  # fmt: skip
    assert [row[1] for row in said.splits.rows] == [str(n) for n in range(3) for _ in range(3)]
    assert "fold 1 test from 2008-03-08" in said.timeline.svg
    assert "fold 2 seed 3" in said.curves[0].svg
    assert said.series.caption.endswith("; windows of the last fold")
    assert said.series.rows == content(inputs).series.rows
    sliding = dict(content(backtest(inputs, training_steps=1000)).protocol)
    assert "on the 1,000 steps before its validation" in sliding["Folds"]
    Page(html(said))


def test_one_fold_needs_no_word_about_folds(inputs: Inputs) -> None:
    said = content(dataclasses.replace(inputs, params_text=""))  # whose comments name the key
    assert said.by_fold is None
    assert "Folds" not in dict(said.protocol)
    assert "fold" not in Page(html(said)).words.lower()
    assert "fold" not in markdown(said).lower()


def test_what_was_purged_and_skipped_is_said(inputs: Inputs) -> None:
    fold = {
        split: said | {"purged": {"AAPL": 3, "IBM": 4}}
        for split, said in inputs.windows["folds"]["0"].items()
    }
    windows = {**inputs.windows, "folds": {"0": fold}, "skipped": {"NEW": "has no row in the training span"}}
    said = content(dataclasses.replace(inputs, windows=windows))
    assert dict(said.protocol)["Skipped"] == "NEW: has no row in the training span"
    assert "Skipped" not in dict(content(inputs).protocol)
    assert [row[-1] for row in said.splits.rows] == ["7", "7", "7"]


@pytest.mark.parametrize(
    ("scaling", "over", "said"),
    [
        ("standard", "series", "by mean and deviation of the training steps, per series and channel"),
        ("robust", "panel", "by median and quartiles of the training steps, per channel, over all series"),
        ("window", "panel", "by mean and deviation of each window's own look-back"),
        ("none", "series", "none"),
    ],
)
def test_the_scaler_is_named(inputs: Inputs, scaling: str, over: str, said: str) -> None:
    window = inputs.params.window.model_copy(update={"scaling": scaling, "scaling_over": over})
    params = inputs.params.model_copy(update={"window": window})
    assert dict(content(dataclasses.replace(inputs, params=params)).protocol)["Scaling"] == said


def test_many_models_intervals_are_cut_to_the_best_and_the_chosen(inputs: Inputs) -> None:
    said = content(inputs)
    assert len(said.intervals.rows) == 4 * len(MODELS)
    names = [f"worse-{n}" for n in range(6)]
    like = [row for row in inputs.tables["intervals"] if row["model"] == "drift"]
    more = [{**row, "model": name} for name in names for row in like]
    rows = [{**inputs.leaderboard[-1], "model": name} for name in names]
    looks = styles(inputs.networks, [*inputs.baselines, *names])
    found = intervals(
        dataclasses.replace(
            inputs,
            leaderboard=[*rows, *inputs.leaderboard],
            tables={**inputs.tables, "intervals": [*inputs.tables["intervals"], *more]},
        ),
        looks,
    )
    assert list(dict.fromkeys(row[0] for row in found.rows)) == [*names, "har", "gru"]
    assert "8 of 14 models" in found.caption
