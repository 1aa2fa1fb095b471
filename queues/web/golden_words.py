"""Golden items in words: when an output is right, and what came of holding one against them."""

from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from queues.models import Deviation
from queues.web.sentences.words import figure, percent

RULES = (
    ("normalised", lazy("the same but for case, width and spaces")),
    ("exact", lazy("exactly the same, character for character")),
    ("similarity", lazy("similar enough")),
    ("regex", lazy("a pattern is found in it")),
    ("number", lazy("its number is near enough")),
)
WHYS: dict[str, Promise] = {
    "same": lazy("as expected"),
    "alike": lazy("similar enough"),
    "matches": lazy("the pattern is found"),
    "within_tolerance": lazy("near enough"),
    "other_text": lazy("another text"),
    "not_alike": lazy("not similar enough"),
    "no_match": lazy("the pattern is not found"),
    "too_long_for_pattern": lazy("the output is too long to look for the pattern"),
    "no_number": lazy("no number in it"),
    "outside_tolerance": lazy("too far off"),
    "other_value": lazy("another value"),
}


def why_in_words(row: Deviation) -> str:
    """What came of it."""
    return str(WHYS.get(row.why, row.why))


def deviation_shown(row: Deviation | None) -> dict[str, Any] | None:
    """What a prediction was held against, for its page."""
    return None if row is None else {"row": row, "why": why_in_words(row)}


def rule_in_words(rule: dict[str, Any]) -> str:
    """When an output is right, by this rule."""
    match rule["kind"]:
        case "similarity":
            return _("at least %(share)s alike") % {"share": percent(rule["threshold"])}
        case "regex":
            return _("the pattern “%(pattern)s” is found in it") % {"pattern": rule["pattern"]}
        case "number":
            said = {
                "which": _("first") if rule.get("pick") == "first" else _("last"),
                "absolute": figure(rule.get("absolute", 0)),
                "relative": percent(rule.get("relative", 0)),
            }
            if not rule.get("absolute") and not rule.get("relative"):
                return _("its %(which)s number is that of the answer") % said
            return _("its %(which)s number is within %(absolute)s or %(relative)s of the answer") % said
    return str(dict(RULES).get(rule["kind"], rule["kind"]))
