"""A real server on this machine that is told of events: it answers as it is told, and remembers."""

import base64
import hashlib
import hmac
import json
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

Answer = Callable[[int], tuple[int, dict[str, str]]]
"""The number of the request, from 1 → status and headers."""


@dataclass(frozen=True, slots=True)
class Heard:
    """One request, as it came."""

    path: str
    headers: dict[str, str]
    body: bytes

    @property
    def id(self) -> str:
        return self.headers["webhook-id"]

    @property
    def json(self) -> Any:
        return json.loads(self.body)


@dataclass
class Receiver:
    """heard: every request; drips: its answer never ends, a byte at a time."""

    answer: Answer = lambda _number: (204, {})
    seconds: float = 0.0
    drips: bool = False
    heard: list[Heard] = field(default_factory=list)
    port: int = 0

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/told"


@contextmanager
def receiving(receiver: Receiver, certificate: Path | None = None) -> Iterator[Receiver]:
    """The server, while the block runs; with a certificate (and its key, in one file) it speaks TLS."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            headers = {name.lower(): value for name, value in self.headers.items()}
            receiver.heard.append(Heard(self.path, headers, body))
            time.sleep(receiver.seconds)
            if receiver.drips:
                self._drip()
                return
            status, more = receiver.answer(len(receiver.heard))
            self.send_response(status)
            for name, value in {"Content-Length": "0", **more}.items():
                self.send_header(name, value)
            self.end_headers()

        def _drip(self) -> None:
            self.wfile.write(b"HTTP/1.1 200 OK\r\nX-Long: ")
            while True:
                self.wfile.write(b"x")
                self.wfile.flush()
                time.sleep(0.05)

        def log_message(self, *_words: Any) -> None:
            """Say nothing."""

        def handle(self) -> None:
            with suppress(OSError):  # the other side had enough
                super().handle()

    own = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    if certificate is not None:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate)
        own.socket = context.wrap_socket(own.socket, server_side=True)
    own.handle_error = lambda *_words: None  # type: ignore[method-assign]  # a handshake that was broken off
    receiver.port = own.server_address[1]
    thread = threading.Thread(target=own.serve_forever, daemon=True)
    thread.start()
    try:
        yield receiver
    finally:
        own.shutdown()
        own.server_close()


def is_signed(heard: Heard, secret: str) -> bool:
    """As a receiver that knows only the standard would look."""
    key = base64.b64decode(secret.split("_", 1)[1])
    signed = b".".join([heard.id.encode(), heard.headers["webhook-timestamp"].encode(), heard.body])
    wanted = "v1," + base64.b64encode(hmac.digest(key, signed, hashlib.sha256)).decode()
    return wanted in heard.headers["webhook-signature"].split(" ")
