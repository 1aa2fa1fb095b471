"""What the person at the terminal sees: few lines. What the programs say goes to one rotating log file."""

import logging
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from logging.handlers import RotatingFileHandler
from pathlib import Path
from typing import IO

_LOG_BYTES = 10 * 1024 * 1024
_LOGS_KEPT = 3


def say(text: str = "") -> None:
    """One line on the terminal."""
    print(text, flush=True)  # noqa: T201 - this is the terminal


def complain(text: str) -> None:
    print(f"reviewapp: {text}", file=sys.stderr, flush=True)  # noqa: T201


@contextmanager
def step(text: str) -> Iterator[None]:
    """A line that is shown while something is done, and then says how long it took."""
    started = time.monotonic()
    sys.stdout.write(f"  {text} … ")
    sys.stdout.flush()
    yield
    say(f"{time.monotonic() - started:.1f} s")


class LogFile:
    """All programs' lines, each with its program's name in front."""

    def __init__(self, file: Path) -> None:
        file.parent.mkdir(parents=True, exist_ok=True)
        self.file = file
        self._handler = RotatingFileHandler(
            file, maxBytes=_LOG_BYTES, backupCount=_LOGS_KEPT, encoding="utf-8"
        )
        self._last: dict[str, list[str]] = {}

    def write(self, name: str, line: str) -> None:
        self._handler.emit(logging.makeLogRecord({"msg": f"{name:<9}| {line}"}))
        lines = self._last.setdefault(name, [])
        lines.append(line)
        del lines[:-12]

    def follow(self, name: str, stream: IO[bytes]) -> None:
        """Copy a program's output until it closes it; runs in a thread of its own."""
        for raw in stream:
            self.write(name, raw.decode("utf-8", "replace").rstrip())

    def last_words(self, name: str) -> str:
        return "\n".join(f"    {line}" for line in self._last.get(name, []))
