"""The few expressions of GitHub Actions that our workflows use, read as GitHub reads them."""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

Context = Mapping[str, Any]


def filled(text: Any, context: Context) -> str:
    """Text with every `${{ … }}` replaced by its value."""
    return re.sub(r"\$\{\{ (.*?) \}\}", lambda found: _shown(value(found[1], context)), str(text))


def value(expression: str, context: Context) -> Any:
    """Value of names, `a && b`, `a || b`, `a != 'text'`, always() and hashFiles('one file')."""
    if "&&" in expression:
        return all(value(part.strip(), context) for part in expression.split("&&"))
    if "||" in expression:
        found = [value(part.strip(), context) for part in expression.split("||")]
        return next((one for one in found if one), found[-1])
    if "!=" in expression:
        name, text = (part.strip() for part in expression.split("!="))
        return _shown(value(name, context)) != text.strip("'")
    if expression == "always()":
        return True
    if named := re.fullmatch(r"hashFiles\('(.*)'\)", expression):
        return "hash" if (Path(context["workspace"]) / named[1]).is_file() else ""
    found: Any = context
    for name in expression.split("."):
        found = found.get(name, "") if isinstance(found, Mapping) else ""
    return found


def holds(condition: str | None, context: Context, *, failed: bool) -> bool:
    """Whether a step or job runs: without always() only while nothing has failed."""
    if condition is None:
        return not failed
    return bool(value(condition, context)) and (not failed or "always()" in condition)


def _shown(found: Any) -> str:
    return str(found).lower() if isinstance(found, bool) else str(found)
