"""What the web server refuses by itself, before the application sees it: gunicorn's own parser."""

from gunicorn.config import Config
from gunicorn.http.errors import ParseException
from gunicorn.http.parser import RequestParser


def is_refused(method: str, path: str) -> bool:
    """Whether the server answers this request line by itself with a 4xx."""
    line = f"{method} {path} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode()
    try:
        next(RequestParser(Config(), iter([line]), ("127.0.0.1", 1)))
    except ParseException:
        return True
    return False
