"""What a dvc.lock says: the files a stage read, the outputs it left, and the hash DVC gives a folder."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ruamel.yaml import YAML

STAGES = {"network": "train", "baseline": "baseline"}
"""Kind of a model -> the stage that makes it."""


@dataclass(frozen=True)
class Lock:
    """The stages of one dvc.lock."""

    stages: Mapping[str, Mapping[str, Any]]

    def stage(self, kind: str, model: str) -> Mapping[str, Any] | None:
        """The entry of the stage that made a model; None if there is none."""
        return self.stages.get(stage_name(kind, model))

    def output(self, path: str) -> str | None:
        """DVC's hash of an output of any stage; None if no stage has it."""
        return self.outputs().get(path)

    def outputs(self) -> dict[str, str]:
        """DVC's hash of every output, by path, in the order of the stages."""
        outs = [out for stage in self.stages.values() for out in stage.get("outs", ())]
        return {str(out["path"]): str(out["md5"]) for out in outs if "md5" in out}


def read_lock(text: str) -> Lock:
    """From the text of a dvc.lock; one that is not YAML has no stages."""
    try:
        said = YAML(typ="safe").load(text)
    except Exception:  # ruamel's errors have no common base that is exported
        said = None
    stages = said.get("stages") if isinstance(said, dict) else None
    return Lock(stages if isinstance(stages, dict) else {})


def stage_name(kind: str, model: str) -> str:
    """As `dvc repro` takes it: train@gru, baseline@har."""
    return f"{STAGES[kind]}@{model}"


def read_by(stage: Mapping[str, Any], folder: str) -> dict[str, str]:
    """MD5 by path of the files below `folder` that a stage depends on."""
    deps = stage.get("deps", ())
    return {str(dep["path"]): str(dep["md5"]) for dep in deps if str(dep["path"]).startswith(f"{folder}/")}


def folder_md5(files: Mapping[str, str]) -> str:
    """DVC's hash of a folder (`….dir`), from the MD5 of its files by relative path.

    It is the MD5 of the sorted listing as JSON: dvc_data/hashfile/tree.py.
    """
    listing = [{"md5": files[name], "relpath": name} for name in sorted(files)]
    text = json.dumps(listing, sort_keys=True)
    return hashlib.md5(text.encode(), usedforsecurity=False).hexdigest() + ".dir"
