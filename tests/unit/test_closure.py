"""The import closure, against the interpreter's own account of what it loaded."""

import subprocess
import sys

import pytest

from reprocast.closure import import_closure

LOADED = (
    "import sys, {module}\n"
    "ours = {{m for n, m in sys.modules.items() if n.split('.')[0] == 'reprocast'}}\n"
    "files = {{m.__file__ for m in ours if m.__file__}}\n"
    "print(*sorted('src/reprocast/' + f.split('src/reprocast/')[1] for f in files), sep='\\n')"
)


@pytest.mark.parametrize(
    "module", ["reprocast.params.root", "reprocast.stages.stage", "reprocast.tasks.protocol"]
)
def test_the_closure_holds_what_the_interpreter_loads(module: str) -> None:
    run = subprocess.run([sys.executable, "-c", LOADED.format(module=module)], capture_output=True, text=True)
    assert set(import_closure(module)) == set(run.stdout.split())


def test_imports_inside_functions_count() -> None:
    assert "src/reprocast/commands/recipe.py" in import_closure("reprocast.cli")


def test_a_block_of_params_does_not_drag_in_the_others() -> None:
    closure = import_closure("reprocast.params.window")
    assert "src/reprocast/params/window.py" in closure
    assert "src/reprocast/params/train.py" not in closure
