"""filter/1: which verdicts belong to a dataset. An allow-list of names; everything else is a fault."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any

from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _

from accounts.json_pointer import escaped
from accounts.storable import is_storable
from queues.errors import Fault
from queues.models import Basis, Decision

VALUES_MAX = 100
VALUE_LENGTH_MAX = 200
REVIEWS_MAX = 20


@dataclass(frozen=True, slots=True)
class Filter:
    """What a dataset asks for; an empty field asks nothing. Several values of one field: any of them.

    decided_after is inclusive, decided_before exclusive, so that months can be put side by side.
    """

    queues: tuple[str, ...] = ()  # slugs
    decisions: tuple[str, ...] = ()
    basis: tuple[str, ...] = ()
    locales: tuple[str, ...] = ()
    model_versions: tuple[str, ...] = ()
    environments: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    reasons: tuple[str, ...] = ()  # reason codes of the verdict
    decided_after: datetime | None = None
    decided_before: datetime | None = None
    min_reviews: int = 0

    def as_document(self) -> dict[str, object]:
        """The document that gives this filter, with only what it asks."""
        return {
            name: _plain(value) for name in (f.name for f in fields(self)) if (value := getattr(self, name))
        }


_CHOICES = {
    "decisions": [value for value in Decision.values if value != Decision.ESCALATE],
    "basis": list(Basis.values),
}
_TIMES = ("decided_after", "decided_before")
_LISTS = tuple(f.name for f in fields(Filter) if f.name not in _TIMES and f.name != "min_reviews")


def parse(document: object) -> tuple[Filter, list[Fault]]:
    """The filter of a document, and all that is wrong with it (pointers below /filter)."""
    if not isinstance(document, Mapping):
        return Filter(), [Fault("/filter", "filter.type", _("The filter must be an object."))]
    known = {name: value for name, value in document.items() if name in _LISTS + _TIMES + ("min_reviews",)}
    faults = [_unknown(name) for name in document if name not in known]
    for name in known:
        faults += _faults(name, known[name])
    if faults:
        return Filter(), faults
    return Filter(**{name: _value(name, value) for name, value in known.items()}), []


def _faults(name: str, value: object) -> Iterator[Fault]:
    if name in _TIMES:
        if _time(value) is None:
            yield Fault(
                f"/filter/{name}",
                "filter.time",
                _("Give a time with its offset, such as 2026-01-31T00:00:00Z."),
            )
    elif name == "min_reviews":
        if type(value) is not int or not 0 <= value <= REVIEWS_MAX:
            yield Fault(
                f"/filter/{name}",
                "filter.number",
                _("Give a whole number from 0 to %(max)d.") % {"max": REVIEWS_MAX},
            )
    elif not isinstance(value, list) or len(value) > VALUES_MAX:
        yield Fault(
            f"/filter/{name}", "filter.list", _("Give a list of at most %(max)d texts.") % {"max": VALUES_MAX}
        )
    else:
        yield from _faults_in_list(name, value)


def _faults_in_list(name: str, values: list[object]) -> Iterator[Fault]:
    choices = _CHOICES.get(name)
    for index, value in enumerate(values):
        pointer = f"/filter/{name}/{index}"
        if not isinstance(value, str) or not 0 < len(value) <= VALUE_LENGTH_MAX or not is_storable(value):
            yield Fault(
                pointer,
                "filter.text",
                _("Give a text of 1 to %(max)d characters.") % {"max": VALUE_LENGTH_MAX},
            )
        elif choices and value not in choices:
            yield Fault(
                pointer, "filter.choice", _("Use one of: %(choices)s.") % {"choices": ", ".join(choices)}
            )


def _unknown(name: object) -> Fault:
    allowed = ", ".join((*_LISTS, *_TIMES, "min_reviews"))
    pointer = "/filter/" + escaped(str(name))[:100]
    return Fault(pointer, "filter.unknown", _("No such filter. Use: %(allowed)s.") % {"allowed": allowed})


def _time(value: object) -> datetime | None:
    """RFC 3339 with an offset; None for anything else."""
    try:
        time = parse_datetime(value) if isinstance(value, str) else None
    except ValueError:  # the shape of a time, but no such day
        return None
    return time if time is not None and time.tzinfo is not None else None


def _value(name: str, value: object) -> Any:
    if name in _TIMES:
        return _time(value)
    return tuple(dict.fromkeys(value)) if isinstance(value, list) else value


def _plain(value: object) -> object:
    if isinstance(value, datetime):
        return value.isoformat()
    return list(value) if isinstance(value, tuple) else value
