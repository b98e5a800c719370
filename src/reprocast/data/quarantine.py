"""Where a partial answer is put aside: to be looked at, never to be used."""

import shutil
from pathlib import Path

from reprocast.data.sources.answer import Answer
from reprocast.data.vintage import DIGITS
from reprocast.data.vintages import packed
from reprocast.deterministic import canonical_json, sha256_of_text
from reprocast.stages.publish import new_folder

QUARANTINE = Path("data/quarantine")
REASON = "reason.txt"
KEEP = 10
"""The newest that stay: a ticker that is gone for good fails every day."""


def put_aside(answer: Answer, reason: str) -> Path:
    """Keeps the answer with a file that says why it is not used; returns the folder, named by the content.

    Raises:
        CannotCreateError, DiskError: it cannot be written.
    """
    content, data = packed(answer)
    text = canonical_json(content)
    target = QUARANTINE / sha256_of_text(text)[:DIGITS]
    with new_folder(target) as folder:
        (folder / "panel.parquet").write_bytes(data)
        (folder / "request.json").write_text(text, encoding="utf-8")
        (folder / REASON).write_text(f"{answer.called or ''}\n{reason}\n".lstrip(), encoding="utf-8")
    by_age = sorted(QUARANTINE.glob(f"*/{REASON}"), key=lambda path: path.stat().st_mtime_ns)
    for old in by_age[:-KEEP]:
        shutil.rmtree(old.parent, ignore_errors=True)
    return target
