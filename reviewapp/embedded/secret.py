"""The key file of an embedded installation: made once, readable by its owner only."""

import os
import secrets
from pathlib import Path

_BYTES = 48


def read_or_make(file: Path) -> str:
    """The key in `file`; a new one on the first run. Two processes that race get the same key."""
    file.parent.mkdir(parents=True, exist_ok=True)
    if not file.exists():
        _make(file)
    return file.read_text().strip()


def _make(file: Path) -> None:
    fresh = file.with_name(f"{file.name}.{secrets.token_hex(8)}")  # threads of one process may race, too
    handle = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "w") as stream:
        stream.write(secrets.token_urlsafe(_BYTES) + "\n")
    try:
        os.link(fresh, file)  # fails when another process was first: whole or absent, never half
    except FileExistsError:
        pass
    finally:
        fresh.unlink()
