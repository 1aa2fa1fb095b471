"""Where the files of a release are written: through no link, and under its name only what is whole."""

import errno
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Literal

from reviewapp.client.ending import Ending

_NO_LINK = getattr(os, "O_NOFOLLOW", 0)  # Windows has none; there the look before has to do


class Place:
    """Where one file goes. target: under its name, whole; part: what arrived of it so far.

    A part begins with a dot, as no file of a release does: the two never meet.
    """

    def __init__(self, folder: Path, path: str) -> None:
        self.target = folder / path
        self.part = self.target.with_name(f".{self.target.name}.part")
        self._folder = folder

    def prepare(self) -> None:
        """Make the folders above it; Ending where a link among them, or at its place, leads elsewhere."""
        above = self.target.relative_to(self._folder).parents[:-1]
        inside = [self._folder / folder for folder in above]
        for path in (*inside, self.target, self.part):
            if path.is_symlink():
                raise _leads_elsewhere(path)
        with telling(self.target):
            self.target.parent.mkdir(parents=True, exist_ok=True)

    @contextmanager
    def writing(self, mode: Literal["ab", "wb"]) -> Iterator[IO[bytes]]:
        """The part, to write it from the start or to go on at its end."""
        # Path.open takes no opener.
        with telling(self.part), open(self.part, mode, opener=_open_no_link) as out:
            yield out

    def keep(self) -> None:
        """The part is whole: from now on it stands under its name."""
        with telling(self.target):
            self.part.replace(self.target)

    def drop(self) -> None:
        """The part is not what was published."""
        with telling(self.part):
            self.part.unlink(missing_ok=True)

    @property
    def arrived(self) -> int:
        """Bytes of the part."""
        return self.part.stat().st_size if self.part.exists() else 0


@contextmanager
def telling(path: Path) -> Iterator[None]:
    """A disk that is full, or a place where nothing may be written, as a sentence."""
    try:
        yield
    except OSError as error:
        if error.errno == errno.ELOOP:
            raise _leads_elsewhere(path) from None
        raise Ending(f"{path} cannot be written: {error.strerror or error}.") from None


def _open_no_link(path: str, flags: int) -> int:
    return os.open(path, flags | _NO_LINK, 0o666)


def _leads_elsewhere(path: Path) -> Ending:
    return Ending(f"{path} leads elsewhere: remove it, or pull into another folder.")
