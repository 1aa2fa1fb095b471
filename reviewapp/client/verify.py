"""`reviewapp verify FOLDER`: is every file of a pulled release what was published?"""

import json
from pathlib import Path
from typing import Any

from reviewapp.client.ending import Ending
from reviewapp.client.pull import sha256_of
from reviewapp.client.told import MANIFEST, is_plain

_SUMS = "SHA256SUMS"  # beside the manifest, which it sums up too


def verify(folder: Path) -> list[dict[str, Any]]:
    """One entry per file of the manifest: path and `ok`, `missing` or `changed`; other files are `unlisted`.

    Who trains on a folder reads all that lies in it.
    """
    try:
        manifest = json.loads((folder / MANIFEST).read_text("utf-8"))
        files = [(str(file["path"]), str(file["sha256"])) for file in manifest["files"]]
    except (OSError, ValueError, KeyError, TypeError, RecursionError) as error:
        raise Ending(f"{folder} holds no readable {MANIFEST}: {type(error).__name__}.") from None
    if not files:
        raise Ending(f"{MANIFEST} in {folder} names no file, so there is nothing to compare with.")
    for path, _wanted in files:
        if not is_plain(path):
            raise Ending(f"{MANIFEST} in {folder} names a file that is no plain path: {path[:200]!a}")
    known = {MANIFEST, _SUMS, *(path for path, _wanted in files)}
    return [
        *({"path": path, "state": _state(folder, path, wanted)} for path, wanted in files),
        *({"path": path, "state": "unlisted"} for path in _paths_in(folder) if path not in known),
    ]


def _paths_in(folder: Path) -> list[str]:
    """Of files, and of links, whatever they lead to."""
    found = (path for path in folder.rglob("*") if path.is_symlink() or not path.is_dir())
    return sorted(path.relative_to(folder).as_posix() for path in found)


def _state(folder: Path, path: str, wanted: str) -> str:
    file = folder / path
    if not file.resolve().is_relative_to(folder.resolve()) or not file.is_file():
        return "missing"
    return "ok" if sha256_of(file) == wanted else "changed"
