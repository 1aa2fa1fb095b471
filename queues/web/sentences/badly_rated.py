"""The words of `badly_rated`."""

from collections.abc import Mapping
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from queues.route.rules.badly_rated import BadlyRated
from queues.web.sentences.lists import either
from queues.web.sentences.words import Control, Text, Words, figure, words

_MET: dict[str, Promise] = {
    "thumbs_down": lazy("Thumbs down: %(n)s."),
    "stars": lazy("Fewest stars given: %(n)s of 5."),
    "reports": lazy("Reported as “%(n)s”."),
    "corrections": lazy("Corrected by users: %(n)s."),
    "edit_similarity": lazy("What was sent after editing is %(n)s alike."),
    "regenerated": lazy("Asked again for an answer: %(n)s times."),
    "abandoned": lazy("Abandoned: %(n)s times."),
    "handoffs": lazy("Handed over to a person: %(n)s times."),
    "retries": lazy("Tried again: %(n)s times."),
}
_ASKED: dict[str, Promise] = {
    "thumbs_down": lazy("thumbs down from %(n)s or more"),
    "stars": lazy("%(n)s stars or fewer from anybody"),
    "reports": lazy("reports of %(n)s"),
    "corrections": lazy("corrections by %(n)s or more"),
    "edit_similarity": lazy("less than %(n)s alike after editing"),
    "regenerated": lazy("asked again %(n)s times or more"),
    "abandoned": lazy("abandoned %(n)s times or more"),
    "handoffs": lazy("handed over %(n)s times or more"),
    "retries": lazy("tried again %(n)s times or more"),
}


def _asked(rule: BadlyRated) -> str:
    asked = {name: value for name, value in rule.criteria._asdict().items() if value not in (None, ())}
    return either(
        str(_ASKED[name]) % {"n": _categories(value) if isinstance(value, tuple) else figure(value)}
        for name, value in asked.items()
    )


def _categories(categories: tuple[str, ...]) -> str:
    return _("any category") if "*" in categories else either(categories)


def _rule(rule: BadlyRated) -> str:
    return _("Send when end users are not content: %(list)s.") % {"list": _asked(rule)}


def _clause(rule: BadlyRated) -> str:
    return _("end users are not content: %(list)s") % {"list": _asked(rule)}


def _reason(reason: Mapping[str, Any]) -> str:
    told = [str(_MET[name]) % {"n": figure(value)} for name, value in reason["met"].items() if name in _MET]
    return " ".join([_("End users were not content."), *told])


def _form(_document: Mapping[str, Any]) -> Text:
    return lazy(
        "Send when at least %(thumbs_down)s gave a thumb down, or anybody gave %(stars)s stars or fewer"
    )


def _part(_document: Mapping[str, Any]) -> Text:
    return lazy("%(thumbs_down)s or more gave a thumb down, or anybody gave %(stars)s stars or fewer")


words.register("badly_rated")(
    Words(
        label=lazy("Badly rated"),
        purpose=lazy("What end users were not content with, as soon as they say or show it."),
        rule=_rule,
        clause=_clause,
        reason=_reason,
        form=_form,
        part=_part,
        more=(
            "reports",
            "corrections",
            "edit_similarity",
            "regenerated",
            "abandoned",
            "handoffs",
            "retries",
        ),
        blank={"thumbs_down": 1, "stars": 2},
        controls={
            "thumbs_down": Control(lazy("Thumbs down")),
            "stars": Control(lazy("Stars")),
            "reports": Control(lazy("Reported as"), help=lazy("One category a line; * for any.")),
            "corrections": Control(lazy("Corrections"), help=lazy("So many people or more.")),
            "edit_similarity": Control(
                lazy("Likeness after editing"), help=lazy("0 to 1; what users sent was less alike than this.")
            ),
            "regenerated": Control(lazy("Asked again"), help=lazy("So often or more.")),
            "abandoned": Control(lazy("Abandoned"), help=lazy("So often or more.")),
            "handoffs": Control(lazy("Handed over to a person"), help=lazy("So often or more.")),
            "retries": Control(lazy("Tried again"), help=lazy("So often or more.")),
        },
    )
)
