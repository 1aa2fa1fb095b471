"""The settings of a queue: what a lead may set, and within which bounds. The constraints hold the same."""

import math
from collections.abc import Iterator, Mapping
from typing import Any

from django.utils.translation import gettext as _

from accounts.names import is_plain
from queues.assign.working import word_faults
from queues.errors import Fault, Invalid
from queues.models import BOUNDS, SpreadBy, WorkOrder
from queues.numbers import localized

LEASE_BOUNDS = (10, 86_400)  # seconds
NAME_LONGEST = 120
PURPOSE_LONGEST = 2_000
SETTINGS = (
    "name",
    "purpose",
    "reviews_per_item",
    "overlap_rate",
    "overlap_extra",
    "blind_rate",
    "check_rate",
    "tells_checks",
    "training_checks",
    "qualifying_checks",
    "qualifying_share",
    "due_hours",
    "lease_seconds",
    "order",
    "spread_by",
    "languages",
    "skills",
    "max_held",
    "shows_scores",
    "session_goal",
    "break_after",
)
MAY_BE_NONE = frozenset({"due_hours", "session_goal", "break_after"})


def check(settings: Mapping[str, Any]) -> None:
    """Invalid with every fault of these settings."""
    if faults := list(_faults(settings)):
        raise Invalid(_("The settings were not stored: see the marked places."), faults)


def _faults(settings: Mapping[str, Any]) -> Iterator[Fault]:
    yield from _name_faults(settings)
    yield from _choice_faults(settings)
    for name in ("languages", "skills"):
        yield from word_faults(name, settings.get(name) or ())
    for name, (low, high) in {**BOUNDS, "lease_seconds": LEASE_BOUNDS}.items():
        value = settings.get(name)
        if name not in settings or (value is None and name in MAY_BE_NONE):
            continue
        if value is None or not math.isfinite(value) or not low <= value <= high:
            yield Fault(f"/{name}", "queue.bounds", _between(low, high))


def _between(low: int, high: int) -> str:
    return _("Choose a number between %(low)s and %(high)s.") % {
        "low": localized(low),
        "high": localized(high),
    }


def _choice_faults(settings: Mapping[str, Any]) -> Iterator[Fault]:
    for name, choices in (("order", WorkOrder.values), ("spread_by", SpreadBy.values)):
        if name in settings and settings[name] not in choices:
            detail = _("Choose one of these: %(choices)s.") % {"choices": ", ".join(choices)}
            yield Fault(f"/{name}", "queue.choice", detail)


def _name_faults(settings: Mapping[str, Any]) -> Iterator[Fault]:
    name = settings.get("name")
    if name is not None and not (0 < len(name.strip()) <= NAME_LONGEST and is_plain(name)):
        detail = _("Give a name of at most %(max)d characters, without control characters.")
        yield Fault("/name", "queue.name", detail % {"max": NAME_LONGEST})
    if len(settings.get("purpose") or "") > PURPOSE_LONGEST:
        detail = _("Say it in at most %(max)d characters.") % {"max": PURPOSE_LONGEST}
        yield Fault("/purpose", "queue.purpose", detail)
