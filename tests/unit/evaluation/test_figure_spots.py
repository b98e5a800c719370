"""Where a figure says its values: over the marks that were drawn, wherever the layout put them."""

import re
import xml.etree.ElementTree as ET
from itertools import pairwise

import numpy as np
import pytest

from reprocast.evaluation.cost_figures import Costed, Gain, frontier
from reprocast.evaluation.figure_style import styles
from reprocast.evaluation.figures import FIGURES, Band

LOOKS = styles(["gru", "lstm"], ["har", "naive"])
SVG = "{http://www.w3.org/2000/svg}"


def spots(text: str, shape: str) -> list[ET.Element]:
    group = next(node for node in ET.fromstring(text).iter(f"{SVG}g") if node.get("class") == "spots")
    return list(group.iter(SVG + shape))


def drawn_marks(text: str, colour: str) -> list[tuple[float, float]]:
    """Where matplotlib put the markers of a colour within the axes, not those of the legend."""
    found = re.findall(rf'<use [^>]*x="([\d.]+)" y="([\d.]+)" style="fill: {colour}', text)
    return [(float(x), float(y)) for x, y in found]


def test_a_point_speaks_where_its_mark_is() -> None:
    points = [Costed("gru", 5000, 0.56, "a <b> & c"), Costed("naive", 0, 0.71, "naive")]
    text = FIGURES["pareto"]("pareto", points, LOOKS, "parameters", "scaled MAE")
    circles = spots(text, "circle")
    for circle, point in zip(circles, points, strict=True):
        place = (float(circle.attrib["cx"]), float(circle.attrib["cy"]))
        assert any(
            place == pytest.approx(mark, abs=0.1) for mark in drawn_marks(text, LOOKS[point.model].colour)
        )
    assert [circle.findtext(f"{SVG}title") for circle in circles] == ["a <b> & c", "naive"]


def test_the_steps_of_a_line_share_the_width_without_gaps() -> None:
    lines = {"gru": [(1, 0.5), (2, 0.61), (4, 0.7)], "naive": [(1, 0.7), (2, 0.83), (4, 0.9)]}
    text = FIGURES["horizon"]("horizon", lines, LOOKS, "MAE")
    bands = [(float(one.attrib["x"]), float(one.attrib["width"])) for one in spots(text, "rect")]
    marks = sorted(x for x, _ in drawn_marks(text, LOOKS["gru"].colour))[-4:]
    assert all(x + width == pytest.approx(after, abs=0.11) for (x, width), (after, _) in pairwise(bands))
    assert sum(any(x <= mark <= x + width for mark in marks) for x, width in bands) == 3
    said = [one.findtext(f"{SVG}title") for one in spots(text, "rect")]
    assert said[1] == "2 ahead\ngru 0.610\nnaive 0.830"


def test_a_step_of_a_forecast_says_what_happened_and_what_was_forecast() -> None:
    days = [np.datetime64("2013-01-01", "us") + np.timedelta64(n, "D") for n in range(3)]
    band = Band("gru", (*days[:2], days[2]), (1.5, 1.25, float("nan")), (1.0, 1.1, 0.0), (2.0, 1.4, 0.0))
    actual = list(zip(days, [1.0, 2.0, 3.0], strict=True))
    text = FIGURES["forecast"]("f", "A", actual, [band], LOOKS, "price")
    said = [one.findtext(f"{SVG}title") for one in spots(text, "rect")]
    assert said == [
        "2013-01-01\nactual 1\ngru 1.5 (1 to 2)",
        "2013-01-02\nactual 2\ngru 1.25 (1.1 to 1.4)",
        "2013-01-03\nactual 3",
    ]


def test_the_frontier_is_what_nothing_dominates() -> None:
    rng = np.random.default_rng(3)
    for _ in range(50):
        points = [Costed(f"m{n}", int(rng.integers(0, 5)), float(rng.integers(0, 6)), "") for n in range(9)]

        def dominated(one: Costed, among: list[Costed] = points) -> bool:
            return any(
                (other.cost <= one.cost and other.error < one.error)
                or (other.cost < one.cost and other.error <= one.error)
                for other in among
            )

        expected = {(one.cost, one.error) for one in points if not dominated(one)}
        found = frontier(points)
        assert {(one.cost, one.error) for one in found} == expected
        assert [one.cost for one in found] == sorted(one.cost for one in found)


def test_models_far_away_do_not_squeeze_the_intervals_that_matter() -> None:
    near = [Gain("gru", 0.011, -0.002, 0.025), Gain("lstm", 0.004, -0.01, 0.018)]
    far = [Gain("naive", -0.257, -0.27, -0.24)]

    def width(gains: list[Gain]) -> float:
        text = FIGURES["skill"]("s", gains, LOOKS, "har", ["gru", "lstm"])
        bar = f"stroke: {LOOKS['gru'].colour}; stroke-width: 2.6"
        paths = (node for node in ET.fromstring(text).iter(f"{SVG}path") if bar in node.get("style", ""))
        numbers = re.findall(r"[\d.]+", next(paths).attrib["d"])
        return float(numbers[2]) - float(numbers[0])

    assert width(near + far) > 0.8 * width(near)  # the labels take some room, the axis none
    text = FIGURES["skill"]("s", near + far, LOOKS, "har", ["gru", "lstm"])
    assert "naive −25.7\u202f% (−27.0 to −24.0)" in text
