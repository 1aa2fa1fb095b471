"""`manage.py up` as a person meets it: it starts, is killed, starts again, refuses, leaves nothing behind."""

import http.client
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

import psutil
import psycopg
import pytest

from reviewapp.embedded import place
from reviewapp.environment import ROOT

PATIENCE_SECONDS = 180.0


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@dataclass
class Group:
    """One folder, one port, and the supervisors that a test starts on them."""

    var: Path
    port: int
    started: list["subprocess.Popen[str]"] = field(default_factory=list)

    def up(self, **more: str) -> "subprocess.Popen[str]":
        """`manage.py up` as a shell would start it, in an environment of its own and what is named here."""
        taken = {"DATABASE_URL", "SECRET_KEY", "REVIEWAPP_SUPERVISED", "DJANGO_SETTINGS_MODULE", "ENCODER"}
        env = {name: value for name, value in os.environ.items() if name not in taken}
        process = subprocess.Popen(
            [sys.executable, "manage.py", "up"],
            cwd=ROOT,
            env=env | {"REVIEWAPP_VAR": str(self.var), "REVIEWAPP_PORT": str(self.port)} | more,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        self.started.append(process)
        return process

    def ready(self) -> bool:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=2)
        try:
            connection.request("GET", "/readyz")
            return connection.getresponse().status == 200
        except OSError:
            return False
        finally:
            connection.close()

    def one(self, sql: str) -> object:
        with psycopg.connect(place.database_url(self.var), autocommit=True) as connection:
            row = connection.execute(sql).fetchone()
        return row[0] if row else None

    def pid_of(self, name: str) -> int:
        return int((self.var / "run" / f"{name}.pid").read_text().split()[0])

    def was_replaced(self, name: str, before: int) -> bool:
        return self.pid_of(name) != before

    def processes(self) -> list[psutil.Process]:
        """Everything that still runs for this folder, found by its environment or its words."""
        return [process for process in psutil.process_iter() if self._is_ours(process)]

    def _is_ours(self, process: psutil.Process) -> bool:
        try:
            return process.status() != psutil.STATUS_ZOMBIE and (
                process.environ().get("REVIEWAPP_VAR") == str(self.var)
                or str(place.data_folder(self.var)) in process.cmdline()
            )
        except psutil.Error:
            return False


def wait_until(claim: Callable[[], object], seconds: float = PATIENCE_SECONDS) -> None:
    deadline = time.monotonic() + seconds
    while not claim():
        assert time.monotonic() < deadline, "it did not come true in time"
        time.sleep(0.05)


@pytest.fixture
def group() -> Iterator[Group]:
    group = Group(Path(tempfile.mkdtemp(prefix="reviewapp-up-")), free_port())
    yield group
    for process in group.started:
        process.kill()
        process.wait()
    for process in group.processes():
        process.kill()
    shutil.rmtree(group.var, ignore_errors=True)


def test_it_lives_dies_and_lives_again(group: Group) -> None:
    first = group.up()
    wait_until(group.ready)
    with psycopg.connect(place.database_url(group.var), autocommit=True) as connection:
        connection.execute("CREATE TABLE kept AS SELECT 41 AS n")

    twin = group.up()
    said, _ = twin.communicate(timeout=PATIENCE_SECONDS)
    assert twin.returncode == 1
    assert f"already runs on this folder (process {first.pid})" in said

    first.kill()
    first.wait()
    second = group.up()
    wait_until(lambda: group.ready() and second.poll() is None)
    assert group.one("SELECT n FROM kept") == 41

    second.send_signal(signal.SIGINT)
    said, _ = second.communicate(timeout=PATIENCE_SECONDS)
    assert second.returncode == 0
    assert said.rstrip().endswith("stopped")
    assert group.processes() == []


def test_a_taken_port_is_refused_with_what_to_do_and_nothing_is_left(group: Group) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", group.port))
        other.listen()

        process = group.up()
        said, _ = process.communicate(timeout=PATIENCE_SECONDS)

    assert process.returncode == 1
    assert f"Port {group.port} is taken" in said
    assert f"REVIEWAPP_PORT={group.port + 1}" in said
    assert group.processes() == []


@pytest.mark.slow
def test_whatever_dies_comes_back_and_messages_are_heard(group: Group) -> None:
    supervisor = group.up(ENCODER="hashing")
    wait_until(group.ready)

    for name in ("web", "worker", "scheduler", "encoder", "postgres"):
        before = group.pid_of(name)
        os.kill(before, signal.SIGKILL)
        wait_until(partial(group.was_replaced, name, before))
        wait_until(group.ready)

    # The scheduler sends, the broker carries, the worker hears: its heart beats, and somebody sweeps.
    wait_until(
        lambda: group.one("SELECT count(*) FROM queues_heartbeat WHERE name IN ('worker', 'sweeper')") == 2
    )
    supervisor.send_signal(signal.SIGTERM)
    assert supervisor.wait(timeout=PATIENCE_SECONDS) == 0
    assert group.processes() == []


@pytest.mark.slow
def test_a_second_start_is_quick_and_idle_memory_small(group: Group) -> None:
    first = group.up()
    wait_until(group.ready)
    first.send_signal(signal.SIGINT)
    first.wait(timeout=PATIENCE_SECONDS)

    started = time.monotonic()
    group.up()
    wait_until(group.ready)
    seconds = time.monotonic() - started

    time.sleep(15)
    mebibytes = sum(pss(group.pid_of(name)) for name in ("web", "worker", "scheduler")) / 1024
    print(f"start to first 200: {seconds:.1f} s; web, worker and scheduler idle: {mebibytes:.0f} MiB PSS")
    assert seconds < 10
    assert mebibytes < 350


def pss(pid: int) -> int:
    """KiB of memory of a process and its children, what they share counted once."""
    family = psutil.Process(pid)
    return sum(
        int(line.split()[1])
        for process in (family, *family.children(recursive=True))
        for line in Path(f"/proc/{process.pid}/smaps_rollup").read_text().splitlines()
        if line.startswith("Pss:")
    )
