"""Where the files of releases lie: Django's default storage, a folder or a bucket.

Names are random ids below the folder of one attempt. Nothing in the database points to a file before
it is whole, and what an attempt left when it died is cleared by the next one.
"""

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

from django.core.files import File
from django.core.files.storage import default_storage

ROOT = "releases"
CHUNK_BYTES = 128 * 1024


class _Finished(File):
    """A finished local file: a storage on the same disk moves it instead of copying it."""

    def temporary_file_path(self) -> str:
        return str(self.name)


@contextmanager
def workplace(folder: UUID) -> Iterator[Path]:
    """A place for the temporary files of an attempt; gone at the end, or with `clear` after a kill."""
    place = _workplace(folder)
    place.mkdir(mode=0o700, parents=True)
    try:
        yield place
    finally:
        shutil.rmtree(place, ignore_errors=True)


def put(folder: UUID, path: Path) -> str:
    """Store a finished local file under a random name in the folder; returns its storage name."""
    with path.open("rb") as source:
        name = default_storage.save(f"{_name(folder)}/{uuid4().hex}", _Finished(source))
    _make_durable(name)
    return name


def read(name: str, *, start: int = 0, length: int | None = None) -> Iterator[bytes]:
    """The bytes of a stored file from `start` on, in pieces, so that its size does not matter."""
    left = length
    with closing(_opened(name, start)) as source:
        while left is None or left > 0:
            piece = source.read(CHUNK_BYTES if left is None else min(CHUNK_BYTES, left))
            if not piece:
                return
            left = None if left is None else left - len(piece)
            yield piece


def _opened(name: str, start: int) -> Any:
    """At this byte. In a bucket only what comes from there on is fetched."""
    if hasattr(default_storage, "open_at"):
        return default_storage.open_at(name, start)
    source = default_storage.open(name, "rb")
    source.seek(start)
    return source


def remove(name: str) -> None:
    """Remove one stored file for good; nothing happens when it is gone."""
    default_storage.delete(name)


def clear(folder: UUID) -> None:
    """Remove all that an attempt wrote; nothing happens when there is nothing."""
    shutil.rmtree(_workplace(folder), ignore_errors=True)
    with suppress(FileNotFoundError):
        _folders, names = default_storage.listdir(_name(folder))
        for name in names:
            default_storage.delete(f"{_name(folder)}/{name}")
        default_storage.delete(_name(folder))


def _name(folder: UUID) -> str:
    return f"{ROOT}/{folder}"


def _workplace(folder: UUID) -> Path:
    """Inside the storage when that is a folder, so that finishing a file is a move."""
    try:
        return Path(default_storage.path(f"{_name(folder)}/building"))
    except NotImplementedError:
        return Path(tempfile.gettempdir()) / f"reviewapp-release-{folder}"


def _make_durable(name: str) -> None:
    """Onto the disk, before a row says that it is there. A bucket answers only when it has the file."""
    with suppress(NotImplementedError):
        path = Path(default_storage.path(name))
        for place in (path, path.parent):
            descriptor = os.open(place, os.O_RDONLY)
            try:
                os.fsync(descriptor)
            finally:
                os.close(descriptor)
