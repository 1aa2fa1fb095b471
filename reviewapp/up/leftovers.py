"""One supervisor per folder, and the end of whatever a killed one left behind."""

import fcntl
import os
import signal
import time
from contextlib import suppress
from pathlib import Path
from typing import IO

import psutil

from reviewapp.up.trouble import UpTrouble

_PATIENCE_SECONDS = 5.0


def lock(file: Path) -> IO[str]:
    """The right to run here. Held by the open file: it ends with this process, however that ends."""
    file.parent.mkdir(parents=True, exist_ok=True)
    handle = file.open("a+")
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        handle.seek(0)
        pid = handle.read().strip() or "unknown"
        raise UpTrouble(
            f"reviewapp already runs on this folder (process {pid}). Use it, stop it with Ctrl-C or"
            f" `kill {pid}`, or set REVIEWAPP_VAR to another folder to run a second one."
        ) from None
    handle.truncate(0)
    handle.write(str(os.getpid()))
    handle.flush()
    return handle


class Notes:
    """Who was started, by process id and start time: ids are used again, the pair is not."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)

    def write(self, name: str, pid: int) -> None:
        with suppress(psutil.NoSuchProcess):
            (self.folder / f"{name}.pid").write_text(f"{pid} {psutil.Process(pid).create_time()}")

    def forget(self, name: str) -> None:
        (self.folder / f"{name}.pid").unlink(missing_ok=True)

    def end_leftovers(self) -> list[str]:
        """Stop every noted program that still runs, group and all; their names."""
        ended = []
        for note in sorted(self.folder.glob("*.pid")):
            if _end(note):
                ended.append(note.stem)
            note.unlink()
        return ended


def _end(note: Path) -> bool:
    try:
        pid_text, born = note.read_text().split()
        process = psutil.Process(int(pid_text))
        is_same = abs(process.create_time() - float(born)) < 1
    except (ValueError, psutil.NoSuchProcess):
        return False
    if not is_same:
        return False
    with suppress(psutil.NoSuchProcess):
        process.terminate()
        _wait(process)
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    return True


def _wait(process: psutil.Process) -> None:
    deadline = time.monotonic() + _PATIENCE_SECONDS
    while time.monotonic() < deadline and process.is_running() and process.status() != psutil.STATUS_ZOMBIE:
        time.sleep(0.05)
