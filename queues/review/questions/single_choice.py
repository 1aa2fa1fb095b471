"""Exactly one of several options; ordinal: the options stand in their order."""

from collections.abc import Iterator
from typing import Literal

from django.utils.translation import gettext as _

from queues.errors import Fault
from queues.review.options import WithOptions
from queues.review.question import Lengths, fault, kinds


@kinds.register("single_choice")
class SingleChoice(WithOptions):
    """One option's value."""

    kind: Literal["single_choice"]
    level: Literal["nominal", "ordinal"] = "nominal"

    def _faults(self, value: object, _lengths: Lengths) -> Iterator[Fault]:
        if not isinstance(value, str) or value not in self.values:
            yield fault("", "value", _("This question has no such option."))
