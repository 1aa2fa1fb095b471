"""The words of `novelty`."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from queues.route.rules.novelty import Novelty
from queues.web.sentences.words import Control, Text, Words, figure, said, words


def _rule(rule: Novelty) -> str:
    text = _("Send when the question is %(threshold)s or more away from everything reviewed so far.")
    return text % {"threshold": figure(rule.threshold)}


def _clause(rule: Novelty) -> str:
    text = _("the question is %(threshold)s or more away from everything reviewed so far")
    return text % {"threshold": figure(rule.threshold)}


def _reason(reason: Mapping[str, Any]) -> str:
    text = _("Its question is %(score)s away from the nearest reviewed one; the rule asks for %(threshold)s.")
    return text % said(reason)


def _form(_document: Mapping[str, Any]) -> Text:
    return lazy("Send when the question is %(threshold)s or more away from everything reviewed so far")


def _part(_document: Mapping[str, Any]) -> Text:
    return lazy("the question is %(threshold)s or more away from everything reviewed so far")


words.register("novelty")(
    Words(
        label=lazy("Novelty"),
        purpose=lazy("What is unlike everything reviewed so far. Needs an encoder; known a little later."),
        rule=_rule,
        clause=_clause,
        reason=_reason,
        form=_form,
        part=_part,
        blank={"threshold": 0.5, "daily_cap": 50},
        controls={
            "threshold": Control(
                lazy("Distance"), help=lazy("0: the same question; about 1: an unrelated one.")
            ),
        },
    )
)
