"""The group: PostgreSQL first and last; web, worker, scheduler and perhaps encoder in between."""

import json
import os
import signal
import socket
import sys
import time
from pathlib import Path
from types import FrameType
from typing import IO
from urllib.parse import urlsplit

from reviewapp import environment
from reviewapp.embedded.cluster import Cluster, stop
from reviewapp.embedded.trouble import EmbeddedTrouble
from reviewapp.environment import Environment
from reviewapp.up import door, encoder, leftovers, prepare, watch
from reviewapp.up.child import Child
from reviewapp.up.console import LogFile, complain, say, step
from reviewapp.up.trouble import UpTrouble

_READY_SECONDS = 60.0
_STOP_SECONDS = 20.0
_TICK_SECONDS = 0.25
_HEART_EVERY_SECONDS = 10.0
_DEAF_SECONDS = 60.0
_LOAD_DEMO = ("load_demo", "--verbosity", "0")


class Supervisor:
    """Starts in order, restarts what falls, stops in order."""

    def __init__(self, env: Environment, *, demo: bool) -> None:
        self.env = env
        self.demo = demo
        self.run_folder = env.var / "run"
        self.log = LogFile(env.var / "log" / "reviewapp.log")
        self.notes = leftovers.Notes(self.run_folder)
        self.cluster = Cluster.of(env.var) if env.database_is_embedded else None
        self.postgres: Child | None = None
        self.children: list[Child] = []
        self.asked_to_stop = 0
        self._lock: IO[str] | None = None
        self._door: socket.socket | None = None

    # Starting.

    def start(self) -> None:
        encoder.check(self.env.encoder)
        self._lock = leftovers.lock(self.run_folder / "up.lock")
        for name in self.notes.end_leftovers():
            say(f"  ended {name}, left by a start that was killed")
        self._door = door.open_door(self.env.port)
        if self.cluster is not None:
            self._start_postgres(self.cluster)
        self._prepare()
        self.children = self._programs(self._door.fileno())
        with step(f"starting {', '.join(child.name for child in self.children)}"):
            for child in self.children:
                child.start()
            self._wait_until_ready()

    def _start_postgres(self, cluster: Cluster) -> None:
        is_new = not (cluster.data / "PG_VERSION").exists()
        with step("making the embedded PostgreSQL" if is_new else "starting the embedded PostgreSQL"):
            # SIGINT is PostgreSQL's fast shutdown: also after a kill -9 of ours it ends cleanly.
            self.postgres = Child("postgres", (), self.log, self.notes, end_with_us=signal.SIGINT)
            try:
                cluster.start(self.postgres.start)
            except EmbeddedTrouble as trouble:
                raise UpTrouble(f"{trouble}\n{self.log.last_words('postgres')}") from None
            cluster.ensure_database()

    def _prepare(self) -> None:
        stamp = self.run_folder / "prepared"
        missing_demo = self.demo and not demo_file(self.env.var).exists()
        if missing_demo or prepare.is_needed(stamp, self.env.database_url):
            say("  preparing the database")
            prepare.run(stamp, self.env.database_url, *([_LOAD_DEMO] if self.demo else []))

    def _wait_until_ready(self) -> None:
        web = self.children[0]
        host = urlsplit(self.env.public_url).netloc
        answer = watch.wait_until_ready(
            self.env.port, host, _READY_SECONDS, lambda: bool(self.asked_to_stop) or _has_ended(web)
        )
        if answer and not self.asked_to_stop:
            raise UpTrouble(
                f"The web server does not get ready ({answer}). Its last words, from {self.log.file}:\n"
                f"{self.log.last_words('web')}"
            )

    def _programs(self, door_number: int) -> list[Child]:
        encoder = [self._encoder()] if self.env.encoder else []
        return [self._web(door_number), self._worker(), self._scheduler(), *encoder]

    def _web(self, door_number: int) -> Child:
        command = [
            *(sys.executable, "-m", "gunicorn", "reviewapp.wsgi"),
            *("--config", "python:reviewapp.gunicorn_config", "--bind", f"fd://{door_number}"),
        ]
        return self._child("web", command, pass_fds=(door_number,))

    def _worker(self) -> Child:
        return self._child("worker", _worker_of("score,export,deliver", threads=4))

    def _encoder(self) -> Child:
        """A worker of its own: only it loads a model, and only what waits for a vector waits for it.

        One of its threads encodes while the other answers a search. People's requests come first: `nice`.
        """
        return self._child("encoder", ["nice", "-n", "10", *_worker_of("embed", threads=2)])

    def _scheduler(self) -> Child:
        words = ("-m", "celery", "-A", "reviewapp.schedule", "beat", "--loglevel", "WARNING")
        return self._child("scheduler", [sys.executable, *words])

    def _child(self, name: str, command: list[str], pass_fds: tuple[int, ...] = ()) -> Child:
        # Two malloc arenas instead of eight per core: threads share them, and idle memory halves. What is
        # larger than a MiB goes back to the system when it is freed: glibc else learns to keep up to 32.
        env = {
            "PYTHONUNBUFFERED": "1",
            "MALLOC_ARENA_MAX": os.environ.get("MALLOC_ARENA_MAX", "2"),
            "MALLOC_MMAP_THRESHOLD_": os.environ.get("MALLOC_MMAP_THRESHOLD_", "1048576"),
        }
        return Child(name, command, self.log, self.notes, env=env, pass_fds=pass_fds)

    # Watching.

    def watch(self) -> None:
        """Until somebody asks to stop."""
        next_heart = time.monotonic() + _DEAF_SECONDS
        while not self.asked_to_stop:
            now = time.monotonic()
            self._look_after_postgres()
            for child in self.children:
                if news := child.look(now):
                    complain(f"{news}\n{self.log.last_words(child.name)}")
            if now >= next_heart:
                next_heart = now + _HEART_EVERY_SECONDS
                self._listen_to_the_heart(now)
            time.sleep(_TICK_SECONDS)

    def _look_after_postgres(self) -> None:
        if self.cluster is not None and self.postgres is not None and _has_ended(self.postgres):
            complain("PostgreSQL ended; starting it again")
            self.cluster.start(self.postgres.start)

    def _listen_to_the_heart(self, now: float) -> None:
        hearers = [child for child in self.children if child.name in ("worker", "scheduler")]
        if min(now - child.started_at for child in hearers) < _DEAF_SECONDS:
            return
        if watch.worker_is_deaf(self.env.database_url, _DEAF_SECONDS):
            complain("the worker's heart does not beat; starting worker and scheduler again")
            for child in hearers:
                child.restart(patience_seconds=5.0)

    # Stopping.

    def stop(self) -> None:
        for child in self.children:
            child.ask_to_stop()
        deadline = time.monotonic() + _STOP_SECONDS
        for child in self.children:
            if not child.make_stop(deadline):
                complain(f"{child.name} did not stop within {_STOP_SECONDS:.0f} s and was killed")
        if self.postgres is not None and self.postgres.process is not None:
            stop(self.postgres.process)
            self.notes.forget("postgres")
        if self._door is not None:
            self._door.close()
        if self._lock is not None:
            self._lock.close()

    def on_signal(self, number: int, frame: FrameType | None) -> None:
        self.asked_to_stop += 1
        if self.asked_to_stop == 1:
            say("\n  stopping (again: at once)")
        else:
            for child in self.children:
                if child.process is not None and child.process.poll() is None:
                    child.process.kill()


