"""Where the embedded server lives. The same folder always gives the same places."""

import hashlib
import os
import tempfile
from pathlib import Path
from urllib.parse import quote

DATABASE = "reviewapp"
USER = "reviewapp"
_LONGEST_SOCKET_FOLDER = 80  # bytes; a socket's whole path may have about 107


def data_folder(var: Path) -> Path:
    return var / "postgres"


def log_file(var: Path) -> Path:
    return var / "log" / "postgres.log"


def socket_folder(var: Path) -> Path:
    """Below `var`, or below the temp folder where that path is too long for a socket."""
    folder = var / "run"
    if len(os.fsencode(folder)) <= _LONGEST_SOCKET_FOLDER:
        return folder
    digest = hashlib.sha256(os.fsencode(var)).hexdigest()[:12]
    return Path(tempfile.gettempdir()) / f"reviewapp-{os.getuid()}-{digest}"


def database_url(var: Path, database: str = DATABASE) -> str:
    return f"postgresql://{USER}@/{database}?host={quote(str(socket_folder(var)), safe='')}"
