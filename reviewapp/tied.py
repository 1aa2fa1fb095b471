"""Programs that end when the program that started them does, even by kill -9 (Linux: PR_SET_PDEATHSIG)."""

import ctypes
import os
import signal
import sys
from collections.abc import Callable

_LIBC = ctypes.CDLL(None) if sys.platform == "linux" else None
_PR_SET_PDEATHSIG = 1


def tied(how: signal.Signals) -> Callable[[], None]:
    """For Popen's `preexec_fn`: the new program gets this signal when we end.

    Start such programs from the main thread: the kernel watches the thread, not the process.
    """
    starter = os.getpid()

    def tie() -> None:
        if _LIBC is not None:
            _LIBC.prctl(_PR_SET_PDEATHSIG, int(how))
            if os.getppid() != starter:  # we ended before it could ask
                os._exit(1)

    return tie
