"""Closed-loop callers: each has its own kept connection and waits for an answer before it asks again.

They run in processes of their own, several callers to a process as threads, because the driver shares
the machine with what it measures: this costs about 0.1 ms of one core per request.
"""

import http.client
import json
import multiprocessing
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

_spawn = multiprocessing.get_context("spawn")


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer; seconds: from the first byte sent to the last byte received."""

    status: int
    body: bytes
    seconds: float
    headers: http.client.HTTPMessage

    @property
    def json(self) -> Any:
        return json.loads(self.body)


class Caller:
    """One program or browser on one kept connection."""

    def __init__(self, port: int, **headers: str) -> None:
        self.headers = headers
        self._connection = http.client.HTTPConnection("127.0.0.1", port, timeout=120)

    def call(self, method: str, path: str, body: bytes | None = None, **headers: str) -> Answer:
        sent = {name.replace("_", "-"): value for name, value in {**self.headers, **headers}.items()}
        began = time.perf_counter()
        try:
            self._connection.request(method, path, body, sent)
            response = self._connection.getresponse()
        except (http.client.RemoteDisconnected, ConnectionResetError, BrokenPipeError):
            self._connection.close()  # the server ended an idle connection just as we wrote
            self._connection.request(method, path, body, sent)
            response = self._connection.getresponse()
        content = response.read()
        return Answer(response.status, content, time.perf_counter() - began, response.headers)

    def post(self, path: str, value: object) -> Answer:
        return self.call("POST", path, json.dumps(value).encode(), Content_Type="application/json")


def with_key(port: int, key: str) -> Caller:
    return Caller(port, Authorization=f"Bearer {key}")


@dataclass(slots=True)
class Work:
    """What the callers of one process did. began, ended: monotonic, the same clock in all processes."""

    began: float = 0.0
    ended: float = 0.0
    results: list[Any] = field(default_factory=list)


def run(job: Callable[..., Any], arguments: Sequence[tuple], *, processes: int = 2) -> Work:
    """`job(*one)` for each of `arguments`, all at once; what they returned and how long it took in all."""
    shares = [list(arguments[n::processes]) for n in range(processes)]
    with _spawn.Pool(processes) as pool:
        parts = pool.starmap(_threads, [(job, share) for share in shares if share], chunksize=1)
    return Work(
        min(part.began for part in parts),
        max(part.ended for part in parts),
        [result for part in parts for result in part.results],
    )


def _threads(job: Callable[..., Any], share: list[tuple]) -> Work:
    work = Work()
    failures: list[BaseException] = []

    def one(arguments: tuple) -> None:
        try:
            work.results.append(job(*arguments))
        except BaseException as error:  # noqa: BLE001 - told by the caller below
            failures.append(error)

    threads = [threading.Thread(target=one, args=(arguments,)) for arguments in share]
    work.began = time.monotonic()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    work.ended = time.monotonic()
    if failures:
        raise failures[0]
    return work
