"""Yes or no; where the question allows it, unsure."""

from collections.abc import Iterator
from typing import Literal

from django.utils.translation import gettext as _
from pydantic import Field

from queues.errors import Fault
from queues.review.question import Lengths, Question, fault, kinds


@kinds.register("yes_no")
class YesNo(Question):
    """ "yes" or "no". bad_values: which of them counts as bad."""

    kind: Literal["yes_no"]
    level: Literal["nominal"] = "nominal"
    bad_values: list[Literal["yes", "no"]] = Field(default=[], max_length=2)

    def words(self) -> dict[str, str]:
        return {"yes": _("Yes"), "no": _("No")} | super().words()

    def _faults(self, value: object, _lengths: Lengths) -> Iterator[Fault]:
        if value not in ("yes", "no"):
            yield fault("", "value", _("This must be “yes” or “no”."))
