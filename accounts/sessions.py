"""How long a sign-in lasts: 24 hours at most, 8 hours without use.

The idle end is the session row's own expiry (SESSION_COOKIE_AGE), moved on at most every ten minutes,
so that a request in the middle of work does not write.
"""

import time
from typing import Any

from django.contrib import auth
from django.http import HttpRequest

LONGEST_SECONDS = 24 * 3600
MOVED_ON_SECONDS = 600
_BEGAN, _SEEN = "began", "seen"


def begin(request: HttpRequest, person: Any) -> None:
    """Sign the person in, with a new session id: one that was known before is worth nothing."""
    auth.login(request, person)
    request.session[_BEGAN] = request.session[_SEEN] = int(time.time())


def is_over(request: HttpRequest) -> bool:
    """True when the signed-in session has reached its longest life; moves its idle end on otherwise."""
    now = int(time.time())
    began = request.session.get(_BEGAN)
    if not isinstance(began, int):  # made by something other than `begin`, such as a test client
        request.session[_BEGAN] = request.session[_SEEN] = now
        return False
    if now - began >= LONGEST_SECONDS:
        return True
    if now - int(request.session.get(_SEEN, 0)) >= MOVED_ON_SECONDS:
        request.session[_SEEN] = now
    return False


def end(request: HttpRequest) -> None:
    """Sign out and throw the session away."""
    auth.logout(request)
