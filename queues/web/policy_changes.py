"""What changed between two policies, in words."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import orjson
from django.utils.translation import gettext as _

from queues.review.word_diff import Part, word_diff
from queues.route.changes import Change
from queues.web.sentences import read_rule, sentence_of, terms_of

# A word per change: its name for people, and the kind of its pill.
_PILLS = {"added": "good", "removed": "bad", "changed": "warn", "moved": ""}


@dataclass(frozen=True, slots=True)
class ShownChange:
    """One rule that differs. parts: a diff of its sentence; fields: what that does not say."""

    rule: str
    what: str
    pill: str
    parts: list[Part]
    fields: list[tuple[str, str, str]]


def in_words(found: Iterable[Change]) -> list[ShownChange]:
    """Changes as people read them."""
    names = {"added": _("added"), "removed": _("removed"), "changed": _("changed"), "moved": _("moved")}
    return [
        ShownChange(change.rule, names[change.what], _PILLS[change.what], *_told(change)) for change in found
    ]


def _told(change: Change) -> tuple[list[Part], list[tuple[str, str, str]]]:
    if change.what == "changed" and not (_is_readable(change.before) and _is_readable(change.after)):
        return [], _fields(change)
    before, after = _sentence(change.before), _sentence(change.after)
    parts = word_diff(before, after)
    is_told = any(part.kind != "same" for part in parts)
    if change.what in ("added", "removed") or is_told:
        return parts, _unsaid(change) if change.what == "changed" else []
    return parts, _fields(change)


def _is_readable(rule: Mapping[str, Any] | None) -> bool:
    return rule is not None and read_rule(dict(rule)) is not None


def _fields(change: Change) -> list[tuple[str, str, str]]:
    return [(name, _json(old), _json(new)) for name, (old, new) in change.fields.items()]


def _unsaid(change: Change) -> list[tuple[str, str, str]]:
    """Where a rule sends to and whether it is on: its sentences do not say so."""
    return [
        (name, _json(old), _json(new))
        for name, (old, new) in change.fields.items()
        if name in ("queue", "enabled", "draw")
    ]


def _sentence(rule: Mapping[str, Any] | None) -> str:
    if rule is None:
        return ""
    read = read_rule(dict(rule))
    if read is None:
        return orjson.dumps(dict(rule)).decode()
    return f"{sentence_of(read)} {terms_of(read)}"


def _json(value: object) -> str:
    return "–" if value is None else orjson.dumps(value).decode()
