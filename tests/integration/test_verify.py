"""`reprocast verify`: a whole chain holds, and whatever is tampered with is named, link by link."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from registered_project import commit, git, head, played, project
from tracked_store import migrated

from reprocast.commands.verify import verify
from reprocast.errors import DataError, NoInputError, ReprocastError
from reprocast.tasks.forecast.kept_intervals import Intervals
from reprocast.tracking.registered import move_alias, open_registry, tag, versions

__all__ = ["migrated", "played", "project"]
pytestmark = pytest.mark.filterwarnings("ignore:_NoneStep:DeprecationWarning")  # DVC's use of pygtrie


def states(said: str) -> dict[str, str]:
    """State by link."""
    lines = [line.split() for line in said.splitlines()]
    return {words[1]: words[0] for words in lines if words[0] in ("holds", "broken", "unseen", "unkept")}


LINKS = (
    "alias", "ledger", "artifact", "run", "fingerprint", "dvc.lock", "intervals", "windows", "data",
    "vintage",
)  # fmt: skip


def test_both_versions_hold(project: Path) -> None:
    champion, former = verify(project), verify(project, 1)
    assert states(champion) == states(former) == dict.fromkeys(LINKS, "holds")
    assert "version 2 of reprocast: naive, as of 2001-02-09" in champion
    assert "version 1 is former; the champion is version 2" in former
    assert git(project, "status", "--porcelain") == ""


def test_what_is_not_here_is_said_and_is_no_breach(project: Path) -> None:
    """A machine that has neither DVC's cache nor a remote, and one that has not fetched the commit."""
    shutil.rmtree(project / ".dvc" / "cache" / "files")
    with pytest.raises(
        NoInputError, match="what these rest on is not here: intervals, windows, data, vintage"
    ) as caught:
        verify(project)
    assert states(str(caught.value))["fingerprint"] == "holds"
    tag(open_registry(project), versions(open_registry(project))[1], {"dvc_lock_sha256": "0" * 64})
    with pytest.raises(NoInputError, match="no commit here holds 000000000000"):
        verify(project)


def test_an_entry_that_is_not_committed_is_nobodys_witness(project: Path) -> None:
    entry = next((project / "ledger").glob("2001-02-09*"))
    text = entry.read_text(encoding="utf-8").replace('"promote"', '"keep"').replace("02-09", "02-10")
    (project / "ledger" / "2001-02-10-other-keep.json").write_text(text, encoding="utf-8")
    with pytest.raises(NoInputError, match=r"2001-02-10-other-keep\.json; commit it"):
        verify(project)


def weights(project: Path) -> None:
    edit(versions(open_registry(project))[1].source.removeprefix("file://") + "/artifacts/naive/model.json")


def beside(project: Path) -> Path:
    """The registered intervals."""
    source = versions(open_registry(project))[1].source.removeprefix("file://")
    return Path(source, "artifacts", "intervals.json")


def narrower(project: Path) -> None:
    edit(beside(project), b"20.0", b"10.0")


def narrower_and_sealed(project: Path) -> None:
    """Somebody who knows how the file is sealed."""
    kept = Intervals.model_validate_json(beside(project).read_text(encoding="utf-8"))
    radii = {target: tuple((0.0,) for _ in steps) for target, steps in kept.radii.items()}
    other = kept.model_copy(update={"radii": radii}).sealed()
    edit(beside(project), beside(project).read_bytes(), other.model_dump_json().encode())


def no_intervals(project: Path) -> None:
    beside(project).unlink()


def artifacts_gone(project: Path) -> None:
    shutil.rmtree(versions(open_registry(project))[1].source.removeprefix("file://"))


def alias(project: Path) -> None:
    registry = open_registry(project)
    move_alias(registry, versions(registry)[0])


def other_champion(project: Path) -> None:
    """Somebody moved alias and status by hand, past the ledger."""
    registry = open_registry(project)
    first, second = versions(registry)
    tag(registry, second, {"status": "former"})
    tag(registry, first, {"status": "champion"})
    move_alias(registry, first)


def run(project: Path) -> None:
    registry = open_registry(project)
    registry.store.client.delete_run(str(versions(registry)[1].run))


def entry_edited(project: Path) -> None:
    edit(next((project / "ledger").glob("2001-02-08*")), b"It is better.", b"It is best.")


def entry_rewritten(project: Path) -> None:
    entry_edited(project)
    commit(project, "history, improved")


def entry_removed(project: Path) -> None:
    next((project / "ledger").glob("2001-02-08*")).unlink()
    commit(project, "away with it")


def claimed(name: str) -> Callable[[Path], None]:
    """The version's tag says something else."""

    def change(project: Path) -> None:
        tag(open_registry(project), versions(open_registry(project))[1], {name: "f" * 64})

    change.__name__ = name
    return change


