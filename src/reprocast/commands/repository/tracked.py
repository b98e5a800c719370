"""Vintages of live sources under DVC: a .dvc file beside each, so that a clone gets it by `dvc pull`."""

from pathlib import Path

from reprocast.commands.repository.dvc import dvc, reason
from reprocast.data.vintage import VINTAGES, Vintage
from reprocast.errors import CannotCreateError, DiskError, TryAgainError
from reprocast.stages.publish import STATE, write_file

NOT_PUSHED = STATE / "not_pushed"
"""Names of vintages that the remote does not have yet, a line each."""


def track(vintages: list[Vintage]) -> list[str]:
    """Lets DVC track the whole vintages of live sources that it does not know yet; returns their names.

    Raises:
        DiskError, CannotCreateError: DVC could not copy them to its cache.
    """
    new = [
        vintage.name
        for vintage in vintages
        if vintage.turns and not pointer(vintage.name).exists() and vintage.is_whole()
    ]
    if not new or not Path(".dvc").is_dir():
        return []
    ran = dvc("add", "--quiet", *(str(VINTAGES / name) for name in new), quiet=True)
    if ran.returncode:
        error = DiskError if "No space left" in ran.stderr else CannotCreateError
        raise error(
            f"{VINTAGES / new[0]}: is stored, but DVC cannot track it: {reason(ran)}; run `reprocast acquire`"
        )
    write_file(NOT_PUSHED, "".join(f"{name}\n" for name in [*_not_pushed(), *new]))
    return new


def push() -> None:
    """Pushes what has not been pushed yet to DVC's default remote, if there is one.

    Raises:
        TryAgainError: the remote cannot be reached; the vintages stay here.
    """
    names = [name for name in _not_pushed() if pointer(name).exists()]
    if not names or not has_remote():
        return
    ran = dvc("push", *(str(pointer(name)) for name in names), quiet=True)
    if ran.returncode:
        raise TryAgainError(
            f"vintage {', '.join(names)} is stored here but not pushed: {reason(ran)}; "
            "`reprocast acquire` tries again"
        )
    NOT_PUSHED.unlink(missing_ok=True)


def has_remote() -> bool:
    """Whether DVC has a default remote."""
    return bool(dvc("config", "core.remote", quiet=True).stdout.strip())


def bring() -> None:
    """Brings vintages here that git knows and this folder lacks, as in a fresh clone.

    Raises:
        TryAgainError: the remote cannot be reached.
    """
    lacking = [path for path in sorted(VINTAGES.glob("*.dvc")) if not path.with_suffix("").is_dir()]
    if not lacking or not has_remote():
        return
    ran = dvc("pull", *map(str, lacking), quiet=True)
    if ran.returncode:
        raise TryAgainError(f"dvc pull: {lacking[0]}: {reason(ran)}; run again later")


def pointer(name: str) -> Path:
    """The .dvc file of a vintage."""
    return VINTAGES / f"{name}.dvc"


def _not_pushed() -> list[str]:
    return NOT_PUSHED.read_text(encoding="utf-8").split() if NOT_PUSHED.is_file() else []
