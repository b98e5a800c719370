"""Step of a round: has anything moved since the champion was chosen? It is said, and decides nothing."""

from pathlib import Path

from reprocast.errors import NoInputError, ReprocastError


def drift_lines(root: Path) -> list[str]:
    """What is to be said of drift; what cannot be looked for costs a line, not the round."""
    from reprocast.commands.drift import drift

    try:
        found = drift(root)
    except NoInputError:  # there is no champion yet
        return []
    except ReprocastError as error:
        return [f"Drift was not looked for: {error}"]
    return [f"Drift: {reason}" for reason in found.reasons] or ["Drift: none"]
