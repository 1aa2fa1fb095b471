"""The production shape: the programs of deploy/compose.yaml, started without containers."""

import itertools
import json
import os
import re
import secrets
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import psutil
import yaml

from reviewapp.tied import tied
from tests.flows.stack import ROOT, Stack, free_port

HOST = "review.example.org"
WEBS = ("web 1", "web 2")
_READY_SECONDS = 180
_COMPOSE: dict[str, Any] = yaml.safe_load((ROOT / "deploy/compose.yaml").read_text())
_IMAGE = (ROOT / "deploy/Dockerfile").read_text()


class Proxy(httpx.BaseTransport):
    """What stands in front: speaks https with people, says so to the web processes, and asks them in turn."""

    def __init__(self, ports: tuple[int, ...]) -> None:
        self._ports = itertools.cycle(ports)
        self._behind = httpx.HTTPTransport()

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        behind = httpx.Request(
            request.method,
            request.url.copy_with(scheme="http", host="127.0.0.1", port=next(self._ports)),
            headers={**request.headers, "X-Forwarded-Proto": "https"},
            stream=request.stream,
            extensions=request.extensions,
        )
        return self._behind.handle_request(behind)


@dataclass
class Production:
    """Two web servers behind a proxy, a worker, a scheduler; their one environment names the servers."""

    folder: Path
    database_url: str
    env: dict[str, str]
    ports: dict[str, int] = field(default_factory=lambda: {name: free_port() for name in WEBS})
    programs: dict[str, "subprocess.Popen[bytes]"] = field(default_factory=dict)
    prepared: str = ""

    @property
    def stack(self) -> Stack:
        return Stack(f"https://{HOST}", self.env, Proxy(tuple(self.ports.values())))

    def prepare(self) -> None:
        """What comes before the first start; the image has its static files from when it was built."""
        self.stack.manage("collectstatic", "--noinput")
        words = _words("prepare")
        assert words[1] == "manage.py"
        self.prepared = self.stack.manage(*words[2:])

    def start(self, name: str) -> None:
        command = _words(name.split()[0])
        if name in self.ports:
            command[command.index("--bind") + 1] = f"127.0.0.1:{self.ports[name]}"
        with (self.folder / f"{name}.log").open("ab") as log:
            self.programs[name] = subprocess.Popen(
                command,
                cwd=ROOT,
                env=self.env,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                preexec_fn=tied(signal.SIGTERM),
            )

    def kill(self, name: str) -> None:
        """As the power going away, for this program and all that it started."""
        parent = psutil.Process(self.programs[name].pid)
        for process in (*parent.children(recursive=True), parent):
            process.kill()
        self.programs.pop(name).wait()

    def stop(self) -> None:
        for program in self.programs.values():
            program.terminate()
        for program in self.programs.values():
            try:
                program.wait(timeout=30)
            except subprocess.TimeoutExpired:
                program.kill()
                program.wait()

    def wait_until_ready(self) -> None:
        """Every web server answers for itself."""
        end = time.monotonic() + _READY_SECONDS
        for name, port in self.ports.items():
            while not _is_ready(port):
                assert time.monotonic() < end, f"{name} is not ready: {self.said(name)}"
                time.sleep(0.1)

    def said(self, name: str) -> str:
        return (self.folder / f"{name}.log").read_text()[-3000:]


@contextmanager
def production(folder: Path, database_url: str, broker_url: str) -> Iterator[Production]:
    """All of it, from prepared and ready to stopped."""
    given = {
        "SECRET_KEY": secrets.token_urlsafe(50),
        "PUBLIC_URL": f"https://{HOST}",
        "TRUST_PROXY": "1",
        "DATABASE_URL": database_url,
        "BROKER_URL": broker_url,
        "STORAGE_URL": f"file://{folder}/files",
        "ENCODER": "",
    }
    shape = Production(folder, database_url, _environment(folder, given))
    try:
        shape.prepare()
        for name in (*WEBS, "worker", "scheduler"):
            shape.start(name)
        shape.wait_until_ready()
        yield shape
    finally:
        shape.stop()


def _environment(folder: Path, given: dict[str, str]) -> dict[str, str]:
    """What compose.yaml gives its programs and no more; `var` is where the image has it, in the small."""
    asked = _COMPOSE["x-reviewapp"]["environment"]
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG", "TMPDIR") if name in os.environ}
    image = {"REVIEWAPP_VAR": str(folder / "var"), "LOG_FORMAT": "json", "MALLOC_ARENA_MAX": "2"}
    return kept | image | {name: given[name] for name in asked}


def _words(service: str) -> list[str]:
    """The command of a service, or the image's own, with the Python that runs the tests."""
    written = _COMPOSE["services"][service].get("command")
    words = written.split() if written else _command_of_the_image()
    program = [sys.executable] if words[0] == "python" else [sys.executable, "-m", words[0]]
    return [*program, *words[1:]]


def _command_of_the_image() -> list[str]:
    found = re.search(r"^CMD (\[.*\])$", _IMAGE, re.MULTILINE)
    assert found, "deploy/Dockerfile has no CMD"
    return list(json.loads(found[1]))


def _is_ready(port: int) -> bool:
    try:
        # As the health check of the image: straight to the port, by the machine's own name.
        return httpx.get(f"http://127.0.0.1:{port}/readyz", timeout=10).status_code == 200
    except httpx.TransportError:
        return False
