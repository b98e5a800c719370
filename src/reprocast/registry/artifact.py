"""The hash of a model's folder: what is compared before the alias moves."""

from pathlib import Path

from reprocast.deterministic import canonical_json, sha256_of_file, sha256_of_text
from reprocast.errors import NoInputError

FOLDS = "folds"
"""Models of earlier folds, which are not deployed."""
DESCRIPTION = "model.json"


def artifact_sha256(folder: Path) -> str:
    """Hash over the sorted names and the contents of a model's folder, but for `folds` and hidden files.

    Raises:
        NoInputError: no model there.
    """
    if not (folder / DESCRIPTION).is_file():
        raise NoInputError(f"{folder / DESCRIPTION}: no such model; run `reprocast repro` or `dvc checkout`")
    names = sorted(path.relative_to(folder) for path in folder.rglob("*") if path.is_file())
    files = {name.as_posix(): sha256_of_file(folder / name) for name in names if _is_deployed(name)}
    return sha256_of_text(canonical_json(files))


def _is_deployed(name: Path) -> bool:
    return name.parts[0] != FOLDS and not any(part.startswith(".") for part in name.parts)
