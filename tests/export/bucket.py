"""A small server that speaks as much of S3 as files of a release need: the real client talks to it."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from urllib.parse import parse_qs, unquote, urlsplit
from xml.sax.saxutils import escape

_FROM = re.compile(r"bytes=(\d+)-")


@dataclass(slots=True)
class Served:
    """files: by bucket and key; sent: how many bytes of files it gave out."""

    files: dict[str, bytes] = field(default_factory=dict)
    sent: int = 0
    url: str = ""


@contextmanager
def bucket_server() -> Iterator[Served]:
    """One on a free port of this machine."""
    served = Served()
    server = ThreadingHTTPServer(("127.0.0.1", 0), _handler_of(served))
    served.url = f"http://127.0.0.1:{server.server_address[1]}"
    thread = Thread(target=server.serve_forever)
    thread.start()
    try:
        yield served
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def _handler_of(served: Served) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_PUT(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            is_in_pieces = "aws-chunked" in self.headers.get("Content-Encoding", "")
            served.files[self._key()] = _joined(body) if is_in_pieces else body
            self._answer(200)

        def do_GET(self) -> None:
            if "/" not in self._key():  # of a bucket
                self._answer(200, self._listed())
                return
            found = served.files.get(self._key())
            asked = _FROM.fullmatch(self.headers.get("Range", ""))
            start = int(asked[1]) if asked else 0
            if found is None:
                self._answer(404)
            elif asked and start >= len(found):
                self._answer(416)
            else:
                self._answer(206 if asked else 200, found[start:])

        def do_HEAD(self) -> None:
            found = served.files.get(self._key())
            self._answer(404 if found is None else 200, found or b"", is_told=False)

        def do_DELETE(self) -> None:
            served.files.pop(self._key(), None)
            self._answer(204)

        def _key(self) -> str:
            return unquote(urlsplit(self.path).path).strip("/")

        def _listed(self) -> bytes:
            prefix = f"{self._key()}/{parse_qs(urlsplit(self.path).query).get('prefix', [''])[0]}"
            keys = [key.split("/", 1)[1] for key in served.files if key.startswith(prefix)]
            told = "".join(f"<Contents><Key>{escape(key)}</Key></Contents>" for key in keys)
            return f"<ListBucketResult>{told}</ListBucketResult>".encode()

        def _answer(self, status: int, body: bytes = b"", *, is_told: bool = True) -> None:
            self.send_response(status)
            if status != 204:
                self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            if is_told and body:
                served.sent += self.wfile.write(body)

        def log_message(self, *_arguments: object) -> None:
            """Nothing: tests look at what was sent."""

    return Handler


def _joined(body: bytes) -> bytes:
    """What was sent in pieces, each behind its length; checksums follow the last."""
    whole = b""
    while True:
        length, _end, body = body.partition(b"\r\n")
        size = int(length.split(b";")[0], 16)
        if not size:
            return whole
        whole, body = whole + body[:size], body[size + 2 :]
