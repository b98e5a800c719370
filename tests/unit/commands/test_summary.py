"""What a run ends with on the terminal."""

import json
from pathlib import Path

import pytest

from reprocast.commands.summary import print_summary


def test_leaderboard_verdict_and_places(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "100")
    for folder in ("results/comparison", ".reprocast/times"):
        Path(folder).mkdir(parents=True)
    Path("results/leaderboard.csv").write_text(
        "model,mae,mae_seed_sd,skill_naive,parameters\ngru,0.58,0.003,0.196,3653\nhar,0.57,,0.208,20\nnaive,0.72,,0,0\n",
        encoding="utf-8",
    )
    Path("results/comparison/verdict.json").write_text(
        json.dumps({"text": "No [clear] winner."}), encoding="utf-8"
    )
    Path(".reprocast/times/train@gru.json").write_text('{"seconds": 20.6}', encoding="utf-8")
    print_summary()
    lines = [line.split() for line in capsys.readouterr().out.splitlines()]
    assert lines[1] == ["gru", "0.580", "0.003", "+19.6", "%", "3,653", "21", "s"]
    assert lines[2] == ["har", "0.570", "–", "+20.8", "%", "20", "–"]
    assert lines[-2] == ["Verdict:", "No", "[clear]", "winner."]
    assert lines[-1] == ["Report:", "reports/report.html", "Runs:", "make", "ui"]
