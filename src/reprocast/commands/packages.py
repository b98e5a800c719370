"""Which packages of a lock file are not those that are installed here."""

from collections.abc import Iterator
from importlib.metadata import PackageNotFoundError, version

from packaging.requirements import InvalidRequirement, Requirement


def other_packages(lock: str) -> list[str]:
    """Names of packages, with both versions, where the installed one is not the locked one.

    Args:
        lock: text of a requirements file with exact versions, with or without hashes.
    """
    found = []
    for wanted in _requirements(lock):
        try:
            here: str | None = version(wanted.name)
        except PackageNotFoundError:
            here = None
        if here is None or not wanted.specifier.contains(here, prereleases=True):
            found.append(f"{wanted.name} {here or 'none'} instead of {wanted.specifier}")
    return found


def _requirements(lock: str) -> Iterator[Requirement]:
    """Those that apply to this platform; options, hashes and comments are passed over."""
    for line in lock.splitlines():
        text = line.partition(" #")[0].strip().removesuffix("\\").strip()
        if text and not text.startswith(("#", "-")):
            try:
                wanted = Requirement(text)
            except InvalidRequirement:
                continue
            if wanted.marker is None or wanted.marker.evaluate():
                yield wanted
