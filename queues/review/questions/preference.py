"""Which of two outputs is better, as they are shown: A, B, or neither."""

from collections.abc import Iterator
from typing import Literal

from django.utils.translation import gettext as _

from queues.errors import Fault
from queues.review.question import Lengths, Question, fault, kinds


@kinds.register("preference")
class Preference(Question):
    """ "a", "b" or "tie". Asked on comparisons only; the item knows which output was A."""

    kind: Literal["preference"]
    level: Literal["nominal"] = "nominal"

    def words(self) -> dict[str, str]:
        return {"a": _("A is better"), "b": _("B is better"), "tie": _("Tie")} | super().words()

    def _faults(self, value: object, _lengths: Lengths) -> Iterator[Fault]:
        if value not in ("a", "b", "tie"):
            yield fault("", "value", _("This must be “a”, “b” or “tie”."))
