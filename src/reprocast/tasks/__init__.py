"""What differs from task to task, in three parts a task: how examples are cut, learned and scored."""

from importlib import import_module
from types import ModuleType

from reprocast.errors import ParamsError

TASKS = {"forecast": "reprocast.tasks.forecast"}
"""Task name -> package with the modules `cut`, `learn` and `score` (their form: tasks/protocol.py)."""


def part(task: str, name: str) -> ModuleType:
    """The module `cut`, `learn` or `score` of a task; loaded by name, so that a stage needs only its part.

    Raises:
        ParamsError: no such task.
    """
    if task not in TASKS:
        raise ParamsError(f"task: {task!r} is not one of {', '.join(sorted(TASKS))}")
    return import_module(f"{TASKS[task]}.{name}")
