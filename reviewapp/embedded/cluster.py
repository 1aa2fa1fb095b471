"""One embedded server: make it, start it, stop it, survive what happens to it.

The settings are arguments, so that code and server never disagree. Only this user can reach it: a socket in
a folder of mode 0700, no TCP. A start right after a kill -9 must wait for the dead server's children to go,
so starting retries.
"""

import os
import shutil
import signal
import subprocess
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import psutil
import psycopg

from reviewapp.embedded import binaries, place
from reviewapp.embedded.disguise import Disguise, disguise
from reviewapp.embedded.trouble import EmbeddedTrouble
from reviewapp.tied import tied

_PATIENCE_SECONDS = 30.0
_POLL_SECONDS = 0.03
_SETTINGS = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "max_connections": "100",
    "shared_buffers": "128MB",
    "jit": "off",  # our statements are short: compiling them costs more than it saves
    "synchronous_commit": "on",
    "wal_compression": "on",
    "max_wal_size": "2GB",
    "random_page_cost": "1.1",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "log_line_prefix": "%m [%p] ",
}
_FOR_TESTS = {
    "fsync": "off",
    "full_page_writes": "off",
    "synchronous_commit": "off",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "lock_timeout": "90s",  # two tests that wait for each other fail; they do not hold up the run
    # A vacuum between two tests learns that a table is empty and plans for that: 20,000 rows of the next one,
    # each checked against a table that is read whole, then took minutes.
    "autovacuum": "off",
}


@dataclass(frozen=True, slots=True)
class Cluster:
    """The folders of one server, and how careful it is with the disk."""

    data: Path
    socket: Path
    log: Path
    durable: bool = True

    @classmethod
    def of(cls, var: Path, *, durable: bool = True) -> "Cluster":
        return cls(place.data_folder(var), place.socket_folder(var), place.log_file(var), durable)

    def command(self) -> list[str]:
        """What to run; the server stays in the foreground."""
        settings = _SETTINGS | ({} if self.durable else _FOR_TESTS)
        settings |= {"unix_socket_directories": str(self.socket)}
        words = [word for name, value in settings.items() for word in ("-c", f"{name}={value}")]
        return disguise().command("postgres", "-D", str(self.data), *words)

    def prepare(self) -> bool:
        """Folders, and on the first run a new empty server; True then. Whole or absent, never half."""
        for folder in (self.data.parent, self.socket, self.log.parent):
            folder.mkdir(parents=True, exist_ok=True)
        self.socket.chmod(0o700)
        chosen = disguise()
        if chosen.owner is not None:
            self.data.parent.chmod(0o711)  # the server's user must pass through, and may not look around
        is_new = not (self.data / "PG_VERSION").exists()
        if is_new:
            self._initialise(chosen)
        chosen.own(self.socket, *([self.data] if is_new else []))
        return is_new

    def _initialise(self, chosen: Disguise) -> None:
        half = self.data.with_name(f"{self.data.name}.new")
        shutil.rmtree(half, ignore_errors=True)
        half.mkdir(mode=0o700)
        chosen.own(half)
        done = subprocess.run(
            chosen.command(
                "initdb", "-D", str(half), *_initdb_words(), *([] if self.durable else ["--no-sync"])
            ),
            capture_output=True,
            text=True,
            check=False,
            env=os.environ | {"TZ": "UTC"},
            cwd="/",
        )
        if done.returncode:
            hint = (
                " Set REVIEWAPP_VAR to a folder that every user may enter."
                if chosen.owner is not None
                else ""
            )
            raise EmbeddedTrouble(f"No PostgreSQL could be made in {self.data}.{hint}\n{done.stderr.strip()}")
        half.rename(self.data)

    def start(
        self, spawn: Callable[[list[str]], subprocess.Popen[bytes]] | None = None
    ) -> subprocess.Popen[bytes]:
        """A running server that answers. Takes over from a server that outlived its supervisor."""
        self.prepare()
        self.end_leftover()
        deadline = time.monotonic() + _PATIENCE_SECONDS
        while True:
            process = (spawn or self._spawn)(self.command())
            if self.wait_until_ready(process, deadline):
                return process
            if time.monotonic() > deadline:
                stop(process)
                raise EmbeddedTrouble(
                    f"The embedded PostgreSQL in {self.data} does not start.\n{self.last_words()}"
                )
            time.sleep(0.2)  # after a kill -9 the old server's children need a moment to go

    def _spawn(self, command: list[str]) -> subprocess.Popen[bytes]:
        with self.log.open("ab") as log:
            return subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
                cwd="/",
                preexec_fn=tied(signal.SIGINT),
            )

    def wait_until_ready(self, process: subprocess.Popen[bytes], deadline: float) -> bool:
        """True when it answers; False when it ended, or the time is over."""
        while process.poll() is None and time.monotonic() < deadline:
            if self.answers():
                return True
            time.sleep(_POLL_SECONDS)
        return False

    def answers(self) -> bool:
        try:
            self.connect("postgres").close()
        except psycopg.OperationalError:
            return False
        return True

    def connect(self, database: str) -> psycopg.Connection:
        return psycopg.connect(
            host=str(self.socket), dbname=database, user=place.USER, autocommit=True, connect_timeout=5
        )

    def ensure_database(self, name: str = place.DATABASE) -> None:
        """The database, made unless it is there."""
        with self.connect("postgres") as connection:
            if not connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone():
                connection.execute(psycopg.sql.SQL("CREATE DATABASE {}").format(psycopg.sql.Identifier(name)))

    def end_leftover(self) -> None:
        """Stop a server that still runs on this data; forget the note of one that does not."""
        note = self.data / "postmaster.pid"
        if (pid := self.running_pid()) is not None:
            stop(psutil.Process(pid))
        elif note.exists() and _is_somebody_else(note):
            note.unlink()

    def running_pid(self) -> int | None:
        """The process that serves this data, as its own note says, if it still does."""
        try:
            pid = int((self.data / "postmaster.pid").read_text().splitlines()[0])
            words = psutil.Process(pid).cmdline()
        except (OSError, ValueError, IndexError, psutil.Error):
            return None
        return pid if str(self.data) in words else None

    def last_words(self, lines: int = 15) -> str:
        try:
            return "\n".join(self.log.read_text(errors="replace").splitlines()[-lines:])
        except FileNotFoundError:
            return ""


def stop(process: "psutil.Process | subprocess.Popen[bytes]", seconds: float = 20.0) -> None:
    """Fast shutdown: open transactions are rolled back, everything committed is on the disk."""
    for how in (signal.SIGINT, signal.SIGQUIT, signal.SIGKILL):
        try:
            process.send_signal(how)
            process.wait(timeout=seconds)
            return
        except psutil.NoSuchProcess:
            return
        except (subprocess.TimeoutExpired, psutil.TimeoutExpired):
            continue


def _is_somebody_else(note: Path) -> bool:
    """The noted pid now belongs to another program (pids are used again): the note would block the start."""
    try:
        return "postgres" not in psutil.Process(int(note.read_text().splitlines()[0])).name()
    except (OSError, ValueError, IndexError, psutil.Error):
        return False  # PostgreSQL itself finds and replaces the note of a dead process


def _initdb_words() -> list[str]:
    """UTF-8, the same order and the same lower case on every machine."""
    words = ["-U", place.USER, "--auth=trust", "--encoding=UTF8"]
    if binaries.major_version() >= 17:
        return [*words, "--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C"]
    return [*words, "--locale=C.UTF-8"]
