"""Where a version comes from: reads code, locks and data as they were at its commit, and compares."""

import json
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from reprocast import __version__
from reprocast.closure import import_closure, in_package
from reprocast.commands.installed import named_version
from reprocast.commands.repository.at_commit import Outputs, outputs_at
from reprocast.commands.repository.commits import blob, blobs
from reprocast.commands.repository.version_commit import DVC_LOCK, commit_of
from reprocast.data.vintage import VINTAGES, name_of
from reprocast.deterministic import sha256_of_bytes
from reprocast.errors import DataError, NoInputError
from reprocast.model import Description
from reprocast.registry.hashes import Files, Hashes, hashes_below, hashes_of
from reprocast.registry.link import Link, differs
from reprocast.registry.locked import Lock, read_by, read_lock
from reprocast.registry.origin import (
    data_link,
    fingerprint_link,
    intervals_link,
    lock_link,
    vintage_link,
    windows_link,
)
from reprocast.tasks import TASKS
from reprocast.tracking.interval_file import intervals_of

PACKAGES = "requirements/runtime.txt"
BACKTEST = (("forecasts", "parquet"), ("scores", "json"))
"""What a model's intervals are learned from: folders of results/, and endings."""
RAW, VALIDATED, WINDOWS = "data/raw", "data/validated", "data/windows"


def origin(
    root: Path,
    tags: Mapping[str, str],
    description: Mapping[str, Any],
    files: Files,
    registered: Callable[[], tuple[Description, str | None]],
) -> list[Link]:
    """The links from the fingerprint to the source's answer, and that to the backtest.

    Args:
        root: the project.
        tags: of the version.
        description: its model.json.
        files: of its artifact, by relative path.
        registered: the same description, and the sha256 of the intervals beside it, None where there are
            none; raises DataError where one of them is not whole.
    """
    commit = commit_of(root, tags)
    if commit is None:
        return [lock_link(tags.get("dvc_lock_sha256", ""), None, tags.get("model", ""), Lock({}), {})]
    lock = read_lock((blob(root, commit, DVC_LOCK) or b"").decode("utf-8"))
    with outputs_at(root, commit) as outputs:
        return [
            _fingerprint(root, commit, tags, description, lock),
            _seen("dvc.lock", lambda: _lock(tags, description, lock, files, outputs)),
            _seen("intervals", lambda: _intervals(tags["model"], lock, outputs, registered)),
            _seen("windows", lambda: _windows(description, lock, outputs)),
            _seen("data", lambda: _data(tags, lock, outputs)),
            _seen("vintage", lambda: _vintage(root, outputs)),
        ]


def _seen(name: str, follow: Callable[[], Link]) -> Link:
    """A link, or that what it rests on is not here."""
    try:
        return follow()
    except NoInputError as error:
        return Link(name, "unseen", str(error))


def _fingerprint(
    root: Path, commit: str, tags: Mapping[str, str], description: Mapping[str, Any], lock: Lock
) -> Link:
    stage = lock.stage(tags["kind"], tags["model"]) or {}
    paths = read_by(stage, "src")
    found = blobs(root, commit, [*paths, PACKAGES])
    locked = found.pop(PACKAGES, None)
    packages = None if locked is None else sha256_of_bytes(locked)
    code: Files = {path: hashes_of(content) for path, content in found.items()}
    where = f"commit {commit[:12]}"
    if not paths:
        code, where = _installed(tags["kind"], description["task"]), f"the installed reprocast {__version__}"
    link = fingerprint_link(tags["fingerprint"], description, stage, code, packages, where)
    if link.state == "broken" and not paths:
        return _of_another_package(link, locked or b"")
    return link


def _of_another_package(link: Link, locked: bytes) -> Link:
    """No fault where the model's own commit names another version: after an upgrade the champion stays."""
    made = named_version(locked.decode("utf-8"))
    if made in (None, __version__):
        return Link(link.name, "unseen", f"{link.said}; install the reprocast that made it")
    return Link(
        link.name, "unkept", f"made with reprocast {made}, here is {__version__}: install that to tell"
    )


def _installed(kind: str, task: str) -> Files:
    """The code of a package: a project that has none of its own was made with that."""
    modules = {
        "network": ("reprocast.stages.train", f"{TASKS.get(task, task)}.learn"),
        "baseline": ("reprocast.stages.baseline",),
    }[kind]
    return {path: hashes_of(in_package(path).read_bytes()) for path in import_closure(*modules)}


