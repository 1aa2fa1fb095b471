"""The port. The supervisor holds it and hands it to the web server, so nobody takes it during a restart."""

import errno
import socket

from reviewapp.up.trouble import UpTrouble

HOST = "127.0.0.1"
_BACKLOG = 512


def open_door(port: int) -> socket.socket:
    """A listening socket; its descriptor is for the web server."""
    door = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    door.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        door.bind((HOST, port))
    except OSError as error:
        door.close()
        raise UpTrouble(_sentence(port, error)) from None
    door.listen(_BACKLOG)
    return door


def _sentence(port: int, error: OSError) -> str:
    if error.errno == errno.EADDRINUSE:
        return (
            f"Port {port} is taken by another program. Stop that program, or choose another port:"
            f" REVIEWAPP_PORT={port + 1} make demo"
        )
    if error.errno == errno.EACCES:
        return f"This user may not open port {port}. Choose one above 1023: REVIEWAPP_PORT=8000 make demo"
    return f"Port {port} cannot be opened ({error.strerror}). Choose another one with REVIEWAPP_PORT."
