"""The example of a live series: stopped and started again, it says what it would have said in one go."""

import io
import runpy
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from drawn_network import LOOK_BACK, drawn, saved

EXAMPLE = Path(__file__).parents[2] / "examples" / "follow.py"


class Followed:
    """Runs the example as a command does."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
        self.monkeypatch, self.capsys = monkeypatch, capsys

    def __call__(self, folder: Path, lines: list[str], *more: str) -> tuple[str, str]:
        self.monkeypatch.setattr("sys.argv", ["follow.py", str(folder), "a", *more])
        self.monkeypatch.setattr("sys.stdin", io.StringIO("".join(f"{line}\n" for line in lines)))
        runpy.run_path(str(EXAMPLE), run_name="__main__")
        said = self.capsys.readouterr()
        return said.out, said.err


@pytest.fixture
def follow(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> Followed:
    monkeypatch.chdir(tmp_path)
    return Followed(monkeypatch, capsys)


def test_it_follows_a_series_through_a_stop_and_a_bad_value(follow: Followed, tmp_path: Path) -> None:
    folder = saved(drawn({"cell": "gru"}), tmp_path / "net")
    rng, days = np.random.default_rng(1), pd.date_range("2024-01-01", periods=LOOK_BACK + 6)
    numbers = zip(days, rng.normal(50, 10, len(days)), rng.uniform(1, 2, len(days)), strict=True)
    head, *lines = [
        "ds,load,price",
        *(f"{day:%Y-%m-%d},{load:.3f},{price:.3f}" for day, load, price in numbers),
    ]
    whole, errors = follow(folder, [head, *lines[:4], "2024-01-05,,1.0", *lines[4:]])
    assert "load at 2024-01-05: no finite value" in errors
    assert whole.splitlines()[0].startswith("2024-01-10  ->  ")
    assert len(whole.splitlines()) == 6
    first, _ = follow(folder, [head, *lines[: LOOK_BACK + 3]], "--state", "a.state")
    rest, errors = follow(folder, [head, *lines], "--state", "a.state")
    assert first + rest == whole
    assert errors == ""  # what it saw before the stop is passed over without a word


def test_a_model_that_cannot_stream_is_one_line(follow: Followed, tmp_path: Path) -> None:
    folder = saved(drawn({"cell": "gru", "instance": "mean"}), tmp_path / "net")
    with pytest.raises(SystemExit, match=r"^net cannot stream: instance: mean[^\n]*$"):
        follow(folder, ["ds,load,price"])
