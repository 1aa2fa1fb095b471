"""Errors and other places, marked in the text with a category, a severity and a comment."""

from collections.abc import Iterator
from typing import ClassVar, Literal

from django.utils.translation import gettext as _
from pydantic import Field

from queues.errors import Fault
from queues.review.marked_places import COMMENT_MAX, MarkedPlaces, Place, TextName, text_faults
from queues.review.options import faults_of_options
from queues.review.question import fault, kinds
from queues.review.strict import Option


@kinds.register("spans")
class Spans(MarkedPlaces):
    """Places of [start, end) code points; they may overlap. severities: none: a place has no severity.

    on: the texts that may be marked: the model's output, the last user message.
    """

    kind: Literal["spans"]
    categories: list[Option] = Field(min_length=1, max_length=40)
    severities: list[Option] = Field(default=[], max_length=10)
    on: list[TextName] = Field(default=["output"], min_length=1, max_length=2)

    fields: ClassVar[frozenset[str]] = frozenset({"start", "end", "category", "severity", "comment", "on"})

    @property
    def texts(self) -> list[TextName]:
        return self.on

    def own_faults(self) -> Iterator[Fault]:
        yield from faults_of_options("categories", self.categories)
        yield from faults_of_options("severities", self.severities)

    def words(self) -> dict[str, str]:
        return {one.value: one.label for one in (*self.severities, *self.categories)} | super().words()

    def _code_faults(self, place: Place) -> Iterator[Fault]:
        if not place.get("category"):
            yield fault("/category", "missing", _("Say what it is: choose a category."))
        elif place["category"] not in [one.value for one in self.categories]:
            yield fault("/category", "value", _("This question has no such category."))
        severity, known = place.get("severity") or None, [one.value for one in self.severities]
        if known and severity is None:
            yield fault("/severity", "missing", _("Say how bad it is: choose a severity."))
        elif severity is not None and severity not in known:
            yield fault("/severity", "value", _("This question has no such severity."))
        yield from text_faults(place, "comment", COMMENT_MAX)

    def _compared(self, place: Place) -> list[object]:
        where = [place.get("on", "output"), place["start"], place["end"]]
        return [*where, place["category"], place.get("severity") or None]
