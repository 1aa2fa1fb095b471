"""A real HTTP server on this machine that answers as it is told, and remembers what it was asked."""

import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

JSON = "application/json"


@dataclass
class Server:
    """answer: a value that becomes JSON, bytes as they are, or a function of the request's body."""

    answer: Any = None
    status: int = 200
    content_type: str = JSON
    headers: dict[str, str] = field(default_factory=dict)
    seconds: float = 0.0
    asked: list[dict[str, Any]] = field(default_factory=list)
    port: int = 0

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/v1/answer"

    def body_for(self, body: Any) -> bytes:
        answer = self.answer(body) if callable(self.answer) else self.answer
        return answer if isinstance(answer, bytes) else json.dumps(answer).encode()


@contextmanager
def serving(server: Server) -> Iterator[Server]:
    """The server, while the block runs."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            server.asked.append({"body": body, "key": self.headers.get("Authorization"), "path": self.path})
            time.sleep(server.seconds)
            answer = server.body_for(body)
            self.send_response(server.status)
            for name, value in {"Content-Type": server.content_type, **server.headers}.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

        def log_message(self, *_words: Any) -> None:
            """Say nothing."""

        def handle(self) -> None:
            with suppress(BrokenPipeError, ConnectionResetError):  # the other side had enough
                super().handle()

    own = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.port = own.server_address[1]
    thread = threading.Thread(target=own.serve_forever, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        own.shutdown()
        own.server_close()
