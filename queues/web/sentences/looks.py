"""What had become known before a second look, in words."""

from collections.abc import Sequence

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as lazy
from django.utils.translation import ngettext

from queues.web.sentences.lists import both

_KNOWN: dict[str, Promise] = {
    "findings": lazy("the answer of a filter"),
    "fact:feedback": lazy("what end users said"),
    "fact:golden": lazy("which golden questions are near"),
    "selection": lazy("that somebody selected it"),
    "fact:novelty": lazy("how near it is to what was reviewed"),
}


def known_since(changed: Sequence[str]) -> str:
    """ "what end users said and the answer of a filter"; the scores by their names, after the rest."""
    told = [str(_KNOWN[name]) for name in changed if name in _KNOWN]
    scores = [name.removeprefix("score:") for name in changed if name.startswith("score:")]
    if scores:
        text = ngettext("the score %(names)s", "the scores %(names)s", len(scores))
        told.append(text % {"names": both(scores)})
    return both(told)
