"""The API key: from the environment, or from a file that nobody else can read. Never an argument."""

import os
import stat
from pathlib import Path

from reviewapp.client.ending import Ending

VARIABLE = "REVIEWAPP_API_KEY"
_OTHERS = stat.S_IRWXG | stat.S_IRWXO


def read_key(file: Path | None) -> str:
    """The key, without space around it. Raises Ending with what to do."""
    if file is None:
        key = os.environ.get(VARIABLE, "").strip()
        if not key:
            raise Ending(f"There is no API key. Set {VARIABLE}, or name a file of mode 600 with --key-file.")
    else:
        key = _read_file(file)
    if not key.isascii() or not key.isprintable() or " " in key:
        raise Ending("This is not an API key: it holds spaces or characters that no key has.")
    return key


def _read_file(file: Path) -> str:
    try:
        if os.name == "posix" and file.stat().st_mode & _OTHERS:
            raise Ending(f"Others can read {file}. Take that away first: chmod 600 {file}")
        key = file.read_text("utf-8").strip()
    except (OSError, ValueError) as error:
        raise Ending(f"The key file cannot be read: {error}") from None
    if not key:
        raise Ending(f"{file} is empty; put the API key into it.")
    return key
