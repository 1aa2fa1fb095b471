"""Questions with options: what their lists of options must fulfil, whichever kind they are."""

from collections.abc import Iterable, Iterator, Sequence

from django.utils.translation import gettext as _
from pydantic import Field

from queues.errors import Fault
from queues.review.question import UNSURE, Question
from queues.review.strict import Key, Option


class WithOptions(Question):
    """A question whose values are options of its own. bad_values: the options that count as bad."""

    options: list[Option] = Field(min_length=2, max_length=20)
    bad_values: list[Key] = Field(default=[], max_length=20)

    @property
    def values(self) -> frozenset[str]:
        return frozenset(option.value for option in self.options)

    def own_faults(self) -> Iterator[Fault]:
        yield from faults_of_options("options", self.options, unsure=self.allows_unsure)
        yield from unknown_values("bad_values", self.bad_values, self.options)

    def words(self) -> dict[str, str]:
        return {option.value: option.label for option in self.options} | super().words()


def faults_of_options(name: str, options: Sequence[Option], *, unsure: bool = False) -> Iterator[Fault]:
    """Options that stand twice, or that are called as the answer "unsure" is."""
    seen: set[str] = set()
    for n, option in enumerate(options):
        if option.value in seen:
            yield Fault(f"/{name}/{n}/value", "form.twice", _("This value stands twice."))
        if unsure and option.value == UNSURE:
            detail = _("“unsure” is the question's own answer where it is allowed; choose another value.")
            yield Fault(f"/{name}/{n}/value", "form.reserved", detail)
        seen.add(option.value)


def unknown_values(name: str, values: Iterable[str], options: Iterable[Option]) -> Iterator[Fault]:
    """Values of a list that are no option."""
    known = {option.value for option in options}
    for n, value in enumerate(values):
        if value not in known:
            yield Fault(f"/{name}/{n}", "form.unknown", _("There is no option of this value."))
