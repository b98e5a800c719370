"""Which model forecasts: the champion, another version, a model of the project, or any folder with one."""

from dataclasses import dataclass
from pathlib import Path

from reprocast.errors import NoInputError, first_names
from reprocast.tasks.loading import FILE

MODELS = Path("models")
CHAMPION = "champion"


@dataclass(frozen=True)
class Chosen:
    """A model that is there."""

    folder: Path
    """Holds model.json; what belongs to it may lie beside it."""
    said: str
    """What it is called in messages."""


def chosen(root: Path, model: str) -> Chosen:
    """The model meant by `champion`, a name under models/, a folder, or the number of a registered version.

    Names and folders need no registry.

    Raises:
        NoInputError: there is no such model, or no champion yet.
        DataError: the files of a registered version are not those that were registered.
        UnavailableError: the registry cannot be reached.
    """
    if model == CHAMPION:
        return Chosen(champion_folder(root), CHAMPION)
    for folder in (root / MODELS / model, root / model):
        if (folder / FILE).is_file():
            return Chosen(folder, folder.name)
    if model.isdecimal():
        return Chosen(_folder_of_number(root, int(model)), f"version {model}")
    there = ", ".join(sorted(path.parent.name for path in (root / MODELS).glob(f"*/{FILE}"))) or "none"
    raise NoInputError(
        f"--model {model}: neither a model of {MODELS}/ ({there}) nor a folder with {FILE}; "
        f"name one of these, or {CHAMPION}"
    )


def champion_folder(root: Path) -> Path:
    """The champion's folder, checked against the hash that it was registered with.

    It is fetched once and kept in .reprocast/champion/<artifact_sha256>/<name>, what belongs to it beside it.

    Raises:
        NoInputError: nothing was promoted yet.
        DataError: its files are not there, or not those that were registered.
        UnavailableError: the registry cannot be reached.
    """
    from reprocast.commands.decisions.champion_files import fetched  # mlflow: a second
    from reprocast.tracking.registered import champion, open_registry

    registry = open_registry(root)
    version = champion(registry)
    if version is None:
        raise NoInputError(
            "there is no champion yet; run `reprocast promote`, or name a model of this project with --model"
        )
    return fetched(registry, version, root)


def _folder_of_number(root: Path, number: int) -> Path:
    from reprocast.commands.decisions.champion_files import fetched
    from reprocast.tracking.registered import open_registry, versions

    registry = open_registry(root)
    there = {one.number: one for one in versions(registry)}
    if number not in there:
        known = first_names(there) or "none"
        raise NoInputError(f"--model {number}: neither a folder nor a registered version ({known})")
    return fetched(registry, there[number], root)
