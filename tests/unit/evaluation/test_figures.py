import xml.etree.ElementTree as ET
from collections.abc import Callable
from datetime import date

import matplotlib
import numpy as np
import pytest

from reprocast.evaluation.cost_figures import Costed, Gain
from reprocast.evaluation.figure_style import styles
from reprocast.evaluation.figures import FIGURES, Band, Mark, Stretch

LOOKS = styles(["gru", "lstm"], ["har", "naive"])
DAYS = [np.datetime64("2013-01-01", "us") + np.timedelta64(n, "D") for n in range(6)]
LINES = {"gru": [(1, 0.5), (2, 0.61)], "naive": [(1, 0.7), (2, 0.83)]}


def drawn(name: str) -> str:
    """Each figure with small values of its own."""
    curve = [("seed 1", [(1, 0.9), (2, 0.5)], [(1, 0.95), (2, 0.625)])]
    actual = list(zip(DAYS, [1.0, 2, 1, 3, 2, 1], strict=True))
    band = Band("gru", tuple(DAYS[:2]), (1.0, 1.5), (0.9, 1.4), (1.1, 1.6))
    marks = [Mark("gru", 0.581, (0.579, 0.59)), Mark("naive", 0.723)]
    arguments = {
        "scores": (marks, LOOKS, "scaled MAE"),
        "curves": ("gru", curve, LOOKS),
        "forecast": ('A<B&"C', actual, [band], LOOKS, "price"),
        "horizon": (LINES, LOOKS, "scaled MAE"),
        "series": ({"gru": [("AAPL", 0.5)], "naive": [("AAPL", 0.7), ("IBM", 0.8)]}, LOOKS, "scaled MAE"),
        "gradients": (
            {"gru": [(0, 1.0), (2, 0.5)], "lstm": [(0, 1.0), (2, 1e-7)]},
            {"lstm": [(1, 1.0), (2, 0.3)]},
            LOOKS,
            0.01,
        ),
        "qualities": ({"speed": {"gru": 1.0, "lstm": 0.5}, "simplicity": {"lstm": 1.0}}, LOOKS),
        "skill": (
            [Gain("gru", 0.011, -0.002, 0.025), Gain("naive", -0.257, -0.27, -0.24)],
            LOOKS,
            "har",
            ["gru"],
        ),
        "pareto": (
            [Costed("gru", 5000, 0.56, "gru <1>"), Costed("naive", 0, 0.71, "naive")],
            LOOKS,
            "parameters",
            "scaled MAE",
        ),
        "many_series": ([0.01 * n for n in range(-20, 60)], "gru", "har", LOOKS["gru"]),
        "ranks": ({"gru": 1.25, "har": 2.0, "naive": 3.5}, 1.1, [("gru", "har")], LOOKS),
        "timeline": (
            [
                Stretch("train", DAYS[0], DAYS[3], "2 windows", "train"),
                Stretch("test", DAYS[4], DAYS[5], "1", "test"),
            ],
        ),
    }
    return FIGURES[name](name, *arguments[name])


@pytest.mark.parametrize("name", FIGURES)
def test_a_figure_is_one_whole_svg_element_that_says_what_it_shows(name: str) -> None:
    root = ET.fromstring(drawn(name))
    assert root.tag == "{http://www.w3.org/2000/svg}svg"
    assert root.attrib["role"] == "img"
    assert len(root.attrib["aria-label"]) > 20
    assert float(root.attrib["viewBox"].split()[2]) > 300
    assert "width" not in root.attrib


@pytest.mark.parametrize("name", FIGURES)
def test_the_same_values_give_the_same_bytes_whatever_the_users_settings(name: str) -> None:
    first = drawn(name)
    with matplotlib.rc_context(
        {"font.size": 31, "axes.facecolor": "red", "svg.hashsalt": "other", "lines.linewidth": 9}
    ):
        assert drawn(name) == first
    assert str(date.today().year) not in first.replace("2013", "")


@pytest.mark.parametrize("name", FIGURES)
def test_ids_carry_the_figures_name_and_every_reference_has_its_id(name: str) -> None:
    root = ET.fromstring(drawn(name))
    ids = [node.attrib["id"] for node in root.iter() if "id" in node.attrib]
    assert len(ids) == len(set(ids))
    assert all(one.startswith(f"{name}-") for one in ids)
    used = {value[1:] for node in root.iter() for key, value in node.attrib.items() if key.endswith("href")}
    clips = {node.attrib["clip-path"][5:-1] for node in root.iter() if "clip-path" in node.attrib}
    assert used | clips <= set(ids)
    assert used


@pytest.mark.parametrize("name", FIGURES)
def test_nothing_is_fetched_and_nothing_is_opaque_white(name: str) -> None:
    text = drawn(name).replace("http://www.w3.org/2000/svg", "").replace("http://www.w3.org/1999/xlink", "")
    assert "http" not in text
    assert "fill: #ffffff" not in text
    assert "DejaVu" not in text


def test_lines_lie_where_the_values_say() -> None:
    """Twice the difference in value is twice the distance on paper, read from the drawn path."""
    values = [1.0, 2.0, 4.0]
    text = FIGURES["horizon"]("h", {"gru": list(zip([1, 2, 3], values, strict=True))}, LOOKS, "MAE")
    root = ET.fromstring(text)
    style = f"stroke: {LOOKS['gru'].colour}; stroke-width: 1.9"
    paths = [node.attrib["d"] for node in root.iter() if style in node.attrib.get("style", "")]
    numbers = [float(part) for part in paths[0].replace("M", " ").replace("L", " ").split()]
    heights = numbers[1::2]
    assert (heights[1] - heights[2]) == pytest.approx(2 * (heights[0] - heights[1]), abs=0.03)
    assert heights[0] > heights[1]


def test_every_model_looks_different_and_keeps_its_looks() -> None:
    networks, baselines = [f"net{n}" for n in range(8)], [f"base{n}" for n in range(15)]
    looks = styles(networks, baselines)
    assert len({(one.colour, one.dash, one.marker) for one in looks.values()}) == 23
    assert all(not looks[name].dash for name in networks)
    assert all(looks[name].dash for name in baselines)


def luminance(colour: str) -> float:
    """Relative luminance, WCAG 2.2."""
    parts = [int(colour[n : n + 2], 16) / 255 for n in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def test_lines_stand_out_from_white_paper() -> None:
    looks = styles([f"net{n}" for n in range(8)], [f"base{n}" for n in range(3)])
    assert min(1.05 / (luminance(one.colour) + 0.05) for one in looks.values()) >= 3


@pytest.fixture
def no_pyplot(monkeypatch: pytest.MonkeyPatch) -> Callable[[], bool]:
    import sys

    monkeypatch.delitem(sys.modules, "matplotlib.pyplot", raising=False)
    return lambda: "matplotlib.pyplot" not in sys.modules


def test_pyplot_is_not_needed(no_pyplot: Callable[[], bool]) -> None:
    drawn("horizon")
    assert no_pyplot()
