"""Codes in the words of the form under which they were given."""

import json
from collections.abc import Mapping
from typing import Any

from django import template
from django.utils.translation import gettext as _

from queues.models import Decision, Review, Verdict
from queues.review.word_diff import Part, word_diff
from queues.web import answer_words

register = template.Library()


@register.filter
def look_up(known: Mapping[object, str], key: object) -> object:
    """What a mapping holds for a key, or the key itself: a code without words is shown as it is."""
    return known.get(key) or known.get(str(key)) or key


@register.filter
def in_it(known: Mapping[object, object] | None, key: object) -> object:
    """What a mapping holds for a key; None when it, or the mapping, is not there."""
    return (known or {}).get(key)


@register.filter
def decided(said: Review | Verdict) -> str:
    """The decision in words; of two outputs that were compared, the answers say which is better."""
    if said.decision == Decision.APPROVE and said.item.other_id is not None:
        return _("Compared")
    return said.get_decision_display()


@register.filter
def in_words(answers: Mapping[str, Any], labels: Mapping[str, str]) -> list[tuple[str, str]]:
    """Answers as (question, answer) in words; `labels` as of `queues.web.labels.labels_of`."""
    return [
        (labels.get(key, key), answer_words.in_words(key, value, labels)) for key, value in answers.items()
    ]


@register.filter
def as_json(value: object) -> str:
    """A small stored value as JSON, for reading."""
    return json.dumps(value, ensure_ascii=False)


@register.filter
def changed_from(after: str, before: str) -> list[Part]:
    """The word diff of two texts, for `_components/diff.html`."""
    return word_diff(before, after)
