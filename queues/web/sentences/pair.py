"""The words of `pair`."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from queues.route.rules.pair import Pair
from queues.web.sentences.words import Control, Text, Words, words


def _said(rule: Pair) -> dict[str, str]:
    return {"champion": rule.champion, "challenger": rule.challenger}


def _rule(rule: Pair) -> str:
    text = _("Send when both %(champion)s and %(challenger)s answered the same input, to be compared.")
    return text % _said(rule)


def _clause(rule: Pair) -> str:
    return _("both %(champion)s and %(challenger)s answered the same input") % _said(rule)


def _reason(reason: Mapping[str, Any]) -> str:
    text = _("%(other_version)s answered the same input (prediction %(other)s): the two are compared.")
    return text % {"other_version": reason["other_version"], "other": reason["other"]}


def _form(_document: Mapping[str, Any]) -> Text:
    return lazy("Send when both %(champion)s and %(challenger)s answered the same input")


def _part(_document: Mapping[str, Any]) -> Text:
    return lazy("both %(champion)s and %(challenger)s answered the same input")


words.register("pair")(
    Words(
        label=lazy("Pair"),
        purpose=lazy("Two models' answers to the same input, side by side: champion against challenger."),
        rule=_rule,
        clause=_clause,
        reason=_reason,
        form=_form,
        part=_part,
        blank={"champion": "", "challenger": ""},
        controls={
            "champion": Control(lazy("Champion"), suggests="model_versions"),
            "challenger": Control(lazy("Challenger"), suggests="model_versions"),
        },
    )
)
