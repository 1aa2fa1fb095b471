"""The whole product as its users have it: `manage.py up` in a folder of its own, reached over HTTP only."""

import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from html import unescape
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import httpx

ROOT = Path(__file__).resolve().parent.parent.parent
PASSWORD = "a long enough pass phrase"
_START_SECONDS = 300


@dataclass(frozen=True, slots=True)
class Stack:
    """A running group: its address, how to run its commands, and how requests get there if not straight."""

    url: str
    env: dict[str, str]
    transport: httpx.BaseTransport | None = None

    def client(self, **settings: Any) -> httpx.Client:
        return httpx.Client(transport=self.transport, **settings)

    def manage(self, *arguments: str) -> str:
        """What a management command prints."""
        done = subprocess.run(
            [sys.executable, "manage.py", *arguments],
            cwd=ROOT,
            env=self.env,
            capture_output=True,
            text=True,
            timeout=300,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout


@contextmanager
def running(folder: Path, **extra_env: str) -> Iterator[Stack]:
    """The group, from ready to stopped."""
    port = free_port()
    left_out = ("DATABASE_URL", "SECRET_KEY", "DJANGO_SETTINGS_MODULE")
    env = {name: value for name, value in os.environ.items() if name not in left_out}
    env |= {"REVIEWAPP_VAR": str(folder), "REVIEWAPP_PORT": str(port)} | extra_env
    group = subprocess.Popen(
        [sys.executable, "manage.py", "up"],
        cwd=ROOT,
        env=env,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    try:
        _wait_until_ready(f"http://127.0.0.1:{port}", group)
        yield Stack(f"http://127.0.0.1:{port}", env)
    finally:
        group.send_signal(signal.SIGINT)
        try:
            group.communicate(timeout=40)
        except subprocess.TimeoutExpired:
            group.kill()
            raise


def _wait_until_ready(url: str, group: "subprocess.Popen[str]") -> None:
    end = time.monotonic() + _START_SECONDS
    while time.monotonic() < end:
        if group.poll() is not None:
            raise AssertionError(f"the group ended: {group.communicate()[0]}")
        try:
            if httpx.get(f"{url}/readyz").status_code == 200:
                return
        except httpx.TransportError:
            pass
        time.sleep(0.2)
    raise AssertionError("the group is not ready after two minutes")


def free_port() -> int:
    with socket.socket() as door:
        door.bind(("127.0.0.1", 0))
        return int(door.getsockname()[1])


class _Forms(HTMLParser):
    """The hidden and filled-in fields of each form of a page, by the form's id or action."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.forms: dict[str, dict[str, str]] = {}
        self.actions: dict[str, str] = {}
        self._name = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = {name: value or "" for name, value in attrs}
        if tag == "form":
            self._name = found.get("id") or found.get("action", "")
            self.forms[self._name] = {}
            self.actions[self._name] = found.get("action", "")
        elif tag == "input" and self._name and found.get("type") == "hidden":
            self.forms[self._name][found.get("name", "")] = found.get("value", "")

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._name = ""


class Browser:
    """A person at the pages without a script: follows links, fills forms, posts them."""

    def __init__(self, stack: Stack) -> None:
        self.http = stack.client(base_url=stack.url, follow_redirects=True, timeout=60)

    def open(self, path: str) -> str:
        answer = self.http.get(path)
        assert answer.status_code == 200, (path, answer.status_code, answer.text[:500])
        return answer.text

    def post(self, path: str, fields: dict[str, Any]) -> httpx.Response:
        """Post a form with this client's CSRF token."""
        name = "__Host-csrf" if self.http.base_url.scheme == "https" else "csrf"
        token = {"csrfmiddlewaretoken": self.http.cookies.get(name, "")}
        return self.http.post(
            path, data=token | fields, headers={"Origin": str(self.http.base_url).rstrip("/")}
        )

    def sign_in(self, email: str, password: str) -> None:
        self.open("/login/")
        answer = self.post("/login/", {"email": email, "password": password})
        assert answer.status_code == 200, answer.text[:500]
        assert "/login/" not in str(answer.url), "the login was refused"

    def choose_password(self, present: str) -> None:
        """Exchange a one-time password for one's own."""
        answer = self.post("/me/password/", {"present": present, "new": PASSWORD, "again": PASSWORD})
        assert answer.status_code == 200, answer.text[:500]

    def new_key(self, project: str, *scopes: str) -> str:
        """An API key, read where it is shown for the only time."""
        answer = self.post(
            f"/projects/{project}/keys/", {"name": "flow", "scopes": list(scopes), "days": "1"}
        )
        found = re.search(r"rk_[A-Za-z0-9_-]+_[A-Za-z0-9_-]{20,}", unescape(answer.text))
        assert found, answer.text[:2000]
        return found[0]


def forms_of(page: str) -> _Forms:
    parser = _Forms()
    parser.feed(page)
    return parser


class Api:
    """A program with a key."""

    def __init__(self, stack: Stack, project: str, key: str) -> None:
        # No base_url: joined to one, "predictions:batch" would be an address of the scheme "predictions".
        self.root = f"{stack.url}/api/v1/projects/{project}"
        self.http = stack.client(headers={"Authorization": f"Bearer {key}"}, timeout=120)

    def call(self, method: str, path: str, *, status: int | tuple[int, ...] = 200, **request: Any) -> Any:
        """The JSON that a call answers; fails with the problem when the status is another."""
        answer = self.http.request(method, f"{self.root}/{path}", **request)
        expected = (status,) if isinstance(status, int) else status
        assert answer.status_code in expected, (method, path, answer.status_code, answer.text[:1000])
        is_json = "json" in answer.headers.get("Content-Type", "")
        return answer.json() if is_json and answer.content else None

    def every(self, path: str, **query: Any) -> list[dict[str, Any]]:
        """All rows of a list, page after page."""
        rows: list[dict[str, Any]] = []
        cursor: str | None = None
        while True:
            page = self.call(
                "GET", path, params=query | {"limit": 1000} | ({"cursor": cursor} if cursor else {})
            )
            rows += page["items"]
            cursor = page["next_cursor"]
            if cursor is None:
                return rows
