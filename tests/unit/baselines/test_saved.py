import json

import numpy as np
import pytest

from reprocast.baselines.saved import fit_baseline, load_baseline, save_baseline
from reprocast.data.windows import gather
from reprocast.errors import DataError, NoInputError, ParamsError
from reprocast.params.baselines import Baseline

ENTRIES = [Baseline(kind="har"), Baseline(kind="moving_average", steps=3), Baseline(kind="naive")]


@pytest.mark.parametrize("baseline", ENTRIES, ids=lambda entry: entry.kind)
def test_a_saved_baseline_forecasts_the_same(make_windows, tmp_path, baseline):
    windows = make_windows()
    model = fit_baseline("mine", baseline, windows, 0, "w", "f")
    save_baseline(model, tmp_path)
    again = load_baseline(tmp_path)
    assert again.description == model.description
    batch = gather(windows, windows.folds[0], windows.folds[0].starts["test"])
    np.testing.assert_array_equal(again.forecast(batch), model.forecast(batch))


def test_the_description_holds_what_a_new_panel_needs(make_windows):
    windows = make_windows()
    said = fit_baseline("mine", ENTRIES[1], windows, 0, "abc", "def").description
    assert (said.kind, said.name, said.task, said.seeds) == ("baseline", "mine", "forecast", ())
    assert {key: value for key, value in said.block.items() if value is not None} == {
        "kind": "moving_average",
        "steps": 3,
    }
    assert said.channels.past == ("x",)
    np.testing.assert_array_equal(said.loc, windows.folds[0].loc)
    np.testing.assert_array_equal(said.scale, windows.folds[0].scale)
    assert (said.windows_sha256, said.fingerprint) == ("abc", "def")


def test_a_missing_file_is_no_input(tmp_path):
    with pytest.raises(NoInputError, match=r"model\.json: no such model; run"):
        load_baseline(tmp_path)


@pytest.mark.parametrize("change", [{"kind": "network"}, {"block": {"kind": "magic"}}, {"horizon": "five"}])
def test_what_is_no_baseline_is_refused(make_windows, tmp_path, change):
    save_baseline(fit_baseline("mine", ENTRIES[2], make_windows(), 0, "w", "f"), tmp_path)
    path = tmp_path / "model.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | change))
    with pytest.raises(DataError, match=r"model\.json: is not a"):
        load_baseline(tmp_path)


@pytest.mark.parametrize(
    ("baseline", "season"), [(Baseline(kind="har"), 1), (Baseline(kind="seasonal_naive"), 30)]
)
def test_windows_too_short_for_a_baseline_are_refused(make_windows, baseline, season):
    windows = make_windows(look_back=21, season=season)
    with pytest.raises(ParamsError, match=r"baselines\.mine: needs (22|30) steps, window\.look_back is 21"):
        fit_baseline("mine", baseline, windows, 0, "w", "f")
