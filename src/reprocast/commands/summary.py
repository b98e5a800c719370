"""What a run ends with on the terminal: the leaderboard, the verdict, and where to look further."""

import csv
import json
from pathlib import Path

from rich.console import Console
from rich.table import Table

from reprocast.stages.publish import STATE

LEADERBOARD = Path("results/leaderboard.csv")
VERDICT = Path("results/comparison/verdict.json")


def print_summary() -> None:
    """Prints the leaderboard, the verdict and the two places to look at."""
    console = Console(highlight=False)
    with LEADERBOARD.open(encoding="utf-8") as stream:
        rows = list(csv.DictReader(stream))
    verdict = json.loads(VERDICT.read_text(encoding="utf-8"))["text"]
    console.print(_table(rows))
    console.print(f"Verdict: {verdict}", soft_wrap=True, markup=False)
    console.print("Report: reports/report.html    Runs: make ui", soft_wrap=True)


def _table(rows: list[dict[str, str]]) -> Table:
    table = Table(box=None, pad_edge=False, header_style="bold")
    table.add_column("model")
    for name in ("MAE", "± seeds", "skill vs naive", "parameters", "training"):
        table.add_column(name, justify="right")
    for row in rows:
        table.add_row(
            row["model"],
            f"{float(row['mae']):.3f}",
            f"{float(row['mae_seed_sd']):.3f}" if row["mae_seed_sd"] else "–",
            _percent(row.get("skill_naive", "")),
            f"{int(row['parameters']):,}",
            _seconds(row["model"]),
        )
    return table


def _percent(text: str) -> str:
    return f"{100 * float(text):+.1f} %" if text else "–"


def _seconds(model: str) -> str:
    """Measured time of training, where this machine trained it."""
    path = STATE / "times" / f"train@{model}.json"
    return f"{json.loads(path.read_text(encoding='utf-8'))['seconds']:.0f} s" if path.exists() else "–"
