"""What a view declares about who may enter it. No model is imported here: checks run before they load."""

from collections.abc import Callable, Mapping
from enum import Enum
from typing import Any

from accounts.roles import Permission


class Openness(Enum):
    """Views that belong to no project."""

    PUBLIC = "anybody"
    SIGNED_IN = "every active person"


Needed = Permission | frozenset[Permission]
"""A set: any one of these is enough."""

Access = Openness | Needed | Mapping[str, Needed]
"""A mapping gives what is needed per HTTP method (API views)."""

View = Callable[..., Any]


def access_of(view: View) -> Access | None:
    """What a view declares; None means that nobody may enter."""
    for holder in (view, getattr(view, "cls", None), getattr(view, "view_class", None)):
        for name in ("access", "permission"):
            if declared := getattr(holder, name, None):
                return declared
    return None


def declare(view: View, access: Access) -> View:
    view.access = access  # type: ignore[attr-defined]
    return view
