"""What another machine asks pip for, by what pip noted here."""

from importlib.metadata import PackageNotFoundError
from pathlib import Path
from types import SimpleNamespace

import pytest

from reprocast import __version__
from reprocast.commands import doctor, installed
from reprocast.commands.new import LOCK, WANTED, new
from reprocast.errors import UnavailableError

ON_AN_INDEX = f"reprocast[s3]=={__version__}"


def noted(monkeypatch: pytest.MonkeyPatch, text: str | None) -> None:
    """Pip has written this into direct_url.json."""
    found = SimpleNamespace(read_text=lambda _: text)
    monkeypatch.setattr(installed, "distribution", lambda _: found)


@pytest.mark.parametrize(
    ("text", "line"),
    [
        (None, ON_AN_INDEX),
        (
            '{"url": "https://example.org/r.git", "vcs_info": {"vcs": "git", "commit_id": "abc"}}',
            "reprocast[s3] @ git+https://example.org/r.git@abc",
        ),
        ('{"url": "file:///clone", "dir_info": {"editable": true}}', ON_AN_INDEX),
        ('{"url": "file:///gone/reprocast-0.1.0-py3-none-any.whl", "archive_info": {}}', ON_AN_INDEX),
    ],
    ids=["an index", "git", "a clone", "a wheel that is gone"],
)
def test_a_line_says_where_it_came_from(monkeypatch: pytest.MonkeyPatch, text: str | None, line: str) -> None:
    noted(monkeypatch, text)
    assert installed.requirement() == installed.Requirement(line)


def test_a_source_tree_is_asked_for_by_its_version(monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(name: str) -> None:
        raise PackageNotFoundError(name)

    monkeypatch.setattr(installed, "distribution", missing)
    assert installed.requirement().line == ON_AN_INDEX


@pytest.mark.parametrize(
    ("text", "version"),
    [
        ("numpy==2\nreprocast[s3]==0.2.0\n", "0.2.0"),
        ("# reprocast\n./wheels/reprocast-0.2.0-py3-none-any.whl[s3]\n", "0.2.0"),
        ("./wheels/reprocast-0.2.0rc1-py3-none-any.whl \\\n    --hash=sha256:0\n", "0.2.0rc1"),
        ("reprocast[s3] @ git+https://example.org/reprocast.git@abc\nreprocast-more==3\n", None),
    ],
)
def test_the_version_that_is_named(text: str, version: str | None) -> None:
    assert installed.named_version(text) == version


def test_doctor_finds_another_version_than_the_one_that_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("requirements").mkdir()
    Path("requirements/runtime.txt").write_text("reprocast[s3]==0.0.1\n", encoding="utf-8")
    with pytest.raises(UnavailableError, match=rf"reprocast is {__version__}, but .* names 0\.0\.1"):
        doctor.CHECKS["packages"]()


def test_a_wheel_comes_along(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    wheel = tmp_path / "my wheels" / "reprocast-0.1.0-py3-none-any.whl"
    wheel.parent.mkdir()
    wheel.write_bytes(b"whole")
    noted(monkeypatch, f'{{"url": "{wheel.as_uri()}", "archive_info": {{}}}}')
    new(tmp_path / "mine")
    assert (tmp_path / "mine" / "wheels" / wheel.name).read_bytes() == b"whole"
    for place in (WANTED, LOCK):
        lines = (tmp_path / "mine" / place).read_text(encoding="utf-8").splitlines()
        assert f"./wheels/{wheel.name}[s3]" in lines
