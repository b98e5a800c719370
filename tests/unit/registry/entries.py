"""Entries of the ledger, written by hand."""

from typing import Any

from reprocast.registry.ledger_entry import Candidate, Entry, Evidence

OLD, NEW = "c" * 64, "a" * 64


def candidate(fingerprint: str = NEW, model: str = "gru", **change: Any) -> Candidate:
    given = {
        "fingerprint": fingerprint,
        "model": model,
        "kind": "network",
        "artifact_sha256": fingerprint[::-1],
        "validation_end": "2011-02-17",
        "parameters": 3653,
        "multiply_adds": 230_000,
    }
    return Candidate(**(given | change))


def evidence(**change: Any) -> Evidence:
    given = {
        "loss": "mae",
        "champion_loss": 0.6,
        "challenger_loss": 0.5,
        "skill": 0.1,
        "p_value": 0.01,
        "alpha": 0.02,
        "fresh": 250,
        "cutoffs": 500,
        "first_cutoff": 1,
        "last_cutoff": 500,
        "series": 4,
    }
    return Evidence(**(given | change))


def entry(**change: Any) -> Entry:
    given = {
        "sequence": 1,
        "action": "keep",
        "as_of": "2013-03-01",
        "name": "reprocast",
        "champion": candidate(OLD, "har"),
        "challenger": candidate(),
        "winner": OLD,
        "evidence": None,
        "reason": "equal",
        "by": "a test",
        "dvc_lock_sha256": None,
        "data_sha256": None,
    }
    return Entry.model_validate(given | change)
