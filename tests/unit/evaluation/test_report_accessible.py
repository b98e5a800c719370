"""The report for those who do not see it, or do not point at it: structure, alternatives, contrast."""

import re
from html.parser import HTMLParser
from itertools import pairwise

import pytest
from integration.finished_project import finished_project
from integration.large_project import SERIES, large

from reprocast.commands.report import inputs_of
from reprocast.evaluation.figure_style import INK, SOFT
from reprocast.evaluation.report import TEMPLATES, html, markdown
from reprocast.evaluation.report_content import Content, content

VOID = {"meta", "link", "br", "hr", "img", "use", "path", "rect", "circle", "line"}
Attributes = dict[str, str | None]


class Outline(HTMLParser):
    """What a screen reader finds: headings, landmarks, tables, figures and what can be focused."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.levels: list[int] = []
        self.language: str | None = None
        self.titles: list[str] = []
        self.landmarks: list[tuple[str, Attributes]] = []
        self.tables: list[dict[str, int]] = []
        self.scopes: list[str | None] = []
        self.figures: list[dict[str, object]] = []
        self.drawings: list[Attributes] = []
        self.scripts = 0
        self._within: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        known = dict(attrs)
        if re.fullmatch("h[1-6]", tag):
            self.levels.append(int(tag[1]))
        if tag == "html":
            self.language = known.get("lang")
        if tag in ("header", "nav", "main", "footer") or known.get("role") == "region":
            self.landmarks.append((tag, known))
        if tag == "table":
            self.tables.append({"caption": 0, "thead": 0, "th": 0})
        elif self.tables and tag in self.tables[-1]:
            self.tables[-1][tag] += 1
        if tag == "th":
            self.scopes.append(known.get("scope"))
        if tag == "figure":
            self.figures.append({"svg": None, "figcaption": 0})
        if tag == "svg":
            self.drawings.append(known)
            if "figure" in self._within:
                self.figures[-1]["svg"] = known
        if tag == "figcaption":
            self.figures[-1]["figcaption"] = 1
        self.scripts += tag == "script"
        self._within.append(tag) if tag not in VOID else None

    def handle_endtag(self, tag: str) -> None:
        if tag in self._within:
            while self._within.pop() != tag:
                pass

    def handle_data(self, data: str) -> None:
        if self._within[-1:] == ["title"] and "svg" not in self._within:
            self.titles.append(data)


@pytest.fixture(scope="module", params=["usual", "large"])
def said(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Content:
    inputs = inputs_of(finished_project(tmp_path_factory.mktemp("project")))
    return content(large(inputs) if request.param == "large" else inputs)


@pytest.fixture(scope="module")
def outline(said: Content) -> Outline:
    return Outline(html(said))


def test_the_page_has_a_language_a_title_and_landmarks(outline: Outline) -> None:
    assert outline.language == "en"
    assert len(outline.titles) == 1
    names = [tag for tag, _ in outline.landmarks]
    assert [names.count(tag) for tag in ("header", "nav", "main", "footer")] == [1, 1, 1, 1]


def test_headings_begin_with_one_and_skip_no_level(outline: Outline) -> None:
    assert outline.levels[0] == 1
    assert outline.levels.count(1) == 1
    assert all(after <= before + 1 for before, after in pairwise(outline.levels))


def test_every_table_has_a_caption_and_headers_with_a_scope(outline: Outline) -> None:
    assert len(outline.tables) >= 10
    assert all(one["caption"] == 1 and one["thead"] == 1 and one["th"] > 1 for one in outline.tables)
    assert set(outline.scopes) == {"col", "row"}


def test_what_scrolls_has_a_name_and_takes_the_focus(outline: Outline) -> None:
    regions = [known for _, known in outline.landmarks if known.get("role") == "region"]
    assert len(regions) == len(outline.tables)
    assert all(known.get("tabindex") == "0" and known.get("aria-label") for known in regions)


def test_every_figure_says_in_words_what_it_shows(outline: Outline) -> None:
    assert len(outline.figures) >= 12
    for one in outline.figures:
        drawing = one["svg"]
        assert isinstance(drawing, dict)
        assert drawing["role"] == "img"
        assert len(drawing["aria-label"]) > 30
        assert one["figcaption"] == 1
    others = [known for known in outline.drawings if known.get("role") != "img"]
    assert all(known.get("aria-hidden") == "true" for known in others)


def test_no_address_beyond_the_page(said: Content) -> None:
    text = html(said)
    found = set(re.findall(r"(?:https?:)?//[\w.-]+\.\w+[^\"' <)]*", text))
    assert found <= {"http://www.w3.org/2000/svg", "http://www.w3.org/1999/xlink"}
    assert "default-src 'none'" in text
    assert text.count("<script") == 1


def test_many_series_are_summed_up(said: Content, outline: Outline) -> None:
    text = html(said)
    if len(said.forecasts) == 4:
        assert said.series_ends is None
        return
    shown = {name for name in SERIES if name in text}
    assert 10 <= len(shown) <= 40
    assert len(text.encode()) < 700_000
    assert len(markdown(said)) < 12_000
    assert said.series_ends is not None
    assert len(said.series_ends.rows) == 10
    assert said.series.rows[0][0] == SERIES[0]
    assert said.series.rows[-1][0] == SERIES[-1]
    assert "of 400 series" in said.by_series.svg
    assert len(said.forecasts) == 6
    assert len(outline.tables) < 30


# Contrast, WCAG 2.2: (L1 + 0.05) / (L2 + 0.05), at least 4.5 for text and 3 for what marks a control.
PAIRS = [
    ("ink", "paper"), ("ink", "ground"), ("ink", "tint"), ("soft", "paper"), ("soft", "ground"),
    ("accent", "paper"), ("accent", "tint"), ("link", "paper"), ("paper", "ink"), ("soft", "tint"),
]  # fmt: skip


def luminance(colour: str) -> float:
    digits = "".join(2 * one for one in colour[1:]) if len(colour) == 4 else colour[1:]
    parts = [int(digits[n : n + 2], 16) / 255 for n in (0, 2, 4)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    darker, lighter = sorted((luminance(one), luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def colours() -> dict[str, str]:
    """The page's colours by name."""
    css = (TEMPLATES / "report.css").read_text(encoding="utf-8")
    return dict(re.findall(r"--(\w+): (#[0-9a-f]{3,6});", css))


