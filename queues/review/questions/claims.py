"""Each claim of the output with a mark: supported, not supported, or what the question lists."""

from collections.abc import Iterator
from typing import ClassVar, Literal

from django.utils.translation import gettext as _
from pydantic import Field

from queues.errors import Fault
from queues.review.marked_places import ID_MAX, MarkedPlaces, Place, text_faults
from queues.review.options import faults_of_options, unknown_values
from queues.review.question import fault, kinds
from queues.review.strict import Key, Option


@kinds.register("claims")
class Claims(MarkedPlaces):
    """Claims as [start, end) code points of the output. document: the one that supports or refutes it."""

    kind: Literal["claims"]
    marks: list[Option] = Field(min_length=2, max_length=10)
    bad_values: list[Key] = Field(default=[], max_length=10)

    fields: ClassVar[frozenset[str]] = frozenset({"start", "end", "mark", "document", "on"})

    def own_faults(self) -> Iterator[Fault]:
        yield from faults_of_options("marks", self.marks)
        yield from unknown_values("bad_values", self.bad_values, self.marks)

    def words(self) -> dict[str, str]:
        return {one.value: one.label for one in self.marks} | super().words()

    def _code_faults(self, place: Place) -> Iterator[Fault]:
        if not place.get("mark"):
            yield fault("/mark", "missing", _("Say whether it is supported: choose a mark."))
        elif place["mark"] not in [one.value for one in self.marks]:
            yield fault("/mark", "value", _("This question has no such mark."))
        yield from text_faults(place, "document", ID_MAX)

    def _compared(self, place: Place) -> list[object]:
        return [place.get("on", "output"), place["start"], place["end"], place["mark"], None]
