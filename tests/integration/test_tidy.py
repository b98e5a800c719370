"""`reprocast tidy`: DVC's cache keeps what is registered, recent, on a branch or tagged, and every answer."""

import json
import shutil
from pathlib import Path

import pytest
from dvc.repo import Repo
from registered_project import commit, git, head, played, project
from tracked_store import migrated

from reprocast.commands import tidy as command
from reprocast.commands.decisions.champion_files import KEPT, fetched
from reprocast.commands.reproduce import reproduce
from reprocast.commands.rollback import rollback
from reprocast.commands.tidy import tidy
from reprocast.commands.verify import verify
from reprocast.errors import NoInputError
from reprocast.registry.hashes import hashes_below
from reprocast.tracking.registered import open_registry, tag, versions

__all__ = ["migrated", "played", "project"]
pytestmark = pytest.mark.filterwarnings("ignore:_NoneStep:DeprecationWarning")  # DVC's use of pygtrie


def run_once(project: Path, steps: int) -> bytes:
    """A round that nobody registers; its model."""
    text = json.loads((project / "params.yaml").read_text(encoding="utf-8"))
    text["baselines"]["naive"]["steps"] = steps
    (project / "params.yaml").write_text(json.dumps(text), encoding="utf-8")
    with Repo(str(project)) as repo:
        repo.reproduce()
    commit(project, f"{steps} steps")
    return (project / "models/naive/model.json").read_bytes()


def cached(project: Path) -> set[bytes]:
    return {path.read_bytes() for path in (project / ".dvc/cache/files").rglob("*") if path.is_file()}


def kept(project: Path, commits: int, *, dry: bool = False) -> str:
    (project / "operations.yaml").write_text(
        f"retention: {{rounds: 1, commits: {commits}}}\n", encoding="utf-8"
    )
    return tidy(project, dry=dry)


@pytest.mark.slow
def test_old_rounds_go_and_registered_ones_stay(project: Path) -> None:
    answer = project / "data/vintages/0123456789abcdef"
    answer.mkdir(parents=True)
    (answer / "panel.parquet").write_bytes(b"what a source once said")
    with (project / ".gitignore").open("a", encoding="utf-8") as file:
        file.write("/data/vintages/[0-9a-f]*/\n")
    with Repo(str(project)) as repo:
        repo.add([str(answer)])
    old = run_once(project, 1)
    shutil.rmtree(answer)
    answer.with_suffix(".dvc").unlink()
    tagged = run_once(project, 2)
    git(project, "tag", "paper")
    branched = run_once(project, 3)
    git(project, "branch", "other")
    recent, now = run_once(project, 4), run_once(project, 5)
    before = hashes_below(project / ".git")
    assert "1 commit" not in tidy(project, dry=True)
    assert "would remove" in kept(project, 2, dry=True)
    assert old in cached(project)
    said = kept(project, 2)
    assert old not in cached(project)
    assert {tagged, branched, recent, now, b"what a source once said"} <= cached(project)
    assert "Removed" in said
    assert {name for name in before if name.startswith("refs/")} == {
        name for name in hashes_below(project / ".git") if name.startswith("refs/")
    }
    commit(project, "retention")
    assert verify(project, 1).endswith("the chain holds")
    assert "the same bytes" in reproduce(project, 1)


def test_files_of_former_champions_go_and_come_back_when_asked_for(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(command, "collect", lambda *_, dry: "not looked at")  # DVC takes seconds
    registry, place = open_registry(project), project / KEPT
    first, second = (fetched(registry, one, project).parent for one in versions(registry))
    (place / ("f" * 64)).mkdir()
    (project / "operations.yaml").write_text("retention: {champions: 1}\n", encoding="utf-8")
    assert ".reprocast/champion: 2 old versions would go" in tidy(project, dry=True)
    assert len(list(place.iterdir())) == 3
    tidy(project)
    assert list(place.iterdir()) == [second]
    rollback(project, by="a test", to=1)
    tidy(project)
    assert list(place.iterdir()) == [first]
    (project / "operations.yaml").unlink()
    fetched(registry, versions(registry)[1], project)
    assert ".reprocast/champion: 0 old versions removed" in tidy(project)
    assert sorted(place.iterdir()) == sorted([first, second])


def test_while_a_registered_commit_is_missing_nothing_goes(project: Path) -> None:
    tag(open_registry(project), versions(open_registry(project))[0], {"dvc_lock_sha256": "0" * 64})
    before = cached(project)
    with pytest.raises(NoInputError, match="version 1: no commit here"):
        kept(project, 1)
    assert cached(project) == before
    assert head(project)