def test_contrast_is_computed_right() -> None:
    assert contrast("#fff", "#000000") == pytest.approx(21)
    assert contrast("#767676", "#fff") == pytest.approx(4.54, abs=0.01)


@pytest.mark.parametrize(("text", "ground"), PAIRS)
def test_text_stands_out_from_its_ground(text: str, ground: str) -> None:
    assert contrast(colours()[text], colours()[ground]) >= 4.5


def test_text_has_no_colour_but_the_named_ones() -> None:
    css = (TEMPLATES / "report.css").read_text(encoding="utf-8")
    written = set(re.findall(r"(?<![-\w])color: ([^;]+);", css))
    assert written <= {f"var(--{name})" for name, _ in PAIRS}
    assert contrast(colours()["focus"], colours()["paper"]) >= 3
    assert "outline: 3px solid var(--focus)" in css


def test_text_within_figures_stands_out_too(said: Content) -> None:
    drawn = [said.first, said.scores, said.horizon, said.by_series, *said.paretos, *said.forecasts]
    for picture in drawn:
        found = {
            fill
            for style in re.findall(r'<text [^>]*style="([^"]*)"', picture.svg)
            for fill in re.findall(r"fill: (#[0-9a-f]{6})", style)
        }
        assert SOFT in found
        assert found <= {INK, SOFT}
    assert min(contrast(colour, colours()["paper"]) for colour in (INK, SOFT)) >= 4.5
