"""A decision as a file: canonical, named by its round, read back unchanged."""

import json

import pytest
from pydantic import ValidationError
from unit.registry.entries import entry

from reprocast.registry.ledger_entry import Entry


def test_it_is_named_by_round_and_challenger() -> None:
    assert entry().file_name() == "2013-03-01-aaaaaaaaaaaa-keep.json"
    assert entry(as_of="2013-03-01T16:00").file_name() == "2013-03-01-aaaaaaaaaaaa-keep.json"
    assert entry(challenger=None, action="rollback").file_name() == "2013-03-01-none-rollback.json"


def test_its_text_is_canonical_and_read_back() -> None:
    text = entry().text()
    assert text == json.dumps(json.loads(text), indent=1, sort_keys=True) + "\n"
    assert Entry.model_validate_json(text) == entry()


@pytest.mark.parametrize("change", [{"action": "crown"}, {"sequence": 0}, {"clock": "12:00"}])
def test_anything_else_is_refused(change: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        entry(**change)
