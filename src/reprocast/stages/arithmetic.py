"""What decides the bits of a fit beside its fingerprint: machine, libraries, settings."""

import os
import platform
import sys
from collections.abc import Iterator, Sequence
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

LIBRARIES = ("lightgbm", "numpy", "pandas", "pytorch-lightning", "scipy", "statsforecast", "torch")
SETTINGS = ("ATEN_", "CUBLAS_", "DNNL_", "GOMP_", "KMP_", "MKL_", "OMP_", "ONEDNN_", "OPENBLAS_", "TORCH_")
"""How the names of environment variables begin that decide how numbers are added up."""


def arithmetic(libraries: Sequence[str] = LIBRARIES) -> dict[str, Any]:
    """What must be the same for certain before a fit that was kept is taken for one made anew."""
    return {
        "python": sys.version,
        "platform": platform.platform(),
        "processor": sorted(set(_processor())),
        "libraries": {name: _version(name) for name in libraries},
        "settings": {name: text for name, text in os.environ.items() if name.startswith(SETTINGS)},
    }


def _version(library: str) -> str | None:
    try:
        return version(library)
    except PackageNotFoundError:
        return None


def _processor() -> Iterator[str]:
    """Its name, and what it can do."""
    yield platform.processor()
    about = Path("/proc/cpuinfo")
    for line in about.read_text(encoding="utf-8").splitlines() if about.is_file() else ():
        if line.startswith(("model name", "flags", "Features", "CPU part")):
            yield line
