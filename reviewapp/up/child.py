"""One program of the group. In a session of its own, so that Ctrl-C reaches only the supervisor.

It is tied to the supervisor: a kill -9 of that leaves nothing running.
"""

import os
import signal
import subprocess
import threading
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field

from reviewapp.tied import tied
from reviewapp.up.console import LogFile
from reviewapp.up.leftovers import Notes

_LONGEST_PAUSE_SECONDS = 30.0
_STEADY_SECONDS = 60.0  # after this long the program counts as healthy again


@dataclass(slots=True)
class Child:
    """A program that is started again, with growing pauses, whenever it ends."""

    name: str
    command: Sequence[str]
    log: LogFile
    notes: Notes
    env: Mapping[str, str] = field(default_factory=dict)
    pass_fds: tuple[int, ...] = ()
    end_with_us: signal.Signals = signal.SIGTERM
    process: "subprocess.Popen[bytes] | None" = None
    started_at: float = 0.0
    restart_at: float | None = None
    _falls: int = 0

    def start(self, command: Sequence[str] | None = None) -> "subprocess.Popen[bytes]":
        """Start it; from the main thread only, see `tied`."""
        self.process = subprocess.Popen(
            list(command or self.command),
            env={**os.environ, **self.env},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            pass_fds=self.pass_fds,
            preexec_fn=tied(self.end_with_us),
        )
        self.started_at, self.restart_at = time.monotonic(), None
        self.notes.write(self.name, self.process.pid)
        threading.Thread(target=self.log.follow, args=(self.name, self.process.stdout), daemon=True).start()
        return self.process

    def look(self, now: float) -> str | None:
        """Notice an end, and start again when its pause is over; what there is to tell, if anything."""
        if self.process is None or self.process.poll() is None:
            return None
        if self.restart_at is None:
            self._falls = 1 if now - self.started_at > _STEADY_SECONDS else self._falls + 1
            pause = min(2.0 ** (self._falls - 1), _LONGEST_PAUSE_SECONDS)
            self.restart_at = now + pause
            return f"{self.name} ended ({_how(self.process.returncode)}); starting it again in {pause:.0f} s"
        if now >= self.restart_at:
            self.start()
        return None

    def ask_to_stop(self) -> None:
        """TERM to the program itself, which ends its own children in its own order."""
        if self.process is not None and self.process.poll() is None:
            self.process.terminate()

    def make_stop(self, deadline: float) -> bool:
        """Wait until `deadline` (monotonic), then KILL the whole group; True if it went by itself."""
        if self.process is None:
            return True
        try:
            self.process.wait(timeout=max(0.0, deadline - time.monotonic()))
            went = True
        except subprocess.TimeoutExpired:
            went = False
        with suppress(ProcessLookupError):  # the leader may be gone and its children not
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()
        self.notes.forget(self.name)
        return went

    def restart(self, *, patience_seconds: float) -> None:
        self.ask_to_stop()
        self.make_stop(time.monotonic() + patience_seconds)
        self.start()


def _how(code: int) -> str:
    return f"killed by {signal.Signals(-code).name}" if code < 0 else f"exit status {code}"
