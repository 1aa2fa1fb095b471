"""The words of `safety_flagged`."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from queues.route.rules.safety_flagged import SafetyFlagged
from queues.web.sentences.lists import either
from queues.web.sentences.words import Control, Text, Words, said, words

SEVERITIES = {
    "low": lazy("low"),
    "medium": lazy("medium"),
    "high": lazy("high"),
    "severe": lazy("severe"),
}


def _rule(rule: SafetyFlagged) -> str:
    match "*" in rule.categories, bool(rule.components):
        case True, False:
            text = _("Send when a detector flagged anything of severity %(severity)s or worse.")
        case True, True:
            text = _("Send when %(components)s flagged anything of severity %(severity)s or worse.")
        case False, False:
            text = _("Send when a detector flagged %(categories)s with severity %(severity)s or worse.")
        case _:
            text = _("Send when %(components)s flagged %(categories)s with severity %(severity)s or worse.")
    return text % _said(rule)


def _clause(rule: SafetyFlagged) -> str:
    match "*" in rule.categories, bool(rule.components):
        case True, False:
            text = _("a detector flagged anything of severity %(severity)s or worse")
        case True, True:
            text = _("%(components)s flagged anything of severity %(severity)s or worse")
        case False, False:
            text = _("a detector flagged %(categories)s with severity %(severity)s or worse")
        case _:
            text = _("%(components)s flagged %(categories)s with severity %(severity)s or worse")
    return text % _said(rule)


def _said(rule: SafetyFlagged) -> dict[str, object]:
    return {
        "categories": either(rule.categories),
        "components": either(rule.components),
        "severity": SEVERITIES[rule.min_severity],
    }


def _reason(reason: Mapping[str, Any]) -> str:
    return _("%(component)s flagged the category “%(category)s”, severity %(severity)s.") % said(reason)


def _form(_document: Mapping[str, Any]) -> Text:
    return lazy("Send when %(components)s flagged %(categories)s with severity %(min_severity)s or worse")


def _part(_document: Mapping[str, Any]) -> Text:
    return lazy("%(components)s flagged %(categories)s with severity %(min_severity)s or worse")


words.register("safety_flagged")(
    Words(
        label=lazy("Flagged by a detector"),
        purpose=lazy("What a safety or privacy detector objected to, your own filters among them."),
        rule=_rule,
        clause=_clause,
        reason=_reason,
        form=_form,
        part=_part,
        blank={"categories": ["*"], "min_severity": "medium", "priority": 90, "due_hours": 4},
        controls={
            "components": Control(
                lazy("Detectors"),
                help=lazy("One a line; none: whichever."),
            ),
            "categories": Control(
                lazy("Categories"),
                help=lazy("One a line: a category or a group such as “hate”; * for all."),
            ),
            "min_severity": Control(lazy("Least severity"), choices=tuple(SEVERITIES.items())),
        },
    )
)
