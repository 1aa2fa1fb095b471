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

from reviewapp.client.ending import Away, Ending, Refused, Unusable
from reviewapp.client.told import problem_of

TRIES = 8
TRIES_UNREACHED = 3  # while no answer ever came: most likely the address is wrong, or nothing runs there
LONGEST_WAIT_SECONDS = 30.0
_ANSWER_BYTES = 64 * 1024 * 1024  # of the longest answer that is no file: a manifest
_ERROR_BYTES = 64 * 1024
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
            headers={
                "Authorization": f"Bearer {key}",
                "User-Agent": "reviewapp-client/1",
                # Packed, a small answer unpacks to any size, and a part of a file is none of its bytes.
                "Accept-Encoding": "identity",
            },
            timeout=_SECONDS,
            transport=transport,
            follow_redirects=False,
        )

    def get(self, path: str, params: Mapping[str, str] | None = None) -> bytes:
        """The answer at a path below the project."""
        return self._ask("GET", self._base + path, params=params)

    def post(self, path: str, body: bytes, headers: Mapping[str, str]) -> bytes:
        """The answer to a body."""
        return self._ask("POST", self._base + path, content=body, headers=headers)

    def health(self) -> int:
        """The status of /readyz."""
        try:
            with self._http.stream("GET", f"{self._root}/readyz") as response:
                return response.status_code
        except httpx.HTTPError:
            return 0

    @contextmanager
    def stream(self, path: str, headers: Mapping[str, str]) -> Iterator[httpx.Response]:
        """One try of a download below the project; a cut is Interrupted, which is the caller's to resume."""
        with self._noticing(), self._http.stream("GET", self._base + path, headers=headers) as response:
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

    def _ask(self, method: str, url: str, **sent: Any) -> bytes:
        failed = 0
        while True:
            try:
                with self._noticing(), self._http.stream(method, url, **sent) as response:
                    self._check(response)
                    return self._body_of(response)
            except Interrupted as why:
                failed += 1
                self.wait(failed, why)

    def _check(self, response: httpx.Response) -> None:
        """Nothing where the answer is good; else Refused, or Interrupted where another try may help."""
        self._has_answered = True
        if response.status_code in _AGAIN:
            told = response.headers.get("Retry-After", "")
            raise Interrupted(
                f"it answered {response.status_code}", float(told) if told.isdecimal() else None
            )
        if not response.is_success:
            raise _refusal(response)

    def _body_of(self, response: httpx.Response) -> bytes:
        if _is_packed(response):
            raise Unusable(f"{self._root} packed its answer, though it was asked not to.")
        body = _start_of(response, _ANSWER_BYTES)
        if len(body) > _ANSWER_BYTES:
            mebibytes = _ANSWER_BYTES // 1024**2
            raise Unusable(
                f"{self._root} answers with more than {mebibytes} MiB, and no answer is as long as that."
                " Is the address right?"
            )
        return body

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
    is_json = "json" in response.headers.get("Content-Type", "") and not _is_packed(response)
    problem = problem_of(_start_of(response, _ERROR_BYTES)) if is_json else {}
    detail = problem.get("detail")
    if not isinstance(detail, str) or not detail:
        detail = f"The server answered {response.status_code}; is the address right?"
    return Refused(detail, response.status_code, problem)


def _is_packed(response: httpx.Response) -> bool:
    return response.headers.get("Content-Encoding", "identity").strip().lower() not in ("", "identity")


def _start_of(response: httpx.Response, most: int) -> bytes:
    """The body; of one that is longer than `most`, that and one byte, at which reading ends."""
    read = bytearray()
    for chunk in response.iter_bytes():
        read += chunk
        if len(read) > most:
            break
    return bytes(read[: most + 1])
