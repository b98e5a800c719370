"""The allocator's settings: taken where there is glibc, and without effect on the numbers."""

import subprocess
import sys

import pytest

from reprocast.networks import allocation

STEPS = """
import hashlib, torch
from reprocast.networks.allocation import keep_memory

def digest():
    torch.manual_seed(1)
    layer = torch.nn.LSTM(7, 32, batch_first=True)
    layer(torch.randn(64, 48, 7))[0].square().mean().backward()
    return hashlib.sha256(b"".join(p.grad.numpy().tobytes() for p in layer.parameters())).hexdigest()

torch.set_num_threads(1)
print(digest(), keep_memory(), digest())
"""


@pytest.mark.skipif(sys.platform != "linux", reason="glibc is Linux's")
def test_glibc_takes_the_settings_and_results_stay_the_same() -> None:
    done = subprocess.run([sys.executable, "-c", STEPS], capture_output=True, text=True, check=True)
    before, took, after = done.stdout.split()
    assert took == "True"
    assert before == after


def test_elsewhere_nothing_is_done(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(allocation.platform, "libc_ver", lambda: ("musl", "1.2"))
    monkeypatch.setattr(allocation.ctypes, "CDLL", lambda _: pytest.fail("touched the C library"))
    assert not allocation.keep_memory()
