"""The recipe `m4-hourly` is the competition's: its baselines have the organisers' figures, to the last digit.

Reads M4's hourly files from $REPROCAST_BENCH_DATA (default ../shared/data, as m4/Hourly-train.csv.gz and
m4/Hourly-test.csv.gz); skips without them. Printed by the organisers for the 414 hourly series: Naive2 with a
sMAPE of 18.383 and a MASE of 2.395, seasonal naive with 13.912, 1.193 and an OWA of 0.628.
"""

import csv
import gzip
import json
import os
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from little_adding import add_little
from ruamel.yaml import YAML

from reprocast.data.window_files import read_windows
from reprocast.stages import baseline, compare, evaluate, evaluate_baseline, pull, train, validate, window

ROOT = Path(__file__).parents[2]
FOLDER = (ROOT / os.environ.get("REPROCAST_BENCH_DATA", "../shared/data") / "m4").resolve()
FILES = {part: FOLDER / f"Hourly-{part}.csv.gz" for part in ("train", "test")}
SEASON, AHEAD = 24, 48
TINY = {"cell": "gru", "hidden": 2, "segment": 24, "look_back": 24, "decoder": {"paths": ["seasonal"]}}

pytestmark = pytest.mark.skipif(
    not all(path.is_file() for path in FILES.values()),
    reason=f"{FOLDER} has no M4 files (REPROCAST_BENCH_DATA)",
)


def raw(part: str) -> dict[str, np.ndarray]:
    """The rows of one file, read by Python."""
    with gzip.open(FILES[part], "rt", encoding="utf-8") as stream:
        return {
            row[0]: np.array([float(cell) for cell in row[1:] if cell])
            for row in list(csv.reader(stream))[1:]
        }


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The recipe on the files, from pull to compare, with a network of two units that hardly learns."""
    folder = tmp_path_factory.mktemp("m4")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        yaml = YAML(typ="safe", pure=True)
        params = yaml.load((ROOT / "recipes" / "m4-hourly.yaml").read_text(encoding="utf-8"))
        params["data"] |= {"path": [str(FILES["train"]), str(FILES["test"])], "sha256": None}
        params |= {"seeds": [1], "architectures": {"tiny": TINY}}
        params["train"] |= {"max_epochs": 1, "batch_size": 8192}
        with Path("params.yaml").open("w", encoding="utf-8") as stream:
            yaml.dump(params, stream)
        for stage in (pull, validate, window):
            stage.main()
        for name in params["baselines"]:
            baseline.main(name)
            evaluate_baseline.main(name)
        train.main("tiny", follow=False)
        evaluate.main("tiny")
        add_little("tiny")
        compare.main()
    return folder


def figures(project: Path, name: str) -> dict[str, Any]:
    said = json.loads((project / f"results/scores/{name}.json").read_text(encoding="utf-8"))
    found: dict[str, Any] = said["folds"]["0"]["test"]["overall"]
    return found


def test_each_series_is_tested_on_the_organisers_steps(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(project)
    windows, train_rows, test_rows = read_windows(Path("data/windows")), raw("train"), raw("test")
    assert sorted(windows.ids) == sorted(train_rows)
    starts = windows.folds[0].starts
    assert [len(starts[split]) for split in ("validation", "test")] == [414, 414]
    for name, begin, start in zip(windows.ids, windows.offsets[:-1], starts["test"][:].tolist(), strict=True):
        first = start + windows.look_back
        assert np.array_equal(windows.values[begin:first, 0], train_rows[name])
        assert np.array_equal(windows.values[first : first + AHEAD, 0], test_rows[name])


@pytest.mark.parametrize(
    ("name", "smape", "mase"), [("naive2", "18.383", "2.395"), ("seasonal_naive", "13.912", "1.193")]
)
def test_the_baselines_have_the_organisers_figures(project: Path, name: str, smape: str, mase: str) -> None:
    found = figures(project, name)
    assert (f"{100 * found['smape']:.3f}", f"{found['mase']:.3f}") == (smape, mase)


def test_scores_are_means_over_series_of_means_over_steps(project: Path) -> None:
    smape, mase = [], []
    test_rows = raw("test")
    for name, y in raw("train").items():
        ahead, mean = test_rows[name], np.resize(y[-SEASON:], AHEAD)
        smape.append(np.mean(2 * np.abs(ahead - mean) / (np.abs(ahead) + np.abs(mean))))
        mase.append(np.mean(np.abs(ahead - mean)) / np.mean(np.abs(y[SEASON:] - y[:-SEASON])))
    found = figures(project, "seasonal_naive")
    assert [found["smape"], found["mase"]] == pytest.approx([np.mean(smape), np.mean(mase)], rel=1e-9)


def test_the_leaderboard_has_the_organisers_owa(project: Path) -> None:
    with (project / "results/leaderboard.csv").open(encoding="utf-8") as stream:
        rows = {row["model"]: row for row in csv.DictReader(stream)}
    ours, theirs = figures(project, "seasonal_naive"), figures(project, "naive2")
    owa = (ours["smape"] / theirs["smape"] + ours["mase"] / theirs["mase"]) / 2
    assert f"{owa:.3f}" == "0.628"
    assert float(rows["seasonal_naive"]["owa"]) == pytest.approx(owa, rel=1e-4)
    assert float(rows["naive2"]["owa"]) == pytest.approx(1.0)
    assert set(rows) == {"naive", "seasonal_naive", "naive2", "tiny"}
