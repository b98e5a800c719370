"""The journal: what was appended is there again, also after a kill in the middle of a write."""

from pathlib import Path

from unit.tuning.questions import FIRST, question, scored

from reprocast.evaluation.tuned import Trial
from reprocast.tuning.journal import Journal

OUTSIDE = Trial(values=FIRST | {"hidden": 7}, score=0.1234567890123456)
FAILED = Trial(values=FIRST, reason="training loss is not finite in step 3")


def test_trials_come_back_in_order(tmp_path: Path) -> None:
    trials = [OUTSIDE, scored(FIRST), FAILED]
    for trial in trials:
        Journal(tmp_path / "a/gru.journal", question()).append(trial)
    assert Journal(tmp_path / "a/gru.journal", question()).trials() == trials


def test_each_question_has_its_own_trials(tmp_path: Path) -> None:
    path = tmp_path / "gru.journal"
    Journal(path, question(seed=1)).append(OUTSIDE)
    Journal(path, question(seed=2)).append(FAILED)
    assert Journal(path, question(seed=1)).trials() == [OUTSIDE]
    assert Journal(path, question(seed=2)).trials() == [FAILED]
    assert Journal(path, question(seed=3)).trials() == []


def test_half_a_line_and_a_lock_of_a_killed_process_do_no_harm(tmp_path: Path) -> None:
    path = tmp_path / "gru.journal"
    Journal(path, question()).append(OUTSIDE)
    whole = path.read_bytes()
    Journal(path, question()).append(FAILED)
    torn = path.read_bytes()[len(whole) :]
    path.with_name("gru.journal.lock").touch()
    for cut in (1, len(torn) // 2, len(torn) - 1):
        path.write_bytes(whole + torn[:cut])
        assert Journal(path, question()).trials() == [OUTSIDE]
        Journal(path, question()).append(FAILED)
        assert Journal(path, question()).trials() == [OUTSIDE, FAILED]
