"""A number on a scale with labelled ends, as Likert's."""

from collections.abc import Iterator
from typing import Literal

from django.utils.translation import gettext as _
from pydantic import Field

from queues.errors import Fault
from queues.review.question import Lengths, Question, fault, kinds
from queues.review.strict import Label


@kinds.register("rating")
class Rating(Question):
    """A whole number from `minimum` to `maximum`. labels: of the two ends."""

    kind: Literal["rating"]
    level: Literal["ordinal", "interval"] = "ordinal"
    minimum: int = Field(default=1, ge=0, le=100)
    maximum: int = Field(default=5, ge=0, le=100)
    labels: list[Label] | None = Field(default=None, min_length=2, max_length=2)

    def own_faults(self) -> Iterator[Fault]:
        if self.minimum >= self.maximum:
            yield Fault("/maximum", "form.range", _("The maximum is above the minimum."))

    def words(self) -> dict[str, str]:
        ends = zip((self.minimum, self.maximum), self.labels or (), strict=False)
        return {str(end): f"{end} ({label})" for end, label in ends} | super().words()

    def _faults(self, value: object, _lengths: Lengths) -> Iterator[Fault]:
        if type(value) is not int or not self.minimum <= value <= self.maximum:
            ends = {"minimum": self.minimum, "maximum": self.maximum}
            text = _("This must be a whole number from %(minimum)d to %(maximum)d.")
            yield fault("", "range", text % ends)
