"""The words of `uncertain`."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from queues.numbers import localized
from queues.route.rules.uncertain import Uncertain
from queues.score.compute import NOT_FOR_RULES, known_names
from queues.web.sentences.words import Choices, Control, Text, Words, figure, percent, said, words


def _rule(rule: Uncertain) -> str:
    match rule.by:
        case "rank":
            text = _(
                "Send when the rank of %(measure)s is at least %(threshold)s:"
                " about the most uncertain %(share)s."
            )
        case "probability":
            text = _("Send when the probability of an error, by %(measure)s, is at least %(threshold)s.")
        case "top_per_day":
            text = _("Send the %(per_day)s most uncertain of a day, by %(measure)s.")
        case _:
            text = _("Send when %(measure)s is at least %(threshold)s.")
    return text % _said(rule)


def _clause(rule: Uncertain) -> str:
    match rule.by:
        case "rank":
            text = _("the rank of %(measure)s is at least %(threshold)s")
        case "probability":
            text = _("the probability of an error, by %(measure)s, is at least %(threshold)s")
        case "top_per_day":
            text = _("it is among the %(per_day)s most uncertain of a day, by %(measure)s")
        case _:
            text = _("%(measure)s is at least %(threshold)s")
    return text % _said(rule)


def _said(rule: Uncertain) -> dict[str, str]:
    threshold = rule.threshold or 0.0
    return {
        "measure": rule.measure,
        "threshold": figure(rule.threshold),
        "share": percent(1 - threshold) if 0 <= threshold <= 1 else "",
        "per_day": localized(rule.per_day) if rule.per_day else "",
    }


def _reason(reason: Mapping[str, Any]) -> str:
    match reason.get("by"):
        case "rank":
            text = _("%(measure)s ranks %(rank)s among its like; the rule asks for %(threshold)s or more.")
        case "probability":
            text = _(
                "A reviewer finds an error with probability %(probability)s, by %(measure)s;"
                " the rule asks for %(threshold)s or more."
            )
        case "top_per_day":
            text = _(
                "%(measure)s ranks %(rank)s among its like: among the most uncertain of the day, which began"
                " at %(threshold)s."
            )
        case _:
            text = _("%(measure)s is %(score)s; the rule asks for %(threshold)s or more.")
    return text % said(reason)


def _form(document: Mapping[str, Any]) -> Text:
    if document.get("by") == "top_per_day":
        return lazy("Send %(by)s of %(measure)s: %(per_day)s a day")
    return lazy("Send when %(by)s of %(measure)s is at least %(threshold)s")


def _tidy(document: dict[str, Any]) -> dict[str, Any]:
    """The top of a day finds its threshold by itself; all other ways need one."""
    needed, senseless, first = (
        ("per_day", "threshold", 200)
        if document.get("by") == "top_per_day"
        else ("threshold", "per_day", 0.9)
    )
    has_just_changed = document.get(senseless) is not None and document.get(needed) is None
    kept = {name: value for name, value in document.items() if name != senseless}
    return kept | {needed: first} if has_just_changed else kept


def _measures() -> Choices:
    return [(name, name) for name in sorted(known_names() - NOT_FOR_RULES)]


def _part(document: Mapping[str, Any]) -> Text:
    if document.get("by") == "top_per_day":
        return lazy("it is among %(by)s of %(measure)s: %(per_day)s a day")
    return lazy("%(by)s of %(measure)s is at least %(threshold)s")


words.register("uncertain")(
    Words(
        label=lazy("Uncertain"),
        purpose=lazy("What the model was unsure of: by a score, its rank, its probability of an error."),
        rule=_rule,
        clause=_clause,
        reason=_reason,
        form=_form,
        part=_part,
        tidy=_tidy,
        blank={"measure": "mean_nll", "by": "rank", "threshold": 0.9},
        controls={
            "measure": Control(lazy("Measure"), choices=_measures),
            "by": Control(
                lazy("Compared by"),
                choices=(
                    ("rank", lazy("the rank")),
                    ("value", lazy("the value")),
                    ("probability", lazy("the probability of an error")),
                    ("top_per_day", lazy("the most uncertain")),
                ),
            ),
            "threshold": Control(lazy("Threshold")),
            "per_day": Control(lazy("How many a day")),
        },
    )
)
