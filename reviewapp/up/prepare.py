"""Whether the start needs `manage.py prepare`. A cheap look: an ordinary start need not pay for it."""

import hashlib
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import psycopg

from reviewapp.environment import ROOT
from reviewapp.up.trouble import UpTrouble

_WATCHED = ("accounts/migrations/*.py", "queues/migrations/*.py", "static/**/*", "requirements/*.txt")


def is_needed(stamp: Path, database_url: str) -> bool:
    """True unless these files were already prepared for this database."""
    return not stamp.exists() or stamp.read_text() != fingerprint(database_url)


def run(stamp: Path, database_url: str, *more: Sequence[str]) -> None:
    """`manage.py prepare` and then the given commands, in view of the person who waits."""
    for command in (["prepare"], *more):
        if subprocess.run([sys.executable, str(ROOT / "manage.py"), *command], check=False).returncode:
            raise UpTrouble(f"`manage.py {command[0]}` failed; what it said is above. Nothing was started.")
    stamp.write_text(fingerprint(database_url))


def fingerprint(database_url: str) -> str:
    """The files that a start depends on, by name, size and time; which database, with how many migrations."""
    digest = hashlib.sha256(_database(database_url).encode())
    for pattern in _WATCHED:
        for file in sorted(ROOT.glob(pattern)):
            about = file.stat()
            digest.update(f"{file}{about.st_size}{about.st_mtime_ns}".encode())
    return digest.hexdigest()


def _database(url: str) -> str:
    with psycopg.connect(url, connect_timeout=10) as connection:
        try:
            row = connection.execute(
                "SELECT oid::text || '/' || (SELECT count(*) FROM django_migrations)"
                " FROM pg_database WHERE datname = current_database()"
            ).fetchone()
        except psycopg.errors.UndefinedTable:
            return "empty"
    return str(row[0]) if row else ""
