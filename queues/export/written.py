"""Files of lines on their way: written to a temporary place, flushed to the disk, hashed as they grow."""

import os
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from types import TracebackType

BUFFER_BYTES = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Written:
    """A finished file. rows: None when it is not a file of rows."""

    path: Path
    bytes: int
    sha256: str
    rows: int | None

    @property
    def name(self) -> str:
        return self.path.name


class Lines:
    """A file of lines, ended by LF each. `done()` after the `with` says what was written."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.rows = 0
        self._bytes = 0
        self._sha256 = sha256()

    def __enter__(self) -> "Lines":
        self._file = self.path.open("wb", buffering=BUFFER_BYTES)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None
    ) -> None:
        with self._file:
            if kind is None:
                self._file.flush()
                os.fsync(self._file.fileno())

    def add(self, line: bytes) -> None:
        """One row, without its line end."""
        whole = line + b"\n"
        self._file.write(whole)
        self._sha256.update(whole)
        self._bytes += len(whole)
        self.rows += 1

    def done(self) -> Written:
        return Written(self.path, self._bytes, self._sha256.hexdigest(), self.rows)


def write_whole(path: Path, content: bytes) -> Written:
    """A small file in one go."""
    with path.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    return Written(path, len(content), sha256(content).hexdigest(), None)
