"""`reprocast repro --recipe NAME`: a recipe becomes params.yaml; what stood there before is kept."""

from pathlib import Path

from reprocast.deterministic import sha256_of_text
from reprocast.errors import NoInputError
from reprocast.params.reading import read
from reprocast.params.root import Params
from reprocast.stages.publish import STATE, write_file
from reprocast.stages.stage import PARAMS

RECIPES = Path("recipes")


def take_recipe(name: str) -> None:
    """Copies recipes/NAME.yaml to params.yaml after a check.

    Raises:
        NoInputError: there is no such recipe; the message lists those there are.
        ParamsError: the recipe is wrong; params.yaml stays as it is.
    """
    path = RECIPES / f"{name}.yaml"
    if not path.is_file():
        known = ", ".join(sorted(found.stem for found in RECIPES.glob("*.yaml")))
        raise NoInputError(f"{path}: no such recipe; there are: {known}")
    read(path, Params)
    replace_params(path.read_text(encoding="utf-8"))


def replace_params(text: str) -> None:
    """Writes params.yaml; another text that stood there is kept under .reprocast/params/ and named."""
    before = PARAMS.read_text(encoding="utf-8") if PARAMS.exists() else text
    if before == text and PARAMS.exists():
        return
    if before != text:
        kept = STATE / "params" / f"{sha256_of_text(before)[:12]}.yaml"
        write_file(kept, before)
        print(f"params.yaml replaced; the one before is kept as {kept}")
    write_file(PARAMS, text)
