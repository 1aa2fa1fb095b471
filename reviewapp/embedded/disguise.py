"""How root runs PostgreSQL, which refuses root: as a nobody in a user namespace of its own, else as nobody.

In the namespace (unshare) files stay root's outside: nothing is given away, no account is made. Where the
kernel forbids namespaces (many containers), the data folder is given to `nobody` and the binaries are
copied to where nobody may read them. REVIEWAPP_PG_DISGUISE=setpriv takes the second way at once.
"""

import os
import shutil
import subprocess
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from reviewapp.embedded import binaries
from reviewapp.embedded.trouble import EmbeddedTrouble

NOBODY = 65534
_NAMESPACE = ("unshare", "--user", f"--map-user={NOBODY}", f"--map-group={NOBODY}")
_BECOME_NOBODY = ("setpriv", f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups")


@dataclass(frozen=True, slots=True)
class Disguise:
    """How to call PostgreSQL's programs: words before the command, the binaries, whose the folders are."""

    bin: Path
    before: tuple[str, ...] = field(default=())
    owner: int | None = None  # None: whoever runs us

    def command(self, program: str, *arguments: str) -> list[str]:
        return [*self.before, str(self.bin / program), *arguments]

    def own(self, *folders: Path) -> None:
        """Give the folders, and what is in them, to the server's user."""
        if self.owner is not None:
            for path in (inner for folder in folders for inner in (folder, *folder.rglob("*"))):
                os.chown(path, self.owner, self.owner, follow_symlinks=False)


@cache
def disguise() -> Disguise:
    """The first way that works on this machine."""
    if os.getuid() != 0:
        return Disguise(binaries.folder())
    if _works(_NAMESPACE):
        return Disguise(binaries.folder(), _NAMESPACE)
    if _works(_BECOME_NOBODY):
        return Disguise(_readable_copy(), _BECOME_NOBODY, NOBODY)
    raise EmbeddedTrouble(
        "The embedded PostgreSQL cannot run as root here: this machine allows neither user namespaces nor"
        " a change of user. Start reviewapp as an ordinary user, or set DATABASE_URL to a server that runs."
    )


def _works(before: tuple[str, ...]) -> bool:
    if os.environ.get("REVIEWAPP_PG_DISGUISE", before[0]) != before[0]:
        return False
    try:
        return subprocess.run([*before, "true"], capture_output=True, check=False).returncode == 0
    except FileNotFoundError:
        return False


def _readable_copy() -> Path:
    """The binaries where nobody may read them: as they are when that works, else a copy in /var/tmp."""
    original = binaries.folder()
    # Through a shell, which has lost root's rights; setpriv still has them while it looks for a program.
    check = [*_BECOME_NOBODY, "sh", "-c", 'exec "$0" --version', str(original / "initdb")]
    if subprocess.run(check, capture_output=True, check=False).returncode == 0:
        return original
    copy = Path("/var/tmp") / f"reviewapp-postgres-{original.stat().st_mtime_ns:x}"  # noqa: S108
    if not copy.exists():
        _copy(original, copy)
    if copy.stat().st_uid != 0:  # somebody else's folder of that name: never run what is in it
        raise EmbeddedTrouble(f"{copy} belongs to another user. Remove it, or set DATABASE_URL.")
    return copy / original.relative_to(original.parents[2])


def _copy(original: Path, copy: Path) -> None:
    """The installation around `bin`, and the libraries that lie beside its package. Whole or absent."""
    half = copy.with_name(f"{copy.name}.{os.getpid()}")
    package = original.parents[1]
    shutil.copytree(original.parent, half / package.name / original.parent.name, symlinks=True)
    libraries = package.with_name(f"{package.name}.libs")
    if libraries.exists():
        shutil.copytree(libraries, half / libraries.name, symlinks=True)
    for folder in (half, *half.rglob("*/")):
        folder.chmod(0o755)
    half.rename(copy)
