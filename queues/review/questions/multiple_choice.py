"""Any of several options."""

from collections.abc import Iterator, Sequence
from typing import Literal

from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from pydantic import Field

from queues.errors import Fault
from queues.review.options import WithOptions
from queues.review.question import UNSURE, Lengths, compact, fault, kinds


@kinds.register("multiple_choice")
class MultipleChoice(WithOptions):
    """The values of the chosen options, in the form's order. With min_chosen 0, [] says "none of them"."""

    kind: Literal["multiple_choice"]
    level: Literal["set"] = "set"
    min_chosen: int = Field(default=1, ge=0, le=20)
    max_chosen: int | None = Field(default=None, ge=1, le=20)

    @property
    def most(self) -> int:
        return len(self.options) if self.max_chosen is None else self.max_chosen

    def own_faults(self) -> Iterator[Fault]:
        yield from super().own_faults()
        if not self.min_chosen <= self.most <= len(self.options):
            detail = _("min_chosen is at most max_chosen, and that at most the number of options.")
            yield Fault("/max_chosen", "form.range", detail)

    def is_any_of(self, value: object, wanted: Sequence[object]) -> bool:
        return any(one in wanted for one in value) if isinstance(value, list) else value in wanted

    def may_be(self, value: str | float) -> bool:
        return value in self.values or (self.allows_unsure and value == UNSURE)

    def _faults(self, value: object, _lengths: Lengths) -> Iterator[Fault]:
        if not isinstance(value, list):
            yield fault("", "type", _("This must be a list of options."))
            return
        for n, one in enumerate(value):
            if not isinstance(one, str) or one not in self.values:
                yield fault(f"/{n}", "value", _("This question has no such option."))
            elif one in value[:n]:
                yield fault(f"/{n}", "twice", _("This option stands twice."))
        yield from self._number_faults(len(value))

    def _number_faults(self, n: int) -> Iterator[Fault]:
        least, most = self.min_chosen, self.most
        if n < least:
            text = ngettext("Choose at least %(n)d option.", "Choose at least %(n)d options.", least)
            yield fault("", "too_few", text % {"n": least})
        elif n > most:
            text = ngettext("Choose at most %(n)d option.", "Choose at most %(n)d options.", most)
            yield fault("", "too_many", text % {"n": most})

    def _canonical(self, value: list[str]) -> list[str]:
        return [option.value for option in self.options if option.value in value]

    def _rating(self, value: list[str]) -> str:
        return compact(sorted(value))  # not in the form's order, which a later version may change