def _lock(
    tags: Mapping[str, str], description: Mapping[str, Any], lock: Lock, files: Files, outputs: Outputs
) -> Link:
    folder = f"models/{tags['model']}"
    md5s = {name: one.md5 for name, one in files.items() if not name.startswith(".")}
    if description.get("folds", 1) > 1:  # the registry has the deployed model alone
        md5s |= {name: one.md5 for name, one in outputs.hashes(folder).items() if name.startswith("folds/")}
    return lock_link(tags["dvc_lock_sha256"], outputs.commit, tags["model"], lock, md5s)


def _intervals(
    model: str, lock: Lock, outputs: Outputs, registered: Callable[[], tuple[Description, str | None]]
) -> Link:
    """Learned again from the backtest of the commit, whose bytes are those of dvc.lock."""
    table, scores = (f"results/{kind}/{model}.{end}" for kind, end in BACKTEST)
    try:
        description, kept = registered()
    except DataError as error:
        return Link("intervals", "broken", str(error))
    for path in (table, scores):
        found, locked = _hashes(outputs, path), lock.output(path)
        if (found.md5 if found else None) != locked:
            return differs("intervals", f"{path} has md5", found.md5 if found else None, "dvc.lock", locked)
    with tempfile.TemporaryDirectory(prefix="reprocast-") as scratch:
        work = Path(scratch)
        for path in (table, scores):
            outputs.copy(path, work)
        made = intervals_of(work / "models" / model, description)
    return intervals_link(kept, made.sha256 if made else None, table, outputs.commit)


def _windows(description: Mapping[str, Any], lock: Lock, outputs: Outputs) -> Link:
    files, text = outputs.hashes(WINDOWS), outputs.text(f"{WINDOWS}/manifest.json")
    manifest = sha256_of_bytes(text.encode())
    inner = json.loads(text)["sha256"]
    return windows_link(description["windows_sha256"], manifest, inner, files, lock.output(WINDOWS))


def _data(tags: Mapping[str, str], lock: Lock, outputs: Outputs) -> Link:
    raw, validated = outputs.hashes(RAW), outputs.hashes(VALIDATED)
    manifest = json.loads(outputs.text(f"{RAW}/manifest.json"))
    panel = validated["panel.parquet"].sha256 if "panel.parquet" in validated else None
    folders = [(raw, lock.output(RAW)), (validated, lock.output(VALIDATED))]
    return data_link(tags, panel, manifest, folders)


def _vintage(root: Path, outputs: Outputs) -> Link:
    """The answer at the commit, or as it lies here; a file that git has proves itself as well."""
    manifest = json.loads(outputs.text(f"{RAW}/manifest.json"))
    name, asked = str(manifest["vintage"]), manifest["request"].get("files", {})
    kept = outputs.hashes(f"{VINTAGES.as_posix()}/{name}")
    if kept:
        text = outputs.text(f"{VINTAGES.as_posix()}/{name}/request.json")
        return _stored(name, text, kept, f"commit {outputs.commit[:12]}")
    if asked and all(_sha256(outputs, path) == sha256 for path, sha256 in asked.items()):
        return Link("vintage", "holds", f"{name}, from {', '.join(asked)} of commit {outputs.commit[:12]}")
    folder = root / VINTAGES / name
    if (folder / "request.json").is_file():
        text = (folder / "request.json").read_text(encoding="utf-8")
        return _stored(name, text, hashes_below(folder), str(VINTAGES))
    return vintage_link(name, None, None, "")


def _stored(name: str, text: str, files: Files, where: str) -> Link:
    """A vintage names itself by the hash of its request.json, which has the hash of its panel."""
    if name_of(text) != name:
        return vintage_link(name, name, name_of(text), where)
    panel = files["panel.parquet"].sha256 if "panel.parquet" in files else None
    return vintage_link(name, json.loads(text)["panel_sha256"], panel, where)


def _sha256(outputs: Outputs, path: str) -> str | None:
    found = _hashes(outputs, path)
    return found.sha256 if found else None


def _hashes(outputs: Outputs, path: str) -> Hashes | None:
    """Of one file; None where there is none."""
    files = outputs.hashes(path)
    return next(iter(files.values())) if len(files) == 1 else None
