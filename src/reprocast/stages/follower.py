"""The process that records a training live: started by name, so that training code does not depend on it."""

import subprocess
import sys

MODULE = "reprocast.tracking.follow"
PATIENCE = 120.0
"""Seconds it may still take when the training is over."""
REMEDY = "`reprocast sync` records this training later"


def start_follower(name: str) -> subprocess.Popen[bytes] | None:
    """Starts it for model `name`; None, and one line, if it cannot be started."""
    try:
        return subprocess.Popen([sys.executable, "-m", MODULE, name], stdin=subprocess.DEVNULL)
    except OSError as error:
        _say(f"cannot be started ({error.strerror})")
        return None


def wait_for(follower: subprocess.Popen[bytes] | None, patience: float = PATIENCE) -> None:
    """Waits until it has recorded the end; whatever goes wrong costs one line and not the training."""
    if follower is None:
        return
    try:
        code = follower.wait(patience)
    except subprocess.TimeoutExpired:
        follower.terminate()
        _say(f"was not done after {patience:g} s")
        return
    if code:
        _say(f"ended with code {code}")


def _say(what: str) -> None:
    print(f"reprocast: the recording process {what}; {REMEDY}", file=sys.stderr)
