"""Requests to one project of one server, tried again while it is worth trying.

Everything that is sent here may be sent twice without harm: a record is its own idempotency key.
"""

import random
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import httpx

from reviewapp.client.ending import Away, Refused

TRIES = 8
LONGEST_WAIT_SECONDS = 30.0
_AGAIN = {408, 425, 429, 500, 502, 503, 504}
_SECONDS = httpx.Timeout(60.0, connect=10.0)


class Server:
    """One project, one key."""

    def __init__(
        self,
        url: str,
        project: str,
        key: str,
        *,
        sleep: Callable[[float], None] = time.sleep,
        transport: httpx.BaseTransport | None = None,
    ) -> None:
        self._base = f"{url.rstrip('/')}/api/v1/projects/{project}/"
        self._root = url.rstrip("/")
        self._sleep = sleep
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
        """One try of a download below the project; refusals are raised, cuts are the caller's to resume."""
        with self._http.stream("GET", self._base + path, headers=headers) as response:
            if response.status_code >= 400:
                response.read()
                raise _refusal(response)
            yield response

    def wait(self, tried: int, response: httpx.Response | None = None) -> None:
        """Before the next try: as long as the server says, else twice as long each time, spread a little."""
        told = response.headers.get("Retry-After", "") if response is not None else ""
        seconds = float(told) if told.isdecimal() else 0.5 * 2**tried * random.uniform(0.5, 1.0)  # noqa: S311
        self._sleep(min(seconds, LONGEST_WAIT_SECONDS))

    def _ask(self, method: str, url: str, **sent: Any) -> httpx.Response:
        reason = ""
        for tried in range(TRIES):
            response = None
            try:
                response = self._http.request(method, url, **sent)
            except httpx.TransportError as error:
                reason = str(error) or type(error).__name__
            if response is not None and response.status_code not in _AGAIN:
                if response.is_success:
                    return response
                raise _refusal(response)
            if response is not None:
                reason = f"it answered {response.status_code}"
            if tried < TRIES - 1:
                self.wait(tried, response)
        raise Away(
            f"{self._root} gave no answer in {TRIES} tries: {reason}. Try again later; nothing is lost."
        )


def _refusal(response: httpx.Response) -> Refused:
    is_json = "json" in response.headers.get("Content-Type", "")
    try:
        problem = response.json() if is_json else {}
    except ValueError:
        problem = {}
    detail = problem.get("detail") or f"The server answered {response.status_code}; is the address right?"
    return Refused(str(detail), response.status_code, problem)
