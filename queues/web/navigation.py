"""The places of a project that a person sees in the bar, by what they may do there."""

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.roles import Permission


@dataclass(frozen=True, slots=True)
class Place:
    """One link of the bar."""

    label: str | Promise
    url: str
    is_current: bool
    letter: str = ""  # opens it after G


# In the order of the bar: the permission that opens the place, its name, its URL name.
PLACES: tuple[tuple[Permission, Promise, str], ...] = (
    (Permission.READ, _("Overview"), "web:project"),
    (Permission.ENTER, _("Queues"), "web:queues"),
    (Permission.SETTLE, _("Disputes"), "web:disputes"),
    (Permission.READ, _("Agreement"), "web:agreement"),
    (Permission.READ, _("Overrides"), "web:overrides"),
    (Permission.READ, _("Predictions"), "web:predictions"),
    (Permission.READ, _("Feedback"), "web:feedback"),
    (Permission.READ, _("Golden"), "web:golden"),
    (Permission.READ, _("Datasets"), "web:datasets"),
    (Permission.READ, _("Policy"), "web:policy"),
    (Permission.READ, _("Measures"), "web:measures"),
    (Permission.READ, _("Audit log"), "web:events"),
    (Permission.ENTER, _("API keys"), "accounts:keys"),
    (Permission.TUNE, _("People"), "accounts:people"),
)

LETTERS = {"web:queues": "q", "web:project": "d"}  # the dashboard is the overview


def places(request: Any) -> list[Place]:
    """The places that the caller may open in `request.project`."""
    project = getattr(request, "project", None)
    if project is None:
        return []
    held: frozenset[Permission] = getattr(request, "permissions", frozenset())
    addresses = _addresses(project.slug)
    found = [(label, addresses[name], name) for need, label, name in PLACES if need in held]
    # The overview's address begins all others, so it fits only itself.
    root = addresses["web:project"]
    fitting = [
        url
        for _label, url, _name in found
        if url == request.path or (url != root and request.path.startswith(url))
    ]
    current = max(fitting, key=len, default="")
    return [Place(label, url, url == current, LETTERS.get(name, "")) for label, url, name in found]


@lru_cache(maxsize=1_000)  # every page of a project draws them
def _addresses(slug: str) -> dict[str, str]:
    """The address of each place in a project."""
    return {name: reverse(name, args=[slug]) for _need, _label, name in PLACES}
