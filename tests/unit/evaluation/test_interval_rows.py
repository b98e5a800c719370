"""Rows of intervals.csv and pit.csv from results/scores."""

from reprocast.evaluation.interval_rows import INTERVALS, PIT, interval_rows, pit_rows


def scored(overall, pit=None):
    return {"model": "m", "folds": {"0": {"test": {"overall": overall, "pit": pit or {}}}}}


MODELS = {
    "har": scored(
        {
            "mae": 1.0, "split_coverage_95": 0.94, "split_width_95": 3.0, "split_msis_95": 4.0,
            "split_coverage_80": 0.8, "split_width_80": 2.0, "split_msis_80": None,
            "adaptive_coverage_80": 0.81, "adaptive_width_80": 2.1, "adaptive_msis_80": 2.2,
        }
    ),
    "gru": scored(
        {"crps": 0.3, "crps_quantiles": 0.4, "coverage_80": 0.7, "width_80": 1.0, "msis_80": 1.1},
        {"edges": [0.0, 0.5, 1.0], "shares": [0.4, 0.6]},
    ),
    "a": scored({"crps_quantiles": 0.4, "coverage_99.5": 0.7, "width_99.5": 1.0, "msis_99.5": 1.1}),
}  # fmt: skip


def test_a_row_an_interval_by_model_method_and_level():
    rows = interval_rows(MODELS)
    assert all(len(row) == len(INTERVALS) for row in rows)
    assert [row[:4] for row in rows] == [
        ("a", "quantiles", "99.5", 0.995), ("gru", "distribution", "80", 0.8), ("har", "split", "80", 0.8),
        ("har", "split", "95", 0.95), ("har", "adaptive", "80", 0.8),
    ]  # fmt: skip
    assert rows[0][4:] == (0.7, 1.0, 1.1, 0.4)
    assert rows[1][-1] == 0.3, "exact, where that is known"
    assert rows[2][4:] == (0.8, 2.0, None, None)


def test_a_row_a_stretch_of_the_distribution():
    assert pit_rows(MODELS) == [("gru", "0–0.5", 0.4), ("gru", "0.5–1", 0.6)]
    assert all(len(row) == len(PIT) for row in pit_rows(MODELS))
