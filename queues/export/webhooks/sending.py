"""One POST to an address that somebody of a project named: bounded in time and size, never led elsewhere."""

import http.client
import socket
import ssl
import threading
import time
from collections.abc import Mapping, Sequence
from contextlib import closing, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from queues.export.webhooks import address
from queues.export.webhooks.address import Place, Target
from queues.models import Problem

SECONDS = 10.0  # for all of it: the name, the connection, the answer
_REFUSED = {"url.unresolved": Problem.UNRESOLVED}


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back. retry_after: seconds for which it asked to be left alone, None if it did not."""

    status: int
    retry_after: float | None


class NotSentError(Exception):
    """There was no answer; whether it was heard all the same, nobody knows."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem)
        self.problem = problem


def post(url: str, body: bytes, headers: Mapping[str, str]) -> Answer:
    """What it answered, whatever that is; a redirect is an answer like any other. Raises NotSentError."""
    until = time.monotonic() + SECONDS
    try:
        target = address.target_of(url)  # the operator may have named fewer origins since it was saved
        places = address.resolve(target, seconds=SECONDS)
    except address.Refused as refusal:
        raise NotSentError(_REFUSED.get(refusal.code, Problem.REFUSED)) from refusal
    connection = _Pinned(target, places, until)
    alarm = threading.Timer(max(until - time.monotonic(), 0.01), connection.cut)
    alarm.daemon = True
    alarm.start()
    with closing(connection):
        try:
            return _ask(connection, target, body, headers)
        except Exception as error:  # what a hostile answer raises in a parser, nobody can list
            raise NotSentError(_problem(error, is_late=time.monotonic() >= until)) from error
        finally:
            alarm.cancel()


class _Pinned(http.client.HTTPConnection):
    """Speaks to the addresses that were looked at, whatever the name means by now."""

    def __init__(self, target: Target, places: Sequence[Place], until: float) -> None:
        super().__init__(target.host, target.port)
        self._is_tls = target.scheme == "https"
        self.default_port = 443 if self._is_tls else 80  # of the header Host
        self._places, self._until = places, until

    def connect(self) -> None:
        self.sock = self._reach()
        if self._is_tls:
            context = ssl.create_default_context()
            # Wrapped first and greeted then, so that `cut` reaches the socket that waits.
            self.sock = context.wrap_socket(
                self.sock, server_hostname=self.host, do_handshake_on_connect=False
            )
            self.sock.do_handshake()

    def _reach(self) -> socket.socket:
        failed: OSError = OSError("no address")
        for place in self._places:
            reached = socket.socket(place.family, socket.SOCK_STREAM)
            reached.settimeout(max(self._until - time.monotonic(), 0.01))
            try:
                reached.connect(place.address)
            except OSError as error:
                reached.close()
                failed = error
            else:
                return reached
        raise failed

    def check_in_time(self) -> None:
        if time.monotonic() >= self._until:
            raise TimeoutError

    def cut(self) -> None:
        """The time is over: whoever waits for a byte of it waits no longer."""
        with suppress(OSError, AttributeError):
            self.sock.shutdown(socket.SHUT_RDWR)


def _ask(connection: _Pinned, target: Target, body: bytes, headers: Mapping[str, str]) -> Answer:
    own = {"Content-Type": "application/json", "User-Agent": "reviewapp-webhooks/1", "Connection": "close"}
    connection.request("POST", target.path, body, {**own, **headers})
    response = connection.getresponse()
    connection.check_in_time()  # a line that was cut looks like the end of the headers
    # The answer is its status; its body is not read, for it may have no end.
    return Answer(response.status, _seconds_of(response.headers.get("Retry-After")))


def _problem(error: Exception, *, is_late: bool) -> Problem:
    if is_late or isinstance(error, TimeoutError):
        return Problem.TIMEOUT
    if isinstance(error, ssl.SSLError):
        return Problem.TLS
    # A line is closed before it said anything: a kind of OSError to Python, and to us as well.
    return Problem.UNREACHABLE if isinstance(error, OSError) else Problem.NO_HTTP


def _seconds_of(text: str | None) -> float | None:
    """Retry-After: seconds, or a date; None for anything else."""
    if text is None:
        return None
    if text.isascii() and text.isdigit() and len(text) < 10:
        return float(text)
    try:
        moment = parsedate_to_datetime(text)
    except (ValueError, OverflowError, TypeError):  # a date that no calendar has
        return None
    moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return max((moment - datetime.now(UTC)).total_seconds(), 0.0)
