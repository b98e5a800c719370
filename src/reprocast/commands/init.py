"""`reprocast init FILE`: writes a params.yaml for a file of one's own."""

from pathlib import Path

from reprocast.commands.recipe import RECIPES, replace_params
from reprocast.errors import UsageError
from reprocast.infer import infer
from reprocast.stages.stage import PARAMS


def init(file: Path, *, force: bool) -> str:
    """Looks at `file`, writes params.yaml, and says what to do next.

    A params.yaml that is the shipped one, or a recipe, is replaced; one's own only with `force`.

    Raises:
        NoInputError, DataError, UsageError: what is wrong with the file.
        UsageError: params.yaml holds something of one's own.
    """
    text = infer(file)
    if PARAMS.exists() and not force and not _is_shipped(PARAMS.read_text(encoding="utf-8"), text):
        raise UsageError(f"{PARAMS}: is there already; say --force to replace it (a copy is kept)")
    replace_params(text)
    return f"{PARAMS} written for {file}; read its comments, then run `reprocast repro`"


def _is_shipped(present: str, new: str) -> bool:
    """Whether it is what `init` would write, or a recipe but for the comments at its head."""
    recipes = [path.read_text(encoding="utf-8") for path in sorted(RECIPES.glob("*.yaml"))]
    return present == new or _body(present) in [_body(recipe) for recipe in recipes]


def _body(text: str) -> str:
    lines = text.splitlines()
    head = next((n for n, line in enumerate(lines) if not line.startswith("#")), 0)
    return "\n".join(lines[head:])
