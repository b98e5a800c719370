"""Loaded by every Python of the simulated machine: Yahoo is the test's server, and the time is the test's."""

import importlib.abc
import importlib.machinery
import os
import sys
from datetime import datetime, tzinfo
from typing import Any
from urllib.parse import urlsplit

NOW, YAHOO = "SIMULATED_NOW", "SIMULATED_YAHOO"
SESSION = "reprocast.data.sources.yahoo_session"
CLOCKED = ("reprocast.data.sources.yahoo", "reprocast.commands.folder.alone")
"""Modules that read the clock for more than a duration."""


class Clock(datetime):
    """Stands still."""

    @classmethod
    def now(cls, tz: tzinfo | None = None) -> datetime:  # type: ignore[override]
        return datetime.fromisoformat(os.environ[NOW]).astimezone(tz)


def changed(module: Any) -> None:
    if module.__name__ == SESSION:
        module.YahooSession.address = _at_the_stand_in
    else:
        module.datetime = Clock


def _at_the_stand_in(_: Any, url: str) -> str:
    parts = urlsplit(url)
    return f"{os.environ[YAHOO]}{parts.path}{'?' if parts.query else ''}{parts.query}"


class Finder(importlib.abc.MetaPathFinder):
    """Finds the modules above as ever, and changes them when they have been loaded."""

    def find_spec(self, name: str, path: Any = None, target: Any = None) -> Any:
        if name not in (SESSION, *CLOCKED):
            return None
        spec = importlib.machinery.PathFinder.find_spec(name, path)
        if spec is not None and spec.loader is not None:
            load = spec.loader.exec_module

            def exec_module(module: Any) -> None:
                load(module)
                changed(module)

            spec.loader.exec_module = exec_module  # type: ignore[method-assign]
        return spec


if NOW in os.environ:
    sys.meta_path.insert(0, Finder())
