"""Names by their place, on the disk: a million take 8 MiB, and few are ever asked for."""

import os
from array import array
from collections.abc import Iterable
from tempfile import TemporaryFile


class StoredNames:
    """Named by their place, from 0, in the order in which they were added."""

    def __init__(self) -> None:
        self._file, self._ends = TemporaryFile(), array("q", [0])  # noqa: SIM115 - closed with its owner
        self._is_flushed = True

    def __len__(self) -> int:
        return len(self._ends) - 1

    def add(self, names: Iterable[str]) -> None:
        """Some more."""
        for name in names:
            self._ends.append(self._ends[-1] + self._file.write(name.encode("utf-8", "surrogatepass")))
        self._is_flushed = False

    def __getitem__(self, place: int) -> str:
        if not self._is_flushed:
            self._file.flush()
            self._is_flushed = True
        start, end = self._ends[place], self._ends[place + 1]
        return os.pread(self._file.fileno(), end - start, start).decode("utf-8", "surrogatepass")
