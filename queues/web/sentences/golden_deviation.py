"""The words of `golden_deviation`. Never what the verified answer is: who is to answer anew may read them."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from queues.route.rules.golden_deviation import GoldenDeviation
from queues.web.sentences.lists import either
from queues.web.sentences.words import Control, Text, Words, figure, words


def _rule(rule: GoldenDeviation) -> str:
    if rule.tags:
        text = _("Send when the output deviates by %(distance)s or more from a golden item tagged %(tags)s.")
    elif rule.min_distance:
        text = _("Send when the output deviates from a verified answer by %(distance)s or more.")
    else:
        text = _("Send when the output deviates from a verified answer.")
    return text % _said(rule)


def _clause(rule: GoldenDeviation) -> str:
    if rule.tags:
        text = _("the output deviates by %(distance)s or more from a golden item tagged %(tags)s")
    elif rule.min_distance:
        text = _("the output deviates from a verified answer by %(distance)s or more")
    else:
        text = _("the output deviates from a verified answer")
    return text % _said(rule)


def _said(rule: GoldenDeviation) -> dict[str, str]:
    return {"distance": figure(rule.min_distance), "tags": either(rule.tags)}


def _reason(reason: Mapping[str, Any]) -> str:
    told = {"distance": figure(reason["score"]), "item": reason.get("golden_id", "")}
    if not told["item"]:
        return _("It deviates from the value that its sender expected, by %(distance)s.") % told
    told["version"] = reason["golden_version"]
    if reason["matched_by"] == "embedding":
        return (
            _(
                "It deviates by %(distance)s from the golden item “%(item)s”, version %(version)s,"
                " whose question is nearly the same."
            )
            % told
        )
    return _("It deviates from the golden item “%(item)s”, version %(version)s, by %(distance)s.") % told


def _form(_document: Mapping[str, Any]) -> Text:
    return lazy("Send when the output deviates from a golden item by %(min_distance)s or more")


def _part(_document: Mapping[str, Any]) -> Text:
    return lazy("the output deviates from a golden item by %(min_distance)s or more")


words.register("golden_deviation")(
    Words(
        label=lazy("Deviates from golden"),
        purpose=lazy(
            "What differs from a verified answer to the same question, by the golden item's own rule."
        ),
        rule=_rule,
        clause=_clause,
        reason=_reason,
        form=_form,
        part=_part,
        more=("tags", "matched_by"),
        blank={"min_distance": 0.0},
        controls={
            "min_distance": Control(
                lazy("Distance"), help=lazy("0: as soon as it deviates; 1: only what has nothing in common.")
            ),
            "tags": Control(lazy("Tags"), help=lazy("One a line: only golden items with one of them.")),
            "matched_by": Control(
                lazy("Found by"),
                help=lazy("One a line: named, exact, normalised, sent, embedding; none: whichever."),
            ),
        },
    )
)