def _worker_of(queues: str, *, threads: int) -> list[str]:
    """A worker in threads: it has no child that could outlive it."""
    return [
        *(sys.executable, "-m", "celery", "-A", "reviewapp", "worker", "--loglevel", "WARNING"),
        *("--pool", "threads", "--concurrency", str(threads), "--queues", queues),
        *("--without-gossip", "--without-mingle", "--without-heartbeat"),
    ]


def _has_ended(child: Child) -> bool:
    return child.process is not None and child.process.poll() is not None


def demo_file(var: Path) -> Path:
    """Where `manage.py load_demo` leaves the logins that it made."""
    return var / "demo.json"


def tell(env: Environment, *, demo: bool) -> None:
    """The address, and who may log in to the demo."""
    say(f"\nreviewapp is ready: {env.public_url}/")
    if demo:
        about = json.loads(demo_file(env.var).read_text())
        for login in about["logins"]:
            say(f"  {login['role']:<12} {login['email']:<28} password {login['password']}")
        say(f"  {'API key':<12} {about['api_key']}")
    say(f"Ctrl-C stops it. Logs: {env.var / 'log'}")


def run(*, demo: bool) -> int:
    """The whole life of the group; the exit status."""
    os.umask(0o077)
    os.environ["REVIEWAPP_SUPERVISED"] = "1"
    if demo:
        os.environ["ENCODER"] = encoder.of_demo(os.environ.get("ENCODER"))
    env = environment.read()
    os.environ.update(REVIEWAPP_VAR=str(env.var), REVIEWAPP_PORT=str(env.port), ENCODER=env.encoder)
    os.chdir(environment.ROOT)
    supervisor = Supervisor(env, demo=demo)
    signal.signal(signal.SIGINT, supervisor.on_signal)
    signal.signal(signal.SIGTERM, supervisor.on_signal)
    try:
        supervisor.start()
        if not supervisor.asked_to_stop:
            tell(env, demo=demo)
        supervisor.watch()
    finally:
        supervisor.stop()
    say("  stopped")
    return 0
