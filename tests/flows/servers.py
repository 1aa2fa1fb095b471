"""Servers that an operator would have: Debian's PostgreSQL and Redis, each in a temporary folder."""

import dataclasses
import secrets
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import psycopg
import pytest
import redis
from psycopg import sql

from reviewapp.embedded.cluster import stop
from reviewapp.embedded.disguise import disguise
from reviewapp.tied import tied
from tests.flows.stack import free_port

_PATIENCE_SECONDS = 30.0
_ADMIN = "postgres"


def database_on(server_url: str) -> tuple[str, Callable[[], None]]:
    """A new database on a running server, as its address, and how to drop it again."""
    name = f"reviewapp_{secrets.token_hex(4)}"
    with psycopg.connect(server_url, dbname="postgres", autocommit=True) as admin:
        admin.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))

    def drop() -> None:
        with psycopg.connect(server_url, dbname="postgres", autocommit=True) as admin:
            admin.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))

    return psycopg.conninfo.make_conninfo(server_url, dbname=name), drop


@contextmanager
def debian_postgres() -> Iterator[str]:
    """Debian's PostgreSQL on a port of its own: the address for a role that only owns its database."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    if not found:
        pytest.skip("Debian's PostgreSQL is not here: apt-get install postgresql, or make production-shape")
    programs = dataclasses.replace(disguise(), bin=found[-1].parent)
    folder = Path(tempfile.mkdtemp(prefix="reviewapp-pg-"))
    port, password = free_port(), secrets.token_hex(16)
    (folder / "password").write_text(password)
    programs.own(folder)
    initdb = ("initdb", "-D", f"{folder}/data", "-U", _ADMIN, "--auth=scram-sha-256", "--no-sync")
    words = ("--encoding=UTF8", "--locale=C.UTF-8", f"--pwfile={folder}/password")
    subprocess.run(programs.command(*initdb, *words), check=True, capture_output=True, cwd="/")
    settings = (f"port={port}", "listen_addresses=127.0.0.1", "unix_socket_directories=", "fsync=off")
    server = _started(
        programs.command("postgres", "-D", f"{folder}/data", *(word for s in settings for word in ("-c", s))),
        folder / "log",
    )
    address = f"@127.0.0.1:{port}"
    try:
        _wait_until(lambda: _answers(f"postgresql://{_ADMIN}:{password}{address}/postgres"))
        _make_role(f"postgresql://{_ADMIN}:{password}{address}/postgres", password)
        yield f"postgresql://reviewapp:{password}{address}/reviewapp"
    finally:
        stop(server)
        shutil.rmtree(folder)


def _make_role(admin_url: str, password: str) -> None:
    with psycopg.connect(admin_url, autocommit=True) as admin:
        admin.execute(sql.SQL("CREATE ROLE reviewapp LOGIN PASSWORD {}").format(password))
        admin.execute("CREATE DATABASE reviewapp OWNER reviewapp")


def _answers(url: str) -> bool:
    try:
        psycopg.connect(url, connect_timeout=5).close()
    except psycopg.OperationalError:
        return False
    return True


@dataclass
class Redis:
    """Debian's redis-server; keeps nothing on disk, so a stop loses every message."""

    port: int = field(default_factory=free_port)
    folder: Path = field(default_factory=lambda: Path(tempfile.mkdtemp(prefix="reviewapp-redis-")))
    process: "subprocess.Popen[bytes] | None" = None

    @property
    def url(self) -> str:
        return f"redis://127.0.0.1:{self.port}/0"

    def start(self) -> None:
        words = ("--port", str(self.port), "--bind", "127.0.0.1", "--save", "", "--dir", str(self.folder))
        self.process = _started(["redis-server", *words], self.folder / "log")
        _wait_until(self._answers)

    def stop(self) -> None:
        if self.process is not None:
            stop(self.process)
            self.process = None

    def _answers(self) -> bool:
        try:
            with redis.Redis.from_url(self.url) as client:
                return bool(client.ping())
        except redis.ConnectionError:
            return False


@contextmanager
def debian_redis() -> Iterator[Redis]:
    if not shutil.which("redis-server"):
        pytest.skip("Redis is not here: apt-get install redis-server, or make production-shape")
    server = Redis()
    try:
        server.start()
        yield server
    finally:
        server.stop()
        shutil.rmtree(server.folder)


def _started(command: list[str], log: Path) -> "subprocess.Popen[bytes]":
    with log.open("ab") as said:
        return subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=said,
            stderr=said,
            cwd="/",
            preexec_fn=tied(signal.SIGINT),
        )


def _wait_until(claim: Callable[[], bool]) -> None:
    end = time.monotonic() + _PATIENCE_SECONDS
    while not claim():
        assert time.monotonic() < end, "the server does not answer"
        time.sleep(0.05)
