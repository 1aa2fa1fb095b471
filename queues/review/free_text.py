"""Questions that are answered in people's own words."""

from collections.abc import Iterator
from typing import ClassVar, Literal

from django.utils.translation import gettext as _

from queues.errors import Fault
from queues.numbers import localized
from queues.review.question import Lengths, Question, fault


class FreeText(Question):
    """A text, kept code point for code point. No two people write the same, so none makes a dispute."""

    level: Literal["text"] = "text"

    settles: ClassVar[bool] = False
    leads_on: ClassVar[bool] = False
    longest: ClassVar[int]

    def _faults(self, value: object, _lengths: Lengths) -> Iterator[Fault]:
        if not isinstance(value, str):
            yield fault("", "type", _("This must be a text."))
        elif not value.strip():
            yield fault("", "empty", _("Write an answer, or leave the question out."))
        elif len(value) > self.longest:
            text = _("At most %(n)s characters.") % {"n": localized(self.longest)}
            yield fault("", "too_long", text)
