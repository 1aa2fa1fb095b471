"""A whole stack of its own: PostgreSQL, web, worker and scheduler, as `manage.py up` starts them."""

import http.client
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import django
import psutil
import psycopg

from reviewapp.embedded import place
from reviewapp.embedded.borrow import borrowed_server
from reviewapp.environment import ROOT

_PATIENCE_SECONDS = 180.0
_PROGRAMS = ("web", "worker", "scheduler")
_BUSY = ("web", "postgres")


@dataclass(slots=True)
class Stack:
    """Where it lives and listens; started and stopped as often as wanted."""

    var: Path
    port: int
    process: subprocess.Popen[bytes] | None = None

    def start(self) -> float:
        """Seconds until the first 200 of /readyz."""
        began = time.perf_counter()
        with (self.var / "up.log").open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, "manage.py", "up", "--port", str(self.port)],
                cwd=ROOT,
                env=os.environ | {"REVIEWAPP_VAR": str(self.var)},
                stdout=log,
                stderr=log,
            )
        while not self._is_ready():
            if self.process.poll() is not None or time.perf_counter() - began > _PATIENCE_SECONDS:
                raise RuntimeError(f"The stack does not start:\n{(self.var / 'up.log').read_text()[-3000:]}")
            time.sleep(0.01)
        return time.perf_counter() - began

    def stop(self) -> None:
        if self.process is not None:
            self.process.send_signal(signal.SIGTERM)
            self.process.wait(timeout=60)
            self.process = None

    def connect(self) -> psycopg.Connection:
        """The stack's database, as its superuser."""
        return psycopg.connect(place.database_url(self.var), autocommit=True)

    def programs(self, names: Sequence[str] = _PROGRAMS) -> dict[str, list[psutil.Process]]:
        """The processes of each of these programs."""
        found = {}
        for name in names:
            leader = psutil.Process(int((self.var / "run" / f"{name}.pid").read_text().split()[0]))
            found[name] = [leader, *leader.children(recursive=True)]
        return found

    def memory(self) -> dict[str, float]:
        """MiB (PSS: shared pages count by their share) of each program, all its processes together."""
        return {name: sum(map(_pss_mib, processes)) for name, processes in self.programs().items()}

    def cpu_seconds(self, names: Sequence[str] = _BUSY) -> dict[str, float]:
        """Processor time that these have used; steadier than the clock when others work here."""
        return {name: sum(map(_cpu, processes)) for name, processes in self.programs(names).items()}

    def cpu_per(self, times: int, since: dict[str, float], what: str) -> dict[str, float]:
        """Milliseconds of processor time for each of `times` things done since `since` was taken."""
        used = {name: seconds - since[name] for name, seconds in self.cpu_seconds().items()}
        return {f"cpu_ms_{name}_per_{what}": round(1000 * s / max(1, times), 3) for name, s in used.items()}

    def _is_ready(self) -> bool:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        try:
            connection.request("GET", "/readyz")
            return connection.getresponse().status == http.client.OK
        except OSError:
            return False
        finally:
            connection.close()


def _cpu(process: psutil.Process) -> float:
    try:
        used = process.cpu_times()
    except psutil.NoSuchProcess:
        return 0.0
    return float(used.user + used.system)


def _pss_mib(process: psutil.Process) -> float:
    with suppress(OSError):  # it may have ended meanwhile
        for line in Path(f"/proc/{process.pid}/smaps_rollup").read_text().splitlines():
            if line.startswith("Pss:"):
                return int(line.split()[1]) / 1024
    return 0.0


@contextmanager
def stack() -> Iterator[Stack]:
    """A running stack with an empty, initialised database; this process's Django speaks to it too."""
    with _own_folder() as var:
        own = Stack(var, _free_port())
        os.environ["REVIEWAPP_PORT"] = str(own.port)
        try:
            own.start()
            django.setup()
            yield own
        finally:
            own.stop()


@contextmanager
def database_alone() -> Iterator[psycopg.Connection]:
    """The database of a stack, initialised, and no program that would score, route or sweep beside us."""
    with _own_folder() as var, borrowed_server(["", "benchmark"]):
        subprocess.run([sys.executable, "manage.py", "prepare"], cwd=ROOT, check=True, capture_output=True)
        django.setup()
        with psycopg.connect(place.database_url(var), autocommit=True) as database:
            yield database


@contextmanager
def _own_folder() -> Iterator[Path]:
    """A temporary one that all settings point to; removed at the end."""
    var = Path(tempfile.mkdtemp(prefix="reviewapp-bench-"))
    for name in ("DATABASE_URL", "BROKER_URL", "STORAGE_URL", "PUBLIC_URL"):
        os.environ.pop(name, None)
    os.environ["REVIEWAPP_VAR"] = str(var)
    os.environ["DJANGO_SETTINGS_MODULE"] = "reviewapp.settings"
    try:
        yield var
    finally:
        shutil.rmtree(var, ignore_errors=True)


def _free_port() -> int:
    with socket.socket() as door:
        door.bind(("127.0.0.1", 0))
        return int(door.getsockname()[1])
