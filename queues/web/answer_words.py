"""Answers in words, whatever their kind: codes by their labels, places by their offsets."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

Labels = Mapping[str, str]


def in_words(key: str, value: Any, labels: Labels) -> str:
    """One answer as people read it; labels: as of `queues.web.labels.labels_of`."""
    if not isinstance(value, list):
        return _word(key, value, labels)
    if not value:
        return _("none")
    places = all(isinstance(one, dict) for one in value)
    return (
        "; ".join(_place(key, one, labels) for one in value)
        if places
        else ", ".join(_word(key, one, labels) for one in value)
    )


def _word(key: str, value: object, labels: Labels) -> str:
    return labels.get(f"{key}={value}", str(value))


def _place(key: str, place: Mapping[str, Any], labels: Labels) -> str:
    code = _word(key, place.get("category") or place.get("mark") or "", labels)
    severity = place.get("severity")
    named = f"{code}, {_word(key, severity, labels)}" if severity else code
    said = place.get("comment") or place.get("document")
    text = (
        _("%(code)s at %(start)s–%(end)s")
        if place.get("on") != "input"
        else _("%(code)s at %(start)s–%(end)s of the user's message")
    )
    told = text % {"code": named, "start": place.get("start"), "end": place.get("end")}
    return f"{told}: {said}" if said else told
