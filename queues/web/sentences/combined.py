"""The words of conditions made of conditions: `all_of`, `any_of`, `none_of`."""

from collections.abc import Callable, Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from queues.route.combined import Combined
from queues.web.sentences.read import clause_of, reason_of
from queues.web.sentences.words import Text, Words, words


def _parts(rule: Combined) -> str:
    """The conditions within; those that are made of others stand in brackets."""
    texts = [
        _("(%(part)s)") % {"part": clause_of(part)} if isinstance(part, Combined) else clause_of(part)
        for part in rule.of
    ]
    return _("; ").join(texts)


def _all(rule: Combined) -> str:
    return _("Send when all of these hold: %(parts)s.") % {"parts": _parts(rule)}


def _any(rule: Combined) -> str:
    return _("Send when at least one of these holds: %(parts)s.") % {"parts": _parts(rule)}


def _none(rule: Combined) -> str:
    return _("Send when none of these holds: %(parts)s.") % {"parts": _parts(rule)}


def _all_clause(rule: Combined) -> str:
    return _("all of: %(parts)s") % {"parts": _parts(rule)}


def _any_clause(rule: Combined) -> str:
    return _("any of: %(parts)s") % {"parts": _parts(rule)}


def _none_clause(rule: Combined) -> str:
    return _("none of: %(parts)s") % {"parts": _parts(rule)}


def _reasons(reason: Mapping[str, Any]) -> str:
    """What held, one sentence after the other."""
    return " ".join(reason_of(part) for part in reason["of"])


def _no_reason(_reason: Mapping[str, Any]) -> str:
    return _("None of the conditions that the rule excludes holds.")


def _form(_document: Mapping[str, Any]) -> Text:
    return ""


def _register(
    kind: str,
    label: Text,
    purpose: Text,
    rule: Callable[[Any], str],
    clause: Callable[[Any], str],
    reason: Callable[[Mapping[str, Any]], str],
) -> None:
    blank = {"of": [{"kind": "attribute", "attribute": "locale", "values": ["en"]}]}
    words.register(kind)(
        Words(
            label=label,
            purpose=purpose,
            rule=rule,
            clause=clause,
            reason=reason,
            form=_form,
            part=_form,
            blank=blank,
        )
    )


_register(
    "all_of",
    lazy("All of"),
    lazy("What every one of several conditions picks: “and”. With a random draw, the audit of a part."),
    _all,
    _all_clause,
    _reasons,
)
_register(
    "any_of",
    lazy("Any of"),
    lazy("What at least one of several conditions picks: “or”."),
    _any,
    _any_clause,
    _reasons,
)
_register(
    "none_of",
    lazy("None of"),
    lazy("What none of several conditions picks: “not”."),
    _none,
    _none_clause,
    _no_reason,
)
