"""Whose process a stage is: DVC's, also where a shell stands between; the stage ends when DVC does.

Any other process belongs to nobody: a command whose terminal was closed goes on, as after `nohup`.
"""

import ctypes
import os
import signal
import sys
import threading
import time

SHELLS = {"sh", "dash", "ash", "busybox", "bash", "zsh", "ksh", "fish"}
"""Those that DVC may start a stage with; some stay beside it, and outlive DVC with it."""
PERIOD = 0.5
"""Seconds between two looks at whether the owner is still there."""
NOBODY = 0


def owner() -> int:
    """Process id of the DVC that started this stage; `NOBODY` for what is not a stage."""
    if "DVC_STAGE" not in os.environ:
        return NOBODY
    import psutil  # late: only a stage needs it

    parent = os.getppid()
    try:
        process = psutil.Process(parent)
        return process.ppid() if process.name() in SHELLS else parent
    except psutil.Error:
        return os.getppid()


def die_with_owner() -> None:
    """Ends this process by SIGTERM once DVC is gone, however it was ended.

    Linux tells of a parent's end at once; behind a shell, and elsewhere, a thread looks at it. Windows
    keeps the number of a parent that is gone, and so notices nothing.
    """
    begun = owner()
    if begun == NOBODY:
        return
    die_with_parent()
    if sys.platform != "linux" or begun != os.getppid():
        threading.Thread(target=_watch, args=(begun,), daemon=True).start()


def die_with_parent() -> None:
    """Asks Linux to end this process when its parent is gone; elsewhere does nothing."""
    if sys.platform == "linux":
        pr_set_pdeathsig = 1
        ctypes.CDLL(None).prctl(pr_set_pdeathsig, signal.SIGTERM)


def _watch(begun: int) -> None:
    while owner() == begun:
        time.sleep(PERIOD)
    os.kill(os.getpid(), signal.SIGTERM)
