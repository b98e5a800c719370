"""What the report says of tuning: the budget every network had, and where chances were not equal."""

from collections.abc import Mapping

from reprocast.deterministic import canonical_json
from reprocast.evaluation.tuned import Record, changed_since
from reprocast.params.root import Params
from reprocast.params.tuning import Range, Space

Records = Mapping[str, Record]
CHANGED = {
    "windows": "the windows are others now",
    "settings": "other keys have changed since",
    "score": "compare.score is another one now",
    "values": "params.yaml has other values than it found",
}
"""What may be no longer as the search left it, in words."""


def budget(params: Params, records: Records, windows_sha256: str) -> str:
    """How the values of params.yaml were found, for the protocol."""
    chosen = {name: one.chooses() for name, one in sorted(params.baselines.items())}
    each = ", ".join(f"{' and '.join(keys)} of {name}" for name, keys in chosen.items() if keys)
    baselines = f"; {each} chosen on validation in any case" if each else ""
    return _networks(params, records, windows_sha256) + baselines


def caution(params: Params, records: Records, windows_sha256: str) -> str:
    """A sentence where the networks did not have equal chances; empty where they had."""
    found = _standings(params, records, windows_sha256)
    if _are_equal(found):
        return ""
    return (
        f"The networks did not have equal chances in tuning ({_each(found, records)}): a difference between "
        "them may come from that. `reprocast tune` gives each the same trials."
    )


def _networks(params: Params, records: Records, windows_sha256: str) -> str:
    found = _standings(params, records, windows_sha256)
    if not any(found.values()):
        return "no search: the values in params.yaml stand as written"
    if not _are_equal(found):
        return f"unequal ({_each(found, records)})"
    name = min(found)
    asked = records[name]
    whose = f"each of the {len(found)} networks" if len(found) > 1 else name
    changed = "".join(f"; {CHANGED[what]}" for what in _changes(found[name]))
    return (
        f"{whose}: {_trials(asked)} on validation, the first with the values that stood there, drawn by "
        f"{asked.sampler}, seed {asked.seed}, from {_space(asked.space)}; scored by "
        f"{asked.score.upper()} with seed {', '.join(map(str, asked.seeds))}, no test window read; "
        f"recorded in tuning/{changed}"
    )


def _standings(params: Params, records: Records, windows_sha256: str) -> dict[str, tuple[str, ...]]:
    """By network what makes its chances: budget and question, then changes; empty without a search."""
    found: dict[str, tuple[str, ...]] = {}
    for name in sorted(params.architectures):
        if name not in records:
            found[name] = ()
            continue
        record = records[name]
        keys = ("score", "seed", "seeds", "sampler", "space")
        asked = {key: record.model_dump(mode="json")[key] for key in keys}
        same = canonical_json({"budget": record.budget, **asked})
        found[name] = (same, *changed_since(record, params, windows_sha256))
    return found


def _are_equal(found: Mapping[str, tuple[str, ...]]) -> bool:
    return len(set(found.values())) == 1 and not any("values" in _changes(one) for one in found.values())


def _changes(standing: tuple[str, ...]) -> tuple[str, ...]:
    return standing[1:]


def _each(found: Mapping[str, tuple[str, ...]], records: Records) -> str:
    """`gru: 12 trials; lstm: no search`, with what no longer holds, and the space where there are several."""
    spaces = {canonical_json(_dumped(records[name].space)) for name, one in found.items() if one}
    parts = []
    for name, one in found.items():
        words = [_trials(records[name]), *(CHANGED[what] for what in _changes(one))] if one else ["no search"]
        if one and len(spaces) > 1:
            words.insert(1, f"from {_space(records[name].space)}")
        parts.append(f"{name}: {', '.join(words)}")
    return "; ".join(parts)


def _trials(record: Record) -> str:
    """`12 trials`, with those that failed, and whether the whole space was tried."""
    failed = sum(trial.score is None for trial in record.trials)
    count = f"{record.budget} trial{'' if record.budget == 1 else 's'}"
    whole = f", the whole space after {len(record.trials)}" if len(record.trials) < record.budget else ""
    return f"{count}{whole}{f', {failed} of them failed' if failed else ''}"


def _space(space: Space) -> str:
    return ", ".join(f"{key} {_part(part)}" for key, part in sorted(space.items()))


def _part(part: object) -> str:
    if isinstance(part, Range):
        return f"{part.low:g} to {part.high:g}{' (log)' if part.log else ''}"
    assert isinstance(part, tuple)
    return " | ".join(f"{value:g}" if isinstance(value, float) else str(value) for value in part)


def _dumped(space: Space) -> dict[str, object]:
    return {key: vars(part) if isinstance(part, Range) else part for key, part in space.items()}
