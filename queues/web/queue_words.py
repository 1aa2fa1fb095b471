"""What was changed at a queue, in words."""

from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import Event
from queues.assign.orders import orders
from queues.numbers import percent

KINDS: dict[str, Promise] = {
    "queue.opened": gettext_lazy("opened the queue"),
    "queue.changed": gettext_lazy("changed the settings"),
    "queue.archived": gettext_lazy("closed the queue"),
    "queue.restored": gettext_lazy("opened the queue again"),
}
NAMES: dict[str, Promise] = {
    "name": gettext_lazy("name"),
    "purpose": gettext_lazy("what it is for"),
    "reviews_per_item": gettext_lazy("reviews per item"),
    "overlap_rate": gettext_lazy("share drawn for extra reviews"),
    "overlap_extra": gettext_lazy("extra reviews of a drawn item"),
    "blind_rate": gettext_lazy("share drawn for a blind review"),
    "check_rate": gettext_lazy("share of hidden checks"),
    "tells_checks": gettext_lazy("people are told of checks afterwards"),
    "training_checks": gettext_lazy("checks for training"),
    "qualifying_checks": gettext_lazy("checks for qualification"),
    "qualifying_share": gettext_lazy("share that must be right"),
    "due_hours": gettext_lazy("due after, in hours"),
    "lease_seconds": gettext_lazy("lease, in seconds"),
    "order": gettext_lazy("order of work"),
    "spread_by": gettext_lazy("diverse by"),
    "languages": gettext_lazy("languages needed"),
    "skills": gettext_lazy("skills needed"),
    "max_held": gettext_lazy("items at once"),
    "shows_scores": gettext_lazy("scores are told"),
    "session_goal": gettext_lazy("goal of a session"),
    "break_after": gettext_lazy("break after, in severe items"),
}


def changes_of(event: Event) -> tuple[str, list[tuple[str, str, str]]]:
    """What was done, and each setting that differs with its old and its new value."""
    what = str(KINDS.get(event.kind, event.kind))
    if event.kind != "queue.changed":
        return what, []
    before, after = event.before or {}, event.after or {}
    return what, [
        (str(NAMES.get(name, name)), _value(name, before.get(name)), _value(name, value))
        for name, value in after.items()
        if name != "version"
    ]


def _value(name: str, value: Any) -> str:
    if value is None or value in ("", []):
        return _("none")
    if isinstance(value, list):
        return ", ".join(map(str, value))
    if name == "order" and value in orders:
        return str(orders.get(value).label)
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if name.endswith(("_rate", "_share")):
        return percent(value, ".6g")
    return str(value)
