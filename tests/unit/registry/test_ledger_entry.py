"""A decision as a file: canonical, named by its round, read back unchanged."""

import json

import pytest
from pydantic import ValidationError
from unit.registry.entries import entry

from reprocast.deterministic import sha256_of_text
from reprocast.registry.ledger_entry import Entry


def test_it_is_named_by_round_and_challenger() -> None:
    for said, name in (
        (entry(), "2013-03-01-aaaaaaaaaaaa-keep"),
        (entry(as_of="2013-03-01T16:00"), "2013-03-01-aaaaaaaaaaaa-keep"),
        (entry(challenger=None, action="rollback"), "2013-03-01-none-rollback"),
    ):
        assert said.file_name() == f"{name}-{sha256_of_text(said.text())[:8]}.json"


def test_branches_that_decide_about_the_same_challenger_add_two_files() -> None:
    assert entry(by="one").file_name() != entry(by="another").file_name()


def test_its_text_is_canonical_and_read_back() -> None:
    text = entry().text()
    assert text == json.dumps(json.loads(text), indent=1, sort_keys=True) + "\n"
    assert Entry.model_validate_json(text) == entry()


@pytest.mark.parametrize("change", [{"action": "crown"}, {"sequence": 0}, {"clock": "12:00"}])
def test_anything_else_is_refused(change: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        entry(**change)
