"""A project as the pipeline leaves it: small, with plausible numbers, written by hand."""

import csv
import hashlib
import json
import shutil
from pathlib import Path
from typing import Any

import numpy as np

ROOT = Path(__file__).parents[2]
NETWORKS = {"gru": 0.5812, "lstm": 0.5849, "rnn": 0.5903}
BASELINES = {
    "har": 0.5741,
    "moving_average": 0.6034,
    "naive": 0.7228,
    "seasonal_naive": 0.7402,
    "drift": 0.7431,
}
MODELS = NETWORKS | BASELINES
SERIES = ("AAPL", "GOOG", "IBM", "MSFT")
WINDOWS = "data/windows/manifest.json"


def finished_project(root: Path) -> Path:
    """Fills the folder."""
    root.mkdir(parents=True, exist_ok=True)
    shutil.copy(ROOT / "params.yaml", root)
    _write_data(root)
    _write_models(root)
    _write_comparison(root)
    for stage, seconds in {
        "window": 0.9,
        "train@gru": 21.37,
        "train@removed": 3.0,
        "baseline@har": 0.31,
    }.items():
        write_json(root / ".reprocast" / "times" / f"{stage}.json", {"seconds": seconds})
    for stage, one in {"evaluate@gru": 8.41, "evaluate_baseline@har": 0.0412}.items():
        measured = {
            "milliseconds_one": one,
            "milliseconds_batch": one / 50,
            "batch": 1024.0,
            "peak_bytes": 4.1e8,
        }
        write_json(root / ".reprocast" / "times" / f"{stage}.json", {"seconds": 3.2} | measured)
    return root


def write_json(path: Path, value: Any) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(value), encoding="utf-8")