def edit(path: str | Path, before: bytes = b"}", after: bytes = b"} ") -> None:
    path = Path(path)
    content = path.read_bytes()
    assert before in content
    path.chmod(0o644)
    path.write_bytes(content.replace(before, after))


def cached(output: str) -> Callable[[Path], None]:
    """A file of the cache is another: DVC does not look again at what it has."""

    def change(project: Path) -> None:
        content = (project / output).read_bytes()
        twins = [path for path in (project / ".dvc/cache/files").rglob("*") if path.is_file()]
        for path in (path for path in twins if path.read_bytes() == content):
            path.chmod(0o644)
            path.write_bytes(content[:-1] + b" ")

    change.__name__ = output.replace("/", "-")
    return change


@pytest.mark.parametrize(
    ("tamper", "broken"),
    [
        (alias, {"alias"}),
        pytest.param(other_champion, {"alias"}, marks=pytest.mark.slow),
        (weights, {"artifact", "dvc.lock"}),
        pytest.param(narrower, {"intervals"}, marks=pytest.mark.slow),
        (narrower_and_sealed, {"intervals"}),
        pytest.param(no_intervals, {"intervals"}, marks=pytest.mark.slow),
        pytest.param(artifacts_gone, {"artifact"}, marks=pytest.mark.slow),
        (run, {"run"}),
        pytest.param(entry_edited, {"ledger"}, marks=pytest.mark.slow),
        (entry_rewritten, {"ledger"}),
        pytest.param(entry_removed, {"ledger"}, marks=pytest.mark.slow),
        (claimed("fingerprint"), {"alias", "ledger", "run", "fingerprint"}),
        pytest.param(claimed("artifact_sha256"), {"alias", "artifact", "ledger"}, marks=pytest.mark.slow),
        pytest.param(claimed("data_sha256"), {"data"}, marks=pytest.mark.slow),
        pytest.param(claimed("as_of"), {"data"}, marks=pytest.mark.slow),
        pytest.param(cached("results/forecasts/naive.parquet"), {"intervals"}, marks=pytest.mark.slow),
        pytest.param(cached("results/scores/naive.json"), {"intervals"}, marks=pytest.mark.slow),
        (cached("data/windows/values.npy"), {"windows"}),
        pytest.param(cached("data/windows/manifest.json"), {"windows"}, marks=pytest.mark.slow),
        pytest.param(cached("data/validated/panel.parquet"), {"data"}, marks=pytest.mark.slow),
        pytest.param(cached("data/raw/manifest.json"), {"data"}, marks=pytest.mark.slow),
    ],
    ids=lambda value: getattr(value, "__name__", ""),
)
def test_what_was_tampered_with_is_named(
    project: Path, tamper: Callable[[Path], None], broken: set[str]
) -> None:
    tamper(project)
    with pytest.raises(DataError, match="the chain is broken at") as caught:
        verify(project, 2)
    assert {name for name, state in states(str(caught.value)).items() if state == "broken"} == broken
    assert caught.value.exit_code == 65


def test_a_squashed_proposal_is_found_by_its_lock(project: Path) -> None:
    """The commit that the version names is gone: one with the same dvc.lock took its place."""
    before = head(project)
    git(project, "reset", "-q", "--soft", "HEAD~1")
    git(project, "commit", "-q", "-m", "proposal, squashed")
    git(project, "reflog", "expire", "--expire=now", "--all")
    git(project, "gc", "-q", "--prune=now")
    assert before != head(project)
    assert f"at {head(project)[:12]}, with these very files" in verify(project)


def test_code_that_changed_since_under_the_same_lock_is_not_taken(project: Path) -> None:
    """The version names a commit whose code had moved on while dvc.lock stayed."""
    (project / "src/toy/make.py").write_text("# another\n", encoding="utf-8")
    commit(project, "code, not run yet")
    tag(open_registry(project), versions(open_registry(project))[1], {"commit": head(project)})
    assert states(verify(project))["fingerprint"] == "holds"


def test_a_version_that_is_not_there_is_answered_with_those_that_are(project: Path) -> None:
    first, second = (one.fingerprint[:8] for one in versions(open_registry(project)))
    with pytest.raises(
        NoInputError, match=rf"no version 7; there are 2 \(naive {second}\), 1 \(naive {first}\)$"
    ):
        verify(project, 7)


@pytest.mark.parametrize(
    ("number", "said"), [(7, "has no version 7; there are none"), (None, "has no champion")]
)
def test_nothing_to_verify(tmp_path: Path, migrated: Path, monkeypatch, number, said) -> None:
    monkeypatch.delenv("MLFLOW_TRACKING_URI", raising=False)
    (tmp_path / "mlruns").mkdir()
    shutil.copy(migrated, tmp_path / "mlruns" / "mlflow.db")
    monkeypatch.chdir(tmp_path)
    with pytest.raises(NoInputError, match=said) as caught:
        verify(tmp_path, number)
    assert isinstance(caught.value, ReprocastError)
