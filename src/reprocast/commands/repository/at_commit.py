"""The outputs of a commit: read from DVC's cache or else its remote, and hashed anew."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from reprocast.errors import NoInputError
from reprocast.registry.hashes import CHUNK, Files, Hashes, hashes_over


@dataclass(frozen=True)
class Outputs:
    """What a commit's dvc.lock and .dvc files name, beside the files that git has."""

    commit: str
    _files: Any
    """DVC's file system of the commit."""

    def hashes(self, folder: str) -> Files:
        """Both hashes of every file below a folder, by relative path; a cache is not believed.

        Raises:
            NoInputError: neither the cache nor the remote has it.
        """
        with self._explained(folder):
            names = sorted(self._files.find(f"/{folder}"))
            return {name.removeprefix(f"/{folder}/"): self._hash(name) for name in names}

    def copy(self, path: str, to: Path) -> bool:
        """Copies a file, or all files below a folder, to the same place below `to`; whether there was one.

        Raises like `hashes`.
        """
        with self._explained(path):
            names = [str(name) for name in self._files.find(f"/{path}")]
            for name in names:
                target = to / name.removeprefix("/")
                target.parent.mkdir(parents=True, exist_ok=True)
                with self._files.open(name, "rb") as stream, target.open("wb") as copy:
                    shutil.copyfileobj(stream, copy, CHUNK)
        return bool(names)

    def text(self, path: str) -> str:
        """A text file; raises like `hashes`."""
        with self._explained(path), self._files.open(f"/{path}", "rb") as stream:
            content: bytes = stream.read()
            return content.decode("utf-8")

    def _hash(self, name: str) -> Hashes:
        with self._files.open(name, "rb") as stream:
            return hashes_over(iter(lambda: stream.read(CHUNK), b""))

    @contextmanager
    def _explained(self, path: str) -> Iterator[None]:
        try:
            yield
        except Exception as error:  # DVC and its remotes raise what they like
            reason = " ".join(str(error).split())[:200] or type(error).__name__
            raise NoInputError(
                f"{path} of commit {self.commit[:12]}: is in neither DVC's cache nor its remote ({reason}); "
                "`dvc fetch` it where it still is, or `dvc push` it from there"
            ) from error


@contextmanager
def outputs_at(root: Path, commit: str) -> Iterator[Outputs]:
    """The outputs at a commit; remotes and cache are those of the working tree's configuration."""
    from dvc.api import DVCFileSystem  # late: only this command needs DVC in its own process
    from dvc.repo import Repo

    with Repo(str(root)) as repo:
        here = repo.config
        with repo.switch(commit):
            repo.config = here  # DVC would take the commit's own, and config.local is in no commit
            yield Outputs(commit, DVCFileSystem(repo=repo))
