"""Running the checks: a leak is kept, another fault is raised and says where it came from."""

import pytest
from audited import subject

from reprocast.audit.leak import AnswerError, LeakError
from reprocast.audit.result import Check, Done
from reprocast.audit.run import audit, first_leak
from reprocast.audit.subject import Subject
from reprocast.errors import DataError


def check(name: str, error: Exception | None = None) -> Check:
    def run(_: Subject) -> Done:
        if error:
            raise error
        return Done({"values": 1})

    return Check(name, "all is well", run)


def test_a_leak_does_not_keep_the_next_check_from_being_tried() -> None:
    checks = [check("a"), check("b", LeakError("moved")), check("c", AnswerError("told")), check("d")]
    seen: list[str] = []
    results = audit(subject(), checks, lambda one: seen.append(one.name))
    assert seen == ["a", "b", "c", "d"]
    assert [result.leak is not None for result in results] == [False, True, True, False]
    assert str(first_leak(results)) == "moved"


def test_another_fault_says_in_which_check_it_came_up() -> None:
    with pytest.raises(DataError, match=r"^audit: b: series A is short$"):
        audit(subject(), [check("b", DataError("series A is short"))])


def test_a_check_draws_the_same_whatever_others_draw() -> None:
    one, other = (subject().rng(name).random() for name in ("splits", "loader"))
    assert one == subject().rng("splits").random()
    assert one != other
    assert one != subject(seed=2).rng("splits").random()
