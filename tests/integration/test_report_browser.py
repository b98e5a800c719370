"""The report in a real browser, on a phone and on a desk: whole, silent, alone, read with the keyboard."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from browser import Browser, browsing, chromium
from integration.finished_project import finished_project
from integration.large_project import large

from reprocast.commands.report import inputs_of
from reprocast.evaluation.report import html
from reprocast.evaluation.report_content import content

PHONE, DESK = (390, 844), (1280, 800)
BROWSER = chromium()
pytestmark = pytest.mark.skipif(BROWSER is None, reason="there is no Chromium to look at the report with")


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    root = tmp_path_factory.mktemp("pages")
    inputs = inputs_of(finished_project(root / "project"))
    found = {"usual": root / "usual.html", "large": root / "large.html"}
    for path, one in zip(found.values(), (inputs, large(inputs)), strict=True):
        path.write_text(html(content(one)), encoding="utf-8")
    return found


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    assert BROWSER is not None
    with browsing(BROWSER, tmp_path_factory.mktemp("profile")) as found:
        yield found


BEYOND = """
[...document.querySelectorAll('body *')].filter(node => !node.closest('.scroll, pre, .skip')
  && !(node instanceof SVGElement && node.tagName !== 'svg')
  && (node.getBoundingClientRect().right > innerWidth + 1 || node.getBoundingClientRect().left < -1))
  .map(node => node.outerHTML.slice(0, 90))
"""
OVERLAPPING = """
[...document.querySelectorAll('h1, h2, h3, p, dt, dd, figcaption, caption, svg[role=img], nav')]
  .filter((node, n, all) => all.slice(n + 1).some(other => {
    if (node.contains(other) || other.contains(node) || node.closest('.scroll') || other.closest('.scroll')) {
      return false;
    }
    const [a, b] = [node.getBoundingClientRect(), other.getBoundingClientRect()];
    return Math.min(a.right, b.right) - Math.max(a.left, b.left) > 1
      && Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top) > 1;
  })).map(node => node.outerHTML.slice(0, 90))
"""


@pytest.mark.parametrize("size", [PHONE, DESK], ids=["phone", "desk"])
@pytest.mark.parametrize("name", ["usual", "large"])
def test_nothing_is_fetched_said_cut_off_or_covered(
    browser: Browser, pages: dict[str, Path], name: str, size: tuple[int, int]
) -> None:
    browser.open(pages[name], *size)
    assert browser.says("innerWidth") == size[0]
    assert browser.requests == [pages[name].as_uri()]
    assert browser.console == []
    assert browser.says("document.documentElement.scrollWidth") == size[0]
    assert browser.says(BEYOND) == []
    assert browser.says(OVERLAPPING) == []


@pytest.mark.parametrize("size", [PHONE, DESK], ids=["phone", "desk"])
def test_the_first_screen_answers(browser: Browser, pages: dict[str, Path], size: tuple[int, int]) -> None:
    browser.open(pages["usual"], *size)
    bottoms = (
        "[...document.querySelectorAll('.answers > div')].map(one => one.getBoundingClientRect().bottom)"
    )
    assert all(0 < bottom <= size[1] for bottom in browser.says(bottoms))
    if size == DESK:
        for shown in (".verdict", ".said figure"):
            assert (
                browser.says(f"document.querySelector('{shown}').getBoundingClientRect().bottom") <= size[1]
            )


def test_values_are_read_with_the_arrow_keys(browser: Browser, pages: dict[str, Path]) -> None:
    browser.open(pages["usual"], *DESK)
    press = "document.activeElement.dispatchEvent(new KeyboardEvent('keydown', {key: '%s', bubbles: true}))"
    note = "document.querySelector('#forecasts .note')"
    browser.says("document.querySelector('#forecasts svg').focus()")
    assert browser.says(f"{note}.hidden") is True
    for _ in range(2):
        browser.says(press % "ArrowRight")
    said = browser.says(f"{note}.textContent").splitlines()
    assert said[0] == "2012-12-04"
    assert said[1].startswith("actual ")
    assert said[2].startswith("gru ")
    assert browser.says(f"{note}.getBoundingClientRect().right <= innerWidth") is True
    browser.says(press % "Escape")
    assert browser.says(f"{note}.hidden") is True


def test_a_script_that_came_in_with_a_value_would_not_run(browser: Browser, pages: dict[str, Path]) -> None:
    page = pages["usual"]
    worse = page.with_name("worse.html")
    text = page.read_text(encoding="utf-8")
    worse.write_text(text.replace("<main>", "<main><script>window.evil = 1</script>"), encoding="utf-8")
    browser.open(worse, *DESK)
    assert browser.says("window.evil === undefined") is True
    browser.open(page, *DESK)


def test_only_tables_that_scroll_stop_the_tab_key(browser: Browser, pages: dict[str, Path]) -> None:
    counted = "document.querySelectorAll('.scroll[tabindex]').length"
    scrolling = "[...document.querySelectorAll('.scroll')].filter(b => b.scrollWidth > b.clientWidth).length"
    browser.open(pages["usual"], *PHONE)
    on_phone = browser.says(counted)
    assert on_phone == browser.says(scrolling) > 0
    browser.open(pages["usual"], *DESK)
    assert browser.says(counted) == browser.says(scrolling) < on_phone
