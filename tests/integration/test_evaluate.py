"""The stages baseline, evaluate_baseline and evaluate in a project of their own."""

import json
from pathlib import Path

import numpy as np
import pytest

from reprocast.data.starts import Starts
from reprocast.data.window_files import windows_sha256, write_windows
from reprocast.data.windows import Channels, Fold, Windows
from reprocast.errors import DataError, NoInputError, UsageError
from reprocast.model import Description
from reprocast.stages import baseline, evaluate_baseline
from reprocast.stages.evaluating import evaluate
from reprocast.tasks.forecast.score import read_table

LENGTH, LOOK_BACK, HORIZON = 120, 25, 3
PARAMS = """
task: forecast
baselines: {naive: {}, slow: {kind: moving_average, steps: 4}, har: {}}
architectures: {anything: {at: all}}
"""


def make_windows() -> Windows:
    """Two random walks of 120 days; the last 20 target days test, the 20 before them validate."""
    rng = np.random.default_rng(8)
    values = rng.standard_normal((2 * LENGTH, 2)).cumsum(axis=0)
    day = np.datetime64("2020-01-01", "us") + np.arange(LENGTH) * np.timedelta64(1, "D")
    last = LENGTH - HORIZON - LOOK_BACK
    spans = {"train": (0, last - 43), "validation": (last - 37, last - 20), "test": (last - 17, last)}
    starts = {
        split: Starts.of(np.concatenate([n * LENGTH + np.arange(a, b + 1) for n in (0, 1)]))
        for split, (a, b) in spans.items()
    }
    bounds = {
        split: (day[a + LOOK_BACK], day[b + LOOK_BACK + HORIZON - 1]) for split, (a, b) in spans.items()
    }
    none = {split: np.zeros(2, np.int64) for split in spans}
    scaler = (rng.normal(size=(2, 2)), rng.uniform(0.5, 2, (2, 2)))
    channels, offsets = Channels(("y",), ("x",)), np.array([0, LENGTH, 2 * LENGTH])
    return Windows(
        values, np.tile(day, 2), ("a", "b"), offsets, channels, channels, LOOK_BACK, HORIZON, 1, "D",
        {0: Fold(*scaler, starts, bounds, none, none, scaler[0][:, :1], scaler[1][:, :1])},
        static=np.empty((2, 0)),
    )  # fmt: skip


@pytest.fixture
def windows(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Windows:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "params.yaml").write_text(PARAMS)
    (tmp_path / "data" / "windows").mkdir(parents=True)
    made = make_windows()
    write_windows(tmp_path / "data" / "windows", made)
    return made


def test_naive_scores_equal_a_loop_over_the_values(windows: Windows) -> None:
    baseline.main("naive")
    evaluate_baseline.main("naive")
    scores = json.loads(Path("results/scores/naive.json").read_text())
    for split in ("validation", "test"):
        errors = [
            abs(windows.values[s + LOOK_BACK - 1, 0] - windows.values[s + LOOK_BACK + h, 0])
            / windows.folds[0].scale[int(s >= LENGTH), 0]
            for s in windows.folds[0].starts[split]
            for h in range(HORIZON)
        ]
        assert scores["folds"]["0"][split]["overall"]["mae"] == pytest.approx(np.mean(errors))
    assert (scores["model"], scores["kind"], scores["task"], scores["horizon"]) == (
        "naive", "baseline", "forecast", HORIZON,
    )  # fmt: skip
    model = json.loads(Path("models/naive/model.json").read_text())
    assert scores["fingerprint"] == model["fingerprint"]


def test_what_a_forecast_costs_is_returned_and_not_written_into_an_output(windows: Windows) -> None:
    baseline.main("har")
    found = evaluate_baseline.main("har")
    assert set(found) == {"milliseconds_one", "milliseconds_batch", "batch", "peak_bytes"}
    assert all(value > 0 for value in found.values())
    first = {path: path.read_bytes() for path in Path("results").rglob("*.*")}
    evaluate_baseline.main("har")
    assert {path: path.read_bytes() for path in Path("results").rglob("*.*")} == first


