"""Which of our files a module needs: the closure of its imports, read from the source text."""

import ast
from pathlib import Path

PACKAGE = "reprocast"
SOURCE = Path(__file__).resolve().parent


def import_closure(*modules: str) -> tuple[str, ...]:
    """Files of this package that importing `modules` can reach, as sorted `src/reprocast/…` paths.

    Imports inside functions count; importing a.b.c counts a and a.b. The text is read, nothing runs.
    """
    seen: set[str] = set()
    todo = [part for module in modules for part in _with_parents(module)]
    while todo:
        module = todo.pop()
        if module in seen or _file(module) is None:
            continue
        seen.add(module)
        todo += [part for name in _imports(module) for part in _with_parents(name)]
    files = [path for module in seen if (path := _file(module))]
    return tuple(sorted(f"src/{PACKAGE}/{path.relative_to(SOURCE).as_posix()}" for path in files))


def in_package(path: str) -> Path:
    """Where a `src/reprocast/…` path lies: in a checkout, or where the package was installed."""
    return SOURCE / path.removeprefix(f"src/{PACKAGE}/")


def _with_parents(module: str) -> list[str]:
    parts = module.split(".")
    return [".".join(parts[:n]) for n in range(1, len(parts) + 1)] if parts[0] == PACKAGE else []


def _file(module: str) -> Path | None:
    base = SOURCE.joinpath(*module.split(".")[1:])
    candidates = [base / "__init__.py", base.with_suffix(".py")]
    return next((path for path in candidates if path.is_file()), None)


def _imports(module: str) -> list[str]:
    path = _file(module)
    names: list[str] = []
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))) if path else []:
        if isinstance(node, ast.Import):
            names += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            names += [node.module, *(f"{node.module}.{alias.name}" for alias in node.names)]
    return names
