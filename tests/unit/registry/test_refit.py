"""What the ledger says of a refit, who reigns after it, and the link back to the scored model."""

from typing import Any

import pytest
from unit.registry.entries import NEW, OLD, candidate, entry

from reprocast.registry.ledger import champion, reigns
from reprocast.registry.ledger_entry import Entry, Refit
from reprocast.registry.refit import claim, refit_fingerprint, refit_link, refit_of
from reprocast.registry.reign import reign

AGAIN = refit_fingerprint(NEW)
REFIT = Refit(
    fingerprint=AGAIN, artifact_sha256="b" * 64, fitted_to="2013-03-01", more=1010, parameters=7,
    epochs={"1": 9}, steps=90, claim=claim(1010, "2013-03-01"),
)  # fmt: skip


def chain() -> list[Entry]:
    return [
        entry(action="first", as_of="2013-01-01", sequence=1, winner=OLD),
        entry(action="promote", as_of="2013-03-01", sequence=2, winner=NEW, refit=REFIT),
    ]


def test_the_refit_reigns_and_is_held_to_all_that_it_has_seen() -> None:
    now = champion(chain())
    assert now is not None
    assert (now.fingerprint, now.artifact_sha256, now.refit_of) == (AGAIN, "b" * 64, NEW)
    assert (now.validation_end, now.parameters, now.multiply_adds) == ("2013-03-01", 7, 230_000)
    assert [one.fingerprint for one in reigns(chain())] == [OLD, AGAIN]


def test_a_later_promotion_has_to_beat_the_refit() -> None:
    third = candidate("d" * 64)
    over = entry(
        action="promote", as_of="2014-01-01", sequence=3, champion=champion(chain()), challenger=third,
        winner="d" * 64,
    )  # fmt: skip
    assert champion([*chain(), over]) == third
    stale = over.model_copy(update={"champion": candidate(NEW)})
    assert champion([*chain(), stale]) == champion(chain())


def test_a_reign_is_that_of_the_refit() -> None:
    kept = entry(
        action="keep", as_of="2013-04-01", sequence=3, champion=champion(chain()), winner=AGAIN,
        challenger=candidate("d" * 64),
    )  # fmt: skip
    now = reign([*chain(), kept])
    assert now is not None
    assert (now.champion.fingerprint, now.since, now.confirmed) == (AGAIN, "2013-03-01", ("2013-04-01",))


def test_it_is_written_and_read_again_and_other_entries_have_no_word_of_it() -> None:
    first, promotion = chain()
    assert Entry.model_validate_json(promotion.text()) == promotion
    assert "refit" not in first.text()
    later = entry(champion=champion(chain()))
    assert Entry.model_validate_json(later.text()) == later


def test_the_claim_says_what_was_never_measured() -> None:
    said = claim(1010, "2013-03-01")
    assert "was never scored" in said
    assert "with the same configuration and 1,010 steps fewer of data" in said
    assert "calibrated on that model's backtest" in said


def description(**change: Any) -> dict[str, Any]:
    keys = ("shared", "seeds", "series", "look_back", "horizon", "windows_sha256")
    return {"block": {"hidden": 3}, **dict.fromkeys(keys, 1), "fingerprint": NEW, "fitted": {}} | change


def again(**change: Any) -> dict[str, Any]:
    return description(fingerprint=AGAIN, fitted={"refit": {"of": NEW}}) | change


def test_the_link_holds() -> None:
    link = refit_link(AGAIN, again(), description(), {"fingerprint": NEW})
    assert (link.name, link.state) == ("refit", "holds")
    assert refit_of(again()["fitted"]) == NEW
    assert refit_of({"coefficients": []}) is None


@pytest.mark.parametrize(
    ("fingerprint", "said", "of"),
    [
        ("0" * 64, again(), NEW),
        (AGAIN, again(), OLD),
        (AGAIN, again(fingerprint="0" * 64), NEW),
        (AGAIN, again(block={"hidden": 4}), NEW),
        (AGAIN, again(windows_sha256=2), NEW),
        (AGAIN, again(fitted={"refit": {"of": OLD}}), NEW),
        (AGAIN, again(fitted={}), NEW),
    ],
)
def test_what_was_exchanged_breaks_it(fingerprint: str, said: dict[str, Any], of: str) -> None:
    assert refit_link(fingerprint, said, description(), {"fingerprint": of}).state == "broken"