def write_rows(path: Path, rows: list[dict[str, Any]]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, list(rows[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


def _write_data(root: Path) -> None:
    series = {name: {"rows": 3269, "first": "2000-03-01", "last": "2013-03-01"} for name in SERIES}
    series["GOOG"] = {"rows": 2148, "first": "2004-08-19", "last": "2013-03-01"}
    raw = {"vintage": "5f3c" * 16, "source": "sample", "request": {}, "end": "2013-03-01", "series": series}
    write_json(root / "data/raw/manifest.json", raw | {"adjustment": "splits and dividends up to data.end"})
    write_json(root / WINDOWS, _windows())
    expected = {
        "expectation": "unique",
        "column": "ds",
        "series_checked": 4,
        "success": True,
        "unexpected_count": 0,
    }
    rows = [
        expected | {"statement": "ds: each time stands once in its series", "findings": []},
        expected | {"statement": "low ≤ open, close ≤ high", "column": "low", "findings": []},
        expected | {"statement": "data.calendar XNYS: every session has a row", "findings": []},
    ]
    write_json(root / "reports/validation/result.json", {"success": True, "expectations": rows})


def _windows() -> dict[str, Any]:
    spans = {
        "train": ("2000-06-01", "2009-02-18", 2051),
        "validation": ("2009-02-26", "2011-02-17", 496),
        "test": ("2011-03-08", "2013-03-01", 496),
    }
    fold = {
        split: {
            "first": first,
            "last": last,
            "windows": dict.fromkeys(SERIES, windows),
            "left_out": dict.fromkeys(SERIES, 0),
        }
        for split, (first, last, windows) in spans.items()
    }
    roles = {"target": ["log_volatility"], "past": ["log_return", "log_volume"], "future": ["day_of_week"]}
    shape = {
        "look_back": 64,
        "horizon": 5,
        "embargo": 5,
        "season": 5,
        "calendar": "XNYS",
        "ids": list(SERIES),
    }
    return {"features": roles, "channels": roles, "folds": {"0": fold}, **shape}


def _write_models(root: Path) -> None:
    windows = hashlib.sha256((root / WINDOWS).read_bytes()).hexdigest()
    for n, (name, mae) in enumerate(MODELS.items()):
        network = name in NETWORKS
        block = (
            {"cell": name, "hidden": 32, "layers": 1, "dropout": 0.0}
            if network
            else {"kind": name, "steps": None}
        )
        cost = {
            "parameters": 3653 + n if network else n,
            "multiply_adds": 230_000 - n,
            "optimiser_steps": 612 * network,
        }
        said = {"name": name, "kind": "network" if network else "baseline", "block": block, "cost": cost}
        said |= {"fingerprint": f"{n:x}a7" * 21 + "f", "windows_sha256": windows}
        write_json(root / "models" / name / "model.json", said)
        seeds = {str(seed): {"mae": mae + 0.004 * seed, "rmse": mae} for seed in (1, 2, 3) if network}
        folds = {"0": {"test": {"overall": {"mae": mae}, "seed": seeds}}}
        write_json(root / "results" / "scores" / f"{name}.json", {"model": name, "folds": folds})


def _write_comparison(root: Path) -> None:
    results, comparison = root / "results", root / "results" / "comparison"
    ranked = sorted(MODELS, key=MODELS.__getitem__)
    write_rows(results / "leaderboard.csv", [_standing(name) for name in ranked])
    write_json(comparison / "verdict.json", {"text": VERDICT, "chosen": "gru", "best_baseline": "har"})
    tests = [("gru", "naive", -0.1416, 1.1e-9), ("gru", "har", 0.0071, 0.213), ("gru", "lstm", -0.0037, 0.48)]
    rows = [
        {
            "question": "chosen network",
            "a": a,
            "b": b,
            "difference": d,
            "p_value": p,
            "holm_p": "",
            "result": "tied",
            "origins": 496,
        }
        for a, b, d, p in tests
    ]
    write_rows(comparison / "significance.csv", rows)
    write_rows(
        comparison / "horizon.csv",
        [
            {"model": name, "step": h, "mae": round(MODELS[name] * (0.9 + 0.04 * h), 5)}
            for name in ranked
            for h in range(1, 6)
        ],
    )
    write_rows(
        comparison / "series.csv",
        [
            {"model": name, "series": one, "mae": round(MODELS[name] * (0.94 + 0.04 * n), 5)}
            for name in ranked
            for n, one in enumerate(SERIES)
        ],
    )
    write_rows(
        comparison / "curves.csv",
        [
            {
                "model": name,
                "fold": 0,
                "seed": s,
                "epoch": e,
                "train_loss": 0.5 + 0.4 / e + 0.004 * s,
                "validation_loss": 0.55 + 0.3 / e + 0.002 * e,
            }
            for name in NETWORKS
            for s in (1, 2, 3)
            for e in range(1, 9 + 2 * s)
        ],
    )
    write_rows(
        comparison / "folds.csv",
        [{"model": name, "fold": 0, "origins": 496, "mae": MODELS[name], "rmse": ""} for name in ranked],
    )
    write_rows(comparison / "forecasts.csv", _forecasts())
    _write_certainty(comparison)
    _write_cells(comparison)


def _write_certainty(comparison: Path) -> None:
    """Skill with its intervals, and which models may be the best."""
    skill = [
        {"model": name, "against": other, "skill": round(own, 5), "low": own - 0.015, "high": own + 0.0125}
        for other in ("har", "naive")
        for name, mae in MODELS.items()
        if name != other
        for own in [1 - mae / MODELS[other]]
    ]
    write_rows(comparison / "skill.csv", skill)
    kept = [
        {"model": name, "p_value": 0.4 if mae < 0.6 else 0.001, "included": mae < 0.6}
        for name, mae in MODELS.items()
    ]
    write_rows(comparison / "confidence_set.csv", kept)
    intervals = [
        {
            "model": name, "method": method, "level": nominal, "nominal": nominal,
            "coverage": round(nominal - 0.02 * mae, 5), "width": 2 * mae, "msis": 6 * mae, "crps": "",
        }
        for name, mae in MODELS.items()
        for method in ("split", "adaptive")
        for nominal in (0.8, 0.95)
    ]  # fmt: skip
    write_rows(comparison / "intervals.csv", intervals)


KEPT = {"gru": 0.93, "lstm": 0.95, "rnn": 0.8}
WARNING = "gradients fade after about 31 of 64 steps: take cell: gru or lstm or a look_back of about 31"


def _write_cells(comparison: Path) -> None:
    worth = [
        {
            "model": name, "parameters": 3653 + 10 * n, "multiply_adds": 9, "memory": 20 + n, "span": 63,
            "kept": KEPT[name], "growth": 1.0, "saturated": "" if name == "rnn" else 0.125, "dead": 0.0,
            "clipped": 0.0625, "adding": 0.01 * n, "mae": mae, "rmse": mae * 1.31,
        }
        for n, (name, mae) in enumerate(NETWORKS.items())
    ]  # fmt: skip
    write_rows(comparison / "worth.csv", worth)
    gradients = [
        {
            "model": name,
            "seed": seed,
            "lag": lag,
            "gradient": KEPT[name] ** lag * 0.99**seed,
            "cell_gradient": 0.97**lag if name == "lstm" else "",
            "jacobian": 1,
        }
        for name in NETWORKS
        for seed in (1, 2, 3)
        for lag in range(64)
    ]
    write_rows(comparison / "gradients.csv", gradients)
    write_rows(comparison / "warnings.csv", [{"model": "rnn", "warning": WARNING}])


VERDICT = (
    "The GRU has the best validation MAE of the 3 networks, har that of the 5 baselines. On 496 test origins "
    "it beats the naive forecast by 19.6 % (p < 0.001) and cannot be told from har (p = 0.21; about 900 more "
    "origins would be needed)."
)


def _standing(name: str) -> dict[str, Any]:
    mae, network = MODELS[name], name in NETWORKS
    scores = {"mae": mae, "mae_seed_sd": 0.0031 if network else "", "rmse": mae * 1.31, "mase": mae * 1.1}
    shares = {"r2": 1 - mae, "correlation": 0.62, "directional_accuracy": 0.71}
    skill = {
        "skill_naive": round(1 - mae / 0.7228, 5),
        "skill_best_baseline": round(1 - mae / 0.5741, 5),
    }
    cost = {"parameters": 3653 if network else 4, "multiply_adds": 230_000, "optimiser_steps": 612 * network}
    return {"model": name, **scores, **shares, **skill, **cost, "fingerprint": "ab" * 6}


def _forecasts() -> list[dict[str, Any]]:
    days = np.arange("2012-12-03", "2013-03-01", dtype="datetime64[D]")
    days = days[np.is_busday(days)][:60]
    generator = np.random.default_rng(0)
    rows: list[dict[str, Any]] = []
    for n, series in enumerate(SERIES):
        actual = -4.4 - 0.1 * n + np.cumsum(generator.normal(0, 0.1, 60)) + generator.normal(0, 0.3, 60)
        smooth = np.convolve(np.r_[[actual[0]] * 8, actual], np.ones(9) / 9, mode="valid")
        path = smooth.reshape(-1, 5)[:, :1].repeat(5, 1).ravel() * 0.8 - 0.88
        for model, values in (("actual", actual), ("gru", path), ("har", path + 0.06)):
            rows += [_step(series, days, k, model, float(value)) for k, value in enumerate(values)]
    return rows


def _step(series: str, days: Any, k: int, model: str, value: float) -> dict[str, Any]:
    low, high = (round(value - 0.08, 4), round(value + 0.07, 4)) if model == "gru" else ("", "")
    row = {"series": series, "target": "log_volatility", "ds": days[k], "model": model}
    cutoff = days[k - k % 5] - 1
    return row | {"value": round(value, 4), "low": low, "high": high, "cutoff": cutoff, "step": k % 5 + 1}
