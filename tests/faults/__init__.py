"""Every fault that docs/data.md lists, as a scene that can be played; a module a room, joined here."""

from collections.abc import Callable

from faults import audit, files, folds, roles, validation, vintages, windows, yahoo
from faults.scene import Played, Scene

SCENES: dict[str, Callable[[Scene], Played]] = {
    **files.SCENES,
    **audit.SCENES,
    **vintages.SCENES,
    **yahoo.SCENES,
    **folds.SCENES,
    **roles.SCENES,
    **validation.SCENES,
    **windows.SCENES,
}
"""Name in the table -> what sets the scene, lets the fault happen and returns what came of it."""
