"""The words of `disagreement`."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from queues.route.rules.disagreement import Disagreement
from queues.web.sentences.words import Control, Text, Words, figure, said, words


def _rule(rule: Disagreement) -> str:
    if rule.among == "judges":
        text = _("Send when the judges disagree by at least %(threshold)s, on a scale of 0 to 1.")
    else:
        text = _("Send when the samples disagree by at least %(threshold)s, by %(measure)s.")
    return text % _said(rule)


def _clause(rule: Disagreement) -> str:
    if rule.among == "judges":
        text = _("the judges disagree by at least %(threshold)s")
    else:
        text = _("the samples disagree by at least %(threshold)s, by %(measure)s")
    return text % _said(rule)


def _said(rule: Disagreement) -> dict[str, str]:
    return {"threshold": figure(rule.threshold), "measure": rule.measure}


def _reason(reason: Mapping[str, Any]) -> str:
    if reason["among"] == "judges":
        text = _("The judges disagree by %(score)s; the rule asks for %(threshold)s or more.")
    else:
        text = _("The samples disagree by %(score)s (%(measure)s); the rule asks for %(threshold)s or more.")
    return text % said(reason)


def _form(document: Mapping[str, Any]) -> Text:
    if document.get("among") == "judges":
        return lazy("Send when %(among)s disagree by at least %(threshold)s, on a scale of 0 to 1")
    return lazy("Send when %(among)s disagree by at least %(threshold)s, by %(measure)s")


def _tidy(document: dict[str, Any]) -> dict[str, Any]:
    """Judges are compared in one way only."""
    if document.get("among") != "judges":
        return document
    return {name: value for name, value in document.items() if name != "measure"}


def _part(document: Mapping[str, Any]) -> Text:
    if document.get("among") == "judges":
        return lazy("%(among)s disagree by at least %(threshold)s, on a scale of 0 to 1")
    return lazy("%(among)s disagree by at least %(threshold)s, by %(measure)s")


words.register("disagreement")(
    Words(
        label=lazy("Disagreement"),
        purpose=lazy("What several judges, or several samples of the same model, do not agree on."),
        rule=_rule,
        clause=_clause,
        reason=_reason,
        form=_form,
        part=_part,
        tidy=_tidy,
        blank={"among": "judges", "threshold": 0.5},
        controls={
            "among": Control(
                lazy("Among"), choices=(("judges", lazy("the judges")), ("samples", lazy("the samples")))
            ),
            "threshold": Control(lazy("Threshold")),
            "measure": Control(
                lazy("Measure"),
                choices=(
                    ("vote_disagreement", lazy("votes, for short answers")),
                    ("lexical_dissimilarity", lazy("wording")),
                    ("seu", lazy("meaning")),
                ),
            ),
        },
    )
)
