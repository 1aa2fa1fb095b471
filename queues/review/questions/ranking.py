"""All options in an order, the best first."""

from collections.abc import Iterator
from typing import ClassVar, Literal

from django.utils.translation import gettext as _

from queues.errors import Fault
from queues.review.options import WithOptions
from queues.review.question import Lengths, fault, kinds


@kinds.register("ranking")
class Ranking(WithOptions):
    """The values of all options, the best first."""

    kind: Literal["ranking"]
    level: Literal["ranking"] = "ranking"

    leads_on: ClassVar[bool] = False

    def _faults(self, value: object, _lengths: Lengths) -> Iterator[Fault]:
        if not isinstance(value, list):
            yield fault("", "type", _("This must be a list of all options, the best first."))
            return
        for n, one in enumerate(value):
            if not isinstance(one, str) or one not in self.values:
                yield fault(f"/{n}", "value", _("This question has no such option."))
            elif one in value[:n]:
                yield fault(f"/{n}", "twice", _("This option stands twice."))
        if len(value) < len(self.options):
            yield fault("", "too_few", _("Give every option its place."))