@pytest.mark.parametrize("name", ["naive", "slow", "har"])
def test_the_table_covers_exactly_the_windows_of_both_splits(windows: Windows, name: str) -> None:
    baseline.main(name)
    evaluate_baseline.main(name)
    table = read_table(Path(f"results/forecasts/{name}.parquet"))
    for split in ("validation", "test"):
        rows = table[table["split"] == split]
        cutoffs = windows.ds[windows.folds[0].starts[split][:] + LOOK_BACK - 1]
        np.testing.assert_array_equal(rows["cutoff"].to_numpy(), cutoffs)
        assert set(rows["model"]) == {name}
    assert set(table["split"]) == {"validation", "test"}


def test_running_again_gives_the_same_bytes(windows: Windows) -> None:
    def outputs() -> dict[str, bytes]:
        baseline.main("har")
        evaluate_baseline.main("har")
        files = [
            path for folder in ("models", "results") for path in Path(folder).rglob("*") if path.is_file()
        ]
        return {path.as_posix(): path.read_bytes() for path in files}

    first = outputs()
    assert set(first) == {"models/har/model.json", "results/forecasts/har.parquet", "results/scores/har.json"}
    assert outputs() == first


def test_another_entry_of_params_has_another_fingerprint(windows: Windows) -> None:
    def fingerprint() -> str:
        baseline.main("slow")
        return str(json.loads(Path("models/slow/model.json").read_text())["fingerprint"])

    before = fingerprint()
    Path("params.yaml").write_text(PARAMS.replace("all", "none").replace("har: {}", "drift: {}"))
    assert fingerprint() == before, "an entry of its neighbours does not matter"
    Path("params.yaml").write_text(PARAMS.replace("steps: 4", "steps: 5"))
    assert fingerprint() != before


class Network:
    """Two seeds that stand for a trained network: the last value, one too low and three too high."""

    def __init__(self, windows: Windows, sha256: str, broken: bool = False) -> None:
        baseline.main("naive")
        text = Path("models/naive/model.json").read_text()
        said = json.loads(text) | {
            "kind": "network",
            "name": "gru",
            "seeds": [7, 9],
            "windows_sha256": sha256,
        }
        self.description = Description.model_validate_json(json.dumps(said))
        self.broken = broken

    def forecast(self, batch):  # type: ignore[no-untyped-def]
        last = batch.past[:, -1:, :1].repeat(HORIZON, axis=1)
        return np.stack([last - 1, last + 3]) * (np.nan if self.broken else 1)


def windows_hash() -> str:
    return windows_sha256(Path("data/windows"))


def test_a_network_is_scored_as_the_mean_of_its_seeds(windows: Windows) -> None:
    evaluate("gru", lambda _: Network(windows, windows_hash()))
    scores = json.loads(Path("results/scores/gru.json").read_text())["folds"]["0"]["test"]
    table = read_table(Path("results/forecasts/gru.parquet"))
    assert table["seed"].isna().sum() == (table["seed"] == 7).sum() == (table["seed"] == 9).sum()
    rows = table[(table["split"] == "test") & table["seed"].isna()]
    y, last, scale = np.stack(rows["y"].to_list()), rows["last"].to_numpy(), rows["scale"].to_numpy()
    change = (y - last[:, None]) / scale[:, None]
    assert scores["overall"]["mae"] == pytest.approx(np.abs(change - 1).mean())
    assert scores["seed"]["7"]["mae"] == pytest.approx(np.abs(change + 1).mean())
    assert scores["seed"]["9"]["mae"] == pytest.approx(np.abs(change - 3).mean())


def test_a_model_of_other_windows_is_refused(windows: Windows) -> None:
    with pytest.raises(DataError, match="models/gru: was fitted on other windows"):
        evaluate("gru", lambda _: Network(windows, "0" * 64))


def test_forecasts_that_are_not_finite_write_nothing(windows: Windows) -> None:
    with pytest.raises(DataError, match=r"models/gru: .* not finite, the first for a at cutoff 2020-"):
        evaluate("gru", lambda _: Network(windows, windows_hash(), broken=True))
    assert not Path("results").exists()


def test_what_is_not_there_is_named(windows: Windows) -> None:
    with pytest.raises(UsageError, match="baselines has no 'magic'; it has har, naive, slow"):
        baseline.main("magic")
    with pytest.raises(NoInputError, match=r"models/har/model\.json: no such model"):
        evaluate_baseline.main("har")
