"""A web server that a test stops and starts again at the same address, with every open connection cut."""

import socket
from contextlib import suppress
from typing import Any

from django.contrib.staticfiles.handlers import StaticFilesHandler
from django.core.servers.basehttp import ThreadedWSGIServer
from django.test.testcases import LiveServerThread, QuietWSGIRequestHandler


class _Server(ThreadedWSGIServer):
    """Remembers its connections: a browser keeps them open, and would be served on them after the stop."""

    def __init__(self, *arguments: Any, **settings: Any) -> None:
        super().__init__(*arguments, **settings)
        self.open: list[socket.socket] = []

    def get_request(self) -> Any:
        found = super().get_request()
        self.open.append(found[0])
        return found

    def server_close(self) -> None:
        super().server_close()
        for connection in self.open:
            with suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)


class _Thread(LiveServerThread):
    def _create_server(self, connections_override: Any = None) -> Any:
        return _Server(
            (self.host, self.port),
            QuietWSGIRequestHandler,
            allow_reuse_address=True,
            connections_override=connections_override,
        )


class Restartable:
    """The application behind one address, up or down."""

    def __init__(self) -> None:
        self.thread: _Thread | None = None
        self.port = 0
        self.start()

    @property
    def url(self) -> str:
        return f"http://localhost:{self.port}"

    def start(self) -> None:
        self.thread = _Thread("localhost", static_handler=StaticFilesHandler, port=self.port)
        self.thread.daemon = True
        self.thread.start()
        self.thread.is_ready.wait()
        if self.thread.error:
            raise self.thread.error
        self.port = self.thread.port

    def stop(self) -> None:
        if self.thread is not None:
            self.thread.terminate()
            self.thread = None
