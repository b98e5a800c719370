"""Both hashes of files, beside hashlib."""

import hashlib
from pathlib import Path

from reprocast.registry.hashes import hashes_below, hashes_of, hashes_over


def test_pieces_hash_like_the_whole() -> None:
    whole = hashes_of(b"abcdef")
    assert whole == hashes_over([b"ab", b"", b"cdef"])
    assert (whole.md5, whole.sha256) == (
        hashlib.md5(b"abcdef").hexdigest(),
        hashlib.sha256(b"abcdef").hexdigest(),
    )


def test_every_file_below_a_folder(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "b").write_bytes(b"x")
    (tmp_path / ".c").write_bytes(b"y")
    assert hashes_below(tmp_path) == {".c": hashes_of(b"y"), "a/b": hashes_of(b"x")}
