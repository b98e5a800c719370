"""`reprocast reproduce VERSION`: rebuilt in a fresh folder to the same bytes, or said why not."""

import json
import shutil
from pathlib import Path

import pytest
from registered_project import ROUNDS, commit, git, head, played, project
from tracked_store import migrated

from reprocast.commands.reproduce import reproduce
from reprocast.errors import CannotCreateError, DataError, NoInputError
from reprocast.registry.artifact import artifact_sha256
from reprocast.registry.hashes import hashes_below
from reprocast.tracking.registered import open_registry, tag, versions

__all__ = ["migrated", "played", "project"]
pytestmark = pytest.mark.filterwarnings("ignore:_NoneStep:DeprecationWarning")  # DVC's use of pygtrie


def test_a_former_version_is_rebuilt_and_nothing_else_is_touched(project: Path) -> None:
    before = {name: one for name, one in hashes_below(project).items() if not name.startswith(IGNORED)}
    said = reproduce(project, 1)
    folder = project / ".reprocast" / "reproduced" / "1"
    first = versions(open_registry(project))[0]
    assert "version 1, naive" in said
    assert f"from data/samples/{ROUNDS[0]}.parquet: the same bytes" in said
    assert artifact_sha256(folder / "models" / "naive") == first.artifact_sha256
    assert json.loads((folder / "data/raw/manifest.json").read_text(encoding="utf-8"))["end"] == ROUNDS[0]
    after = {name: one for name, one in hashes_below(project).items() if not name.startswith(IGNORED)}
    assert before == after
    assert git(project, "worktree", "list").count("\n") == 1


IGNORED = (".reprocast/", ".dvc/tmp/", "mlruns/mlflow.db", ".git/index")


@pytest.mark.slow
def test_stages_run_there_though_everything_is_in_the_cache_here(project: Path) -> None:
    """What a stage now makes otherwise comes out: nothing was fetched in its place."""
    text = (project / "src/toy/make.py").read_text(encoding="utf-8")
    (project / "src/toy/make.py").write_text(text.replace("said |= {", 'said["season"] = 7; said |= {', 1))
    shutil.copy(project / "dvc.lock", project / "kept")
    commit(project, "another make, the same dvc.lock")
    tag(open_registry(project), versions(open_registry(project))[1], {"commit": head(project)})
    git(project, "tag", "-f", "kept")
    assert "the same bytes" in reproduce(project, 2)  # the code of another commit is what it was made with
    git(project, "checkout", "-q", "--orphan", "alone")
    git(project, "commit", "-q", "-m", "one commit is left")
    git(project, "tag", "-d", "kept")
    git(project, "branch", "-D", "main")
    tag(open_registry(project), versions(open_registry(project))[1], {"commit": head(project)})
    with pytest.raises(DataError, match=r"models/naive has other bytes, artifact .* instead of"):
        reproduce(project, 2)


def test_the_commit_may_hold_another_reprocast(project: Path) -> None:
    """Its stages run with it, though nothing that this one asks of itself is in it."""
    (project / "src/reprocast").mkdir()
    (project / "src/reprocast/__init__.py").touch()
    (project / "src/sitecustomize.py").write_text(
        "import reprocast\nopen('seen', 'a').write(reprocast.__file__ + '\\n')\n", encoding="utf-8"
    )
    commit(project, "an older version, from before its modules were where they are")
    tag(open_registry(project), versions(open_registry(project))[1], {"commit": head(project)})
    assert "the same bytes" in reproduce(project, 2)
    folder = project / ".reprocast" / "reproduced" / "2"
    seen = (folder / "seen").read_text(encoding="utf-8").splitlines()
    assert set(seen) == {str(folder / "src/reprocast/__init__.py")}


@pytest.mark.slow
def test_packages_that_differ_are_named_as_the_reason(project: Path) -> None:
    tag(open_registry(project), versions(open_registry(project))[1], {"artifact_sha256": "0" * 64})
    with pytest.raises(DataError, match=r"numpy [0-9.]+ instead of ==1: make an environment from"):
        reproduce(project, 2)


@pytest.mark.slow
def test_without_the_source_the_panel_is_the_beginning(project: Path) -> None:
    """A file of one's own that neither git nor DVC has, and that was overwritten since."""
    git(project, "rm", "-q", "-r", "--cached", "data/samples")
    (project / ".gitignore").write_text("/data/\n/models/\n/mlruns/\n/.reprocast/\n", encoding="utf-8")
    git(project, "add", ".gitignore")
    git(project, "commit", "-q", "--amend", "-m", "the file is not under git")
    tag(open_registry(project), versions(open_registry(project))[1], {"commit": head(project)})
    here = project / "data/samples" / f"{ROUNDS[1]}.parquet"
    assert f"from data/samples/{ROUNDS[1]}.parquet: the same" in reproduce(
        project, 2
    )  # the same is still here
    here.write_bytes(b"")
    assert "from the panel in data/raw, because vintage 0000000000000000 is kept nowhere" in reproduce(
        project, 2
    )
    shutil.rmtree(project / ".dvc" / "cache")
    with pytest.raises(NoInputError, match=r"data/raw/manifest\.json of commit"):
        reproduce(project, 2)


def test_a_folder_with_something_in_it_is_left_alone(project: Path, tmp_path: Path) -> None:
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "thesis.txt").touch()
    with pytest.raises(CannotCreateError, match="is not empty"):
        reproduce(project, 1, tmp_path / "mine")
    assert [path.name for path in (tmp_path / "mine").iterdir()] == ["thesis.txt"]


def test_a_version_whose_commit_is_not_here(project: Path) -> None:
    tag(open_registry(project), versions(open_registry(project))[0], {"dvc_lock_sha256": "0" * 64})
    with pytest.raises(NoInputError, match=r"version 1: no commit here holds its dvc\.lock"):
        reproduce(project, 1)
