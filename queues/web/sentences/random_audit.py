"""The words of `random_audit`."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from queues.route.rules.random_audit import RandomAudit
from queues.web.sentences.words import Control, Text, Words, percent, said, words


def _rule(rule: RandomAudit) -> str:
    text = _("Send a random %(rate)s of everything, whatever the other rules say.")
    return text % {"rate": percent(rule.rate)}


def _clause(rule: RandomAudit) -> str:
    return _("it is in a random draw of %(rate)s") % {"rate": percent(rule.rate)}


def _reason(reason: Mapping[str, Any]) -> str:
    text = _("Drawn for the random audit: %(score)s is below the rate of %(threshold)s.")
    return text % said(reason)


def _form(_document: Mapping[str, Any]) -> Text:
    return lazy("Send a random share of %(rate)s of everything, whatever the other rules say")


def _part(_document: Mapping[str, Any]) -> Text:
    return lazy("it is in a random draw of %(rate)s")


words.register("random_audit")(
    Words(
        label=lazy("Random audit"),
        purpose=lazy("A random share of everything: without it, no rate over all traffic can be told."),
        rule=_rule,
        clause=_clause,
        reason=_reason,
        form=_form,
        part=_part,
        more=("draw",),
        blank={"rate": 0.05, "priority": 30, "due_hours": 72},
        controls={
            "rate": Control(lazy("Rate"), help=lazy("From 0 to 1: 0.05 is one in twenty.")),
            "draw": Control(
                lazy("Draw"),
                help=lazy("A name, where the policy has several random rules: each needs its own."),
            ),
        },
    )
)
