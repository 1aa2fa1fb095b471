"""A number, within limits if there are any."""

import math
from collections.abc import Iterator
from typing import Literal

from django.utils.translation import gettext as _
from pydantic import Field

from queues.errors import Fault
from queues.review.question import Lengths, Question, fault, kinds

LARGEST = 2.0**53  # beyond it numbers are not exact


@kinds.register("number")
class Number(Question):
    """A finite number from `minimum` to `maximum`, each None: without. unit: what stands beside the field."""

    kind: Literal["number"]
    level: Literal["interval", "ratio"] = "interval"
    minimum: float | None = Field(default=None, ge=-LARGEST, le=LARGEST)
    maximum: float | None = Field(default=None, ge=-LARGEST, le=LARGEST)
    unit: str = Field(default="", max_length=30)

    def own_faults(self) -> Iterator[Fault]:
        if self.minimum is not None and self.maximum is not None and self.minimum >= self.maximum:
            yield Fault("/maximum", "form.range", _("The maximum is above the minimum."))

    def _faults(self, value: object, _lengths: Lengths) -> Iterator[Fault]:
        if isinstance(value, bool) or not isinstance(value, int | float) or not abs(value) < math.inf:
            yield fault("", "type", _("This must be a number."))
        elif not abs(value) <= LARGEST:
            yield fault("", "range", _("This number is too large to be kept exactly."))
        elif self.minimum is not None and value < self.minimum:
            yield fault("", "range", _("This must be %(limit)s or more.") % {"limit": shown(self.minimum)})
        elif self.maximum is not None and value > self.maximum:
            yield fault("", "range", _("This must be %(limit)s or less.") % {"limit": shown(self.maximum)})

    def _canonical(self, value: float) -> int | float:
        return shown(value)


def shown(value: float) -> int | float:
    """The number as it is written: 3.0 and 3 are one number, and so are 0 and -0."""
    return int(value) if float(value).is_integer() else value
