"""Each link of the registry holds for what belongs together, and breaks when one value is another."""

from collections.abc import Callable
from typing import Any

import pytest

from reprocast.registry.chain import alias_link, artifact_link, ledger_link, run_link
from reprocast.registry.link import Link

TAGS = {"fingerprint": "f1", "kind": "network", "model": "gru", "status": "champion", "artifact_sha256": "a1"}
CANDIDATES = [{"fingerprint": "f1", "artifact_sha256": "a1"}, {"fingerprint": "f0", "artifact_sha256": "a0"}]
RUN = {"fingerprint": "f1", "role": "network", "model": "gru"}
WHOLE: dict[Callable[..., Link], dict[str, Any]] = {
    alias_link: {"version": "3", "champion": "3", "tags": TAGS, "reigning": ("f1", "a1")},
    ledger_link: {"fingerprint": "f1", "artifact": "a1", "candidates": CANDIDATES, "altered": []},
    artifact_link: {
        "tagged": "a1",
        "found": "a1",
        "description": {"weights": {"1": "w1", "2": "w2"}},
        "weights": {"1": "w1", "2": "w2"},
    },
    run_link: {"run": "r", "status": "FINISHED", "tags": RUN, "said": TAGS},
}


@pytest.mark.parametrize("link", WHOLE)
def test_what_belongs_together_holds(link: Callable[..., Link]) -> None:
    assert link(**WHOLE[link]).state == "holds"


@pytest.mark.parametrize(
    ("link", "change", "named"),
    [
        (alias_link, {"champion": "2"}, "points at version 2, but version 3 is tagged champion"),
        (alias_link, {"champion": None}, "points nowhere"),
        (alias_link, {"tags": TAGS | {"status": "former"}}, "tagged former"),
        (alias_link, {"reigning": ("f9", "a9")}, "`reprocast promote --enact`"),
        (
            alias_link,
            {"version": "2", "tags": TAGS | {"status": "former"}},
            "by the ledger f1 is the champion",
        ),
        (ledger_link, {"fingerprint": "f9"}, "model f9: no entry is about it"),
        (ledger_link, {"artifact": "a9"}, "model f1: no entry names these bytes"),
        (ledger_link, {"altered": ["ledger/one.json"]}, "ledger/one.json"),
        (artifact_link, {"found": "a9"}, "the files have a9, the version says a1"),
        (artifact_link, {"weights": {"1": "w1", "2": "w9"}}, "seed 2 have w9"),
        (artifact_link, {"weights": {"1": "w1"}}, "seed 2 have nothing"),
        (run_link, {"run": None}, "names no run"),
        (run_link, {"status": None}, "no run r"),
        (run_link, {"status": "KILLED"}, "is KILLED"),
        (run_link, {"tags": RUN | {"fingerprint": "f9"}}, "fingerprint of run r is f9"),
        (run_link, {"tags": RUN | {"role": "baseline"}}, "role of run r"),
        (run_link, {"tags": {}}, "nothing"),
    ],
)
def test_another_value_breaks_it(link: Callable[..., Link], change: dict[str, Any], named: str) -> None:
    found = link(**WHOLE[link] | change)
    assert found.state == "broken"
    assert named in found.said


def test_a_former_champion_holds_without_the_alias() -> None:
    found = alias_link("2", "3", TAGS | {"status": "former"}, ("f3", "a3"))
    assert (found.state, found.said) == ("holds", "version 2 is former; the champion is version 3")


def test_the_same_model_in_other_bytes_is_another_version() -> None:
    """It was registered again, because its files had been made again elsewhere."""
    former = TAGS | {"status": "former", "artifact_sha256": "a0"}
    assert alias_link("2", "3", former, ("f1", "a1")).state == "holds"
    assert (
        ledger_link("f1", "a1", [*CANDIDATES, {"fingerprint": "f1", "artifact_sha256": ""}], []).state
        == "holds"
    )


def test_an_empty_ledger_contradicts_nobody() -> None:
    assert alias_link(**WHOLE[alias_link] | {"reigning": None}).state == "holds"


def test_a_line_has_state_name_and_words() -> None:
    assert str(Link("run", "broken", "it is gone")) == "broken  run          it is gone"
