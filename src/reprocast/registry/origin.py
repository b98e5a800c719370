"""Where a version comes from, as git and DVC have it: fingerprint, dvc.lock, windows, data, values only."""

from collections.abc import Iterable, Mapping
from typing import Any

from reprocast.deterministic import canonical_json, sha256_of_text
from reprocast.registry.hashes import Files
from reprocast.registry.link import SHORT, Link, differs, short
from reprocast.registry.locked import Lock, folder_md5, read_by


def fingerprint_link(
    tagged: str,
    description: Mapping[str, Any],
    stage: Mapping[str, Any],
    code: Files,
    packages: str | None,
    where: str,
) -> Link:
    """The fingerprint is that of these parameters, windows, code and locked packages.

    Args:
        tagged: fingerprint that the version carries.
        description: its model.json.
        stage: entry of dvc.lock of the stage that made it.
        code: files by path that the stage was made with, as they are found.
        packages: sha256 of requirements/runtime.txt; None without one.
        where: the commit the files were read from, or the installed package.
    """
    for path, md5 in read_by(stage, "src").items():
        found = code[path].md5 if path in code else None
        if found != md5:
            return differs("fingerprint", f"{path} at {where} has md5", found, "it was made with", md5)
    found = _fingerprint(description, code, packages)
    if description["fingerprint"] != tagged:
        return differs("fingerprint", "model.json has", description["fingerprint"], "the version", tagged)
    if found != tagged:
        what = f"parameters, windows and code of {where} give"
        return differs("fingerprint", what, found, "the version says", tagged)
    return Link("fingerprint", "holds", f"{short(found)}, again from {len(code)} files of code at {where}")


def _fingerprint(description: Mapping[str, Any], code: Files, packages: str | None) -> str:
    """As reprocast.fingerprint makes it, from what was found instead of from the files beside this one."""
    name, block = description["name"], description["block"]
    blocks = (
        {"architectures": {name: block}, **description["shared"]}
        if description["kind"] == "network"
        else {"task": description["task"], "baselines": {name: block}}
    )
    files = {path: hashes.sha256 for path, hashes in code.items()}
    parts = {"blocks": blocks, "windows": description["windows_sha256"], "code": files, "lock": packages}
    return sha256_of_text(canonical_json(parts))


def lock_link(tagged: str, commit: str | None, model: str, lock: Lock, files: Mapping[str, str]) -> Link:
    """A commit holds the dvc.lock that the version names, and it names the files of the model.

    Args:
        tagged: sha256 of dvc.lock that the version carries.
        commit: one that holds it; None if none is here.
        model: name of the model.
        lock: that dvc.lock.
        files: MD5 by relative path of the model's files, those of earlier folds included.
    """
    if commit is None:
        remedy = "`git fetch --all --unshallow`, or commit the dvc.lock it was registered with"
        return Link("dvc.lock", "unseen", f"no commit here holds {short(tagged)}; {remedy}")
    said, found = lock.output(f"models/{model}"), folder_md5(files)
    if said != found:
        return differs("dvc.lock", f"the files of models/{model} have", found, "dvc.lock says", said)
    return Link("dvc.lock", "holds", f"sha256 {short(tagged)} at {commit[:SHORT]}, with these very files")


def windows_link(
    said: str, manifest: str, inner: Mapping[str, str], files: Files, locked: str | None
) -> Link:
    """The windows are those that the model learned from.

    Args:
        said: hash of the manifest in model.json.
        manifest: hash found.
        inner: sha256 by file that the manifest holds.
        files: those of data/windows.
        locked: DVC's hash of the folder in dvc.lock.
    """
    if manifest != said:
        return differs("windows", "the manifest has", manifest, "model.json says", said)
    for name, sha256 in inner.items():
        found = files[name].sha256 if name in files else None
        if found != sha256:
            return differs("windows", f"{name} has", found, "the manifest says", sha256)
    return _folder("windows", files, locked) or Link(
        "windows",
        "holds",
        f"sha256 {short(manifest)} of the manifest, and of {len(inner)} files that it names",
    )


def data_link(
    tags: Mapping[str, str],
    panel: str | None,
    manifest: Mapping[str, Any],
    folders: Iterable[tuple[Files, str | None]],
) -> Link:
    """The panel is the one that was validated then, as of the day the version says.

    Args:
        tags: of the version.
        panel: sha256 found of data/validated/panel.parquet; None without one.
        manifest: of data/raw.
        folders: files found and DVC's hash in dvc.lock, of data/raw and data/validated.
    """
    if panel != tags.get("data_sha256"):
        return differs("data", "the panel has", panel, "the version says", tags.get("data_sha256"))
    if tags.get("as_of") != str(manifest.get("end")):
        return differs("data", "it ends at", str(manifest.get("end")), "the version", tags.get("as_of"))
    for files, locked in folders:
        if fault := _folder("data", files, locked):
            return fault
    return Link("data", "holds", f"panel {short(panel)} as of {manifest.get('end')}")


def vintage_link(name: str, said: str | None, found: str | None, source: str) -> Link:
    """The source's answer that the panel was made from is still the one that was stored.

    Args:
        name: of the vintage.
        said: hash that it gives itself.
        found: hash of its file; None where it is kept nowhere.
        source: where it was found.
    """
    if found is None:
        return Link(
            "vintage", "unkept", f"{name} is neither here nor under git or DVC: the panel stands for it"
        )
    if found != said:
        return differs("vintage", f"{name} in {source} has", found, "it was stored as", said)
    return Link("vintage", "holds", f"{name}, {short(found)}, from {source}")


def _folder(name: str, files: Files, locked: str | None) -> Link | None:
    """A fault, if the folder is not the one of dvc.lock."""
    found = folder_md5({path: hashes.md5 for path, hashes in files.items()})
    return None if found == locked else differs(name, "its files have", found, "dvc.lock says", locked)


def intervals_link(kept: str | None, made: str | None, path: str, commit: str) -> Link:
    """The intervals that come with a model are those that its backtest gives.

    Args:
        kept: sha256 of the intervals registered with the version; None where none were.
        made: of those that the forecasts of the commit give again; None where they give none.
        path: of these forecasts.
        commit: that they are of.
    """
    where = f"{path} of commit {commit[:SHORT]}"
    if kept != made:
        return differs("intervals", "beside the model are", kept, f"{where} gives", made)
    if made is None:
        return Link("intervals", "holds", "none come with it: it forecasts quantiles, or was not scored")
    return Link("intervals", "holds", f"sha256 {short(made)}, again from {where}")
