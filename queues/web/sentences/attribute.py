"""The words of `attribute`."""

from collections.abc import Mapping
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from queues.route.rules.attribute import Attribute
from queues.web.sentences.lists import either
from queues.web.sentences.words import Control, Text, Words, words

NAMES: dict[str, Promise] = {
    "locale": lazy("locale"),
    "segment": lazy("segment"),
    "environment": lazy("environment"),
    "model_version": lazy("model version"),
    "prompt": lazy("prompt"),
    "prompt_version": lazy("prompt version"),
    "operation": lazy("operation"),
    "origin": lazy("origin"),
    "tag": lazy("tag"),
}


def name_of(attribute: str) -> str:
    """The attribute in words; a key of the cohort by itself."""
    return str(NAMES.get(attribute, attribute))


def _said(rule: Attribute) -> dict[str, str]:
    return {"attribute": name_of(rule.attribute), "values": either(rule.values)}


def _rule(rule: Attribute) -> str:
    return _("Send when the %(attribute)s is %(values)s.") % _said(rule)


def _clause(rule: Attribute) -> str:
    return _("the %(attribute)s is %(values)s") % _said(rule)


def _reason(reason: Mapping[str, Any]) -> str:
    told = {"attribute": name_of(reason["attribute"]), "value": reason["value"]}
    if not reason["value"]:
        return _("It has no %(attribute)s.") % told
    return _("The %(attribute)s is %(value)s.") % told


def _form(_document: Mapping[str, Any]) -> Text:
    return lazy("Send when the attribute %(attribute)s is one of %(values)s")


def _part(_document: Mapping[str, Any]) -> Text:
    return lazy("the attribute %(attribute)s is one of %(values)s")


words.register("attribute")(
    Words(
        label=lazy("Attribute"),
        purpose=lazy("By what the record says of itself: language, segment, model, prompt, tags."),
        rule=_rule,
        clause=_clause,
        reason=_reason,
        form=_form,
        part=_part,
        blank={"attribute": "locale", "values": ["en"]},
        controls={
            "attribute": Control(
                lazy("Attribute"),
                help=lazy("Or a key of the cohort, as in cohort.plan."),
                suggests="attributes",
            ),
            "values": Control(
                lazy("Values"),
                help=lazy("One a line. A locale without region stands for all its regions."),
                none_label=lazy("or it has none"),
            ),
        },
    )
)
