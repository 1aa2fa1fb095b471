"""Requests to one project of one server, tried again while it is worth trying.

Everything that is sent here may be sent twice without harm: a record is its own idempotency key.
"""

import random
import re
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import httpx

from reviewapp.client.ending import Away, Ending, Refused

TRIES = 8
TRIES_UNREACHED = 3  # while no answer ever came: most likely the address is wrong, or nothing runs there
LONGEST_WAIT_SECONDS = 30.0
_AGAIN = {408, 425, 429, 500, 502, 503, 504}
_SECONDS = httpx.Timeout(60.0, connect=5.0)
_ERROR_NUMBER = re.compile(r"^\[Errno -?[0-9]+\] ")


class Interrupted(Exception):
    """No answer that counts, this time; `str` is why. seconds: how long the server asks to wait, or None."""

    def __init__(self, why: str, seconds: float | None = None) -> None:
        super().__init__(why)
        self.seconds = seconds


class Server:
    """One project, one key. say: told in one sentence whenever something is tried again."""

    def __init__(
        self,
        url: str,
        project: str,
        key: str,
        *,
        say: Callable[[str], None] = lambda _sentence: None,
        sleep: Callable[[float], None] = time.sleep,
        transport: httpx.BaseTransport | None = None,
    ) -> None:
        self._base = f"{url.rstrip('/')}/api/v1/projects/{project}/"
        self._root = url.rstrip("/")
        self._say, self._sleep = say, sleep
        self._has_answered = False
        # A redirect would carry the key elsewhere.
        self._http = httpx.Client(
            headers={"Authorization": f"Bearer {key}", "User-Agent": "reviewapp-client/1"},
            timeout=_SECONDS,
            transport=transport,
            follow_redirects=False,
        )

    def get(self, path: str, params: Mapping[str, str] | None = None) -> Any:
        """The JSON at a path below the project."""
        return self._ask("GET", self._base + path, params=params).json()

    def post(self, path: str, body: bytes, headers: Mapping[str, str]) -> Any:
        """The JSON answer to a body."""
        return self._ask("POST", self._base + path, content=body, headers=headers).json()

    def health(self) -> int:
        """The status of /readyz."""
        try:
            return self._http.get(f"{self._root}/readyz").status_code
        except httpx.HTTPError:
            return 0

    @contextmanager
    def stream(self, path: str, headers: Mapping[str, str]) -> Iterator[httpx.Response]:
        """One try of a download below the project; a cut is Interrupted, which is the caller's to resume."""
        with self._noticing(), self._http.stream("GET", self._base + path, headers=headers) as response:
            if response.status_code >= 400:
                response.read()
            self._check(response)
            yield response

    def wait(self, failed: int, why: Interrupted) -> None:
        """Before the next try, as long as the server says, else twice as long each time, spread a little.

        failed: tries so far that brought nothing. Away when they were enough.
        """
        tries = TRIES if self._has_answered else TRIES_UNREACHED
        if failed >= tries:
            raise self._away(why, tries)
        doubled = 0.5 * 2 ** max(failed - 1, 0) * random.uniform(0.5, 1.0)  # noqa: S311
        seconds = min(doubled if why.seconds is None else why.seconds, LONGEST_WAIT_SECONDS)
        what = "gave no answer" if self._has_answered else "cannot be reached"
        self._say(
            f"{self._root} {what}: {why}. Trying again in {seconds:.1f} s"
            f" ({failed + 1} of {tries}); Ctrl+C stops."
        )
        self._sleep(seconds)

    def _away(self, why: Interrupted, tries: int) -> Away:
        if self._has_answered:
            return Away(
                f"{self._root} gave no answer in {tries} tries: {why}. Try again later; nothing is lost."
            )
        return Away(
            f"{self._root} cannot be reached: {why}. Is the address right (--url, or REVIEWAPP_URL),"
            " and does it run?"
        )

    def _ask(self, method: str, url: str, **sent: Any) -> httpx.Response:
        failed = 0
        while True:
            try:
                with self._noticing():
                    return self._check(self._http.request(method, url, **sent))
            except Interrupted as why:
                failed += 1
                self.wait(failed, why)

    def _check(self, response: httpx.Response) -> httpx.Response:
        """The answer itself where it is good; else Refused, or Interrupted where another try may help."""
        self._has_answered = True
        if response.status_code in _AGAIN:
            told = response.headers.get("Retry-After", "")
            raise Interrupted(
                f"it answered {response.status_code}", float(told) if told.isdecimal() else None
            )
        if not response.is_success:
            raise _refusal(response)
        return response

    @contextmanager
    def _noticing(self) -> Iterator[None]:
        """What goes wrong on the way, as our exceptions."""
        try:
            yield
        except (httpx.UnsupportedProtocol, httpx.InvalidURL):
            raise Ending(
                f"{self._root} is no address of a server: it begins with http:// or https://."
            ) from None
        except httpx.TransportError as error:
            reason = _ERROR_NUMBER.sub("", str(error)) or type(error).__name__
            raise Interrupted(reason[:1].lower() + reason[1:]) from error


def _refusal(response: httpx.Response) -> Refused:
    is_json = "json" in response.headers.get("Content-Type", "")
    try:
        problem = response.json() if is_json else {}
    except ValueError:
        problem = {}
    detail = problem.get("detail") or f"The server answered {response.status_code}; is the address right?"
    return Refused(str(detail), response.status_code, problem)
