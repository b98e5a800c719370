"""How Reprocast came onto this machine, and so how another one gets the same: by what pip has noted."""

import json
import re
from dataclasses import dataclass
from importlib.metadata import Distribution, PackageNotFoundError, distribution
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from reprocast import __version__

WHEELS = "wheels"
"""Folder of a project for wheels that no index has."""


@dataclass(frozen=True)
class Requirement:
    """What another machine asks pip for."""

    line: str
    """A line of a requirements file, read from the project's root."""
    wheel: Path | None = None
    """File that has to come along in `wheels/`."""


def requirement() -> Requirement:
    """The version on an index; the commit that git gave; the wheel that pip was handed."""
    try:
        found = distribution("reprocast")
    except PackageNotFoundError:  # a source tree on PYTHONPATH
        return _on_an_index()
    return _as(_origin(found))


def named_version(requirements: str) -> str | None:
    """The version that a requirements file names, for an index or by a wheel; None where it names none."""
    found = re.search(r"^(?:\S*/)?reprocast(?:\[[^\]]*\])?(?:==|-)(\d[^-\s]*)", requirements, re.MULTILINE)
    return found[1] if found else None


def _origin(found: Distribution) -> dict[str, Any]:
    """What pip noted (direct_url.json, PEP 610); nothing for what came from an index."""
    return json.loads(found.read_text("direct_url.json") or "{}")  # type: ignore[no-any-return]


def _as(origin: dict[str, Any]) -> Requirement:
    url = str(origin.get("url", ""))
    if vcs := origin.get("vcs_info"):
        return Requirement(f"reprocast[s3] @ {vcs['vcs']}+{url}@{vcs['commit_id']}")
    wheel = Path(unquote(urlsplit(url).path))
    if "archive_info" in origin and wheel.suffix == ".whl" and wheel.is_file():
        return Requirement(f"./{WHEELS}/{wheel.name}[s3]", wheel)
    return _on_an_index()


def _on_an_index() -> Requirement:
    return Requirement(f"reprocast[s3]=={__version__}")
