"""Questions that are answered by marking places in a text: [start, end) in code points.

"output" is the model's text, "input" the text parts of the last user message, joined without anything
between them.
"""

from abc import abstractmethod
from collections.abc import Iterator, Mapping
from typing import Any, ClassVar, Literal, TypeAlias

from django.utils.translation import gettext as _

from accounts.json_pointer import pointer
from queues.errors import Fault
from queues.numbers import localized
from queues.review.question import Lengths, Question, compact, fault

TextName: TypeAlias = Literal["output", "input"]
Place: TypeAlias = Mapping[str, Any]
MOST_PLACES = 5_000
COMMENT_MAX = 2_000
ID_MAX = 200


class MarkedPlaces(Question):
    """Places in a text, each with a code. None at all, [], is an answer too: looked, and found nothing."""

    level: Literal["span"] = "span"

    settles: ClassVar[bool] = False
    leads_on: ClassVar[bool] = False
    marks_texts: ClassVar[bool] = True
    fields: ClassVar[frozenset[str]]

    @property
    def texts(self) -> list[TextName]:
        """The texts in which places may be marked."""
        return ["output"]

    @abstractmethod
    def _code_faults(self, place: Place) -> Iterator[Fault]:
        """What is wrong with what a place says beside where it is."""

    @abstractmethod
    def _compared(self, place: Place) -> list[object]:
        """What two people's marks of a place are compared by: on, start, end, category, severity."""

    def _faults(self, value: object, lengths: Lengths) -> Iterator[Fault]:
        if not isinstance(value, list):
            yield fault("", "type", _("This must be a list of marked places."))
            return
        if len(value) > MOST_PLACES:
            yield fault("", "too_many", _("At most %(n)s places.") % {"n": localized(MOST_PLACES)})
            return
        seen: set[str] = set()
        for n, place in enumerate(value):
            found = [*self._place_faults(place, lengths)]
            yield from (Fault(f"/{n}{one.pointer}", one.code, one.detail) for one in found)
            if not found and (mark := compact(self._compared(place))) in seen:
                yield fault(f"/{n}", "twice", _("This place is marked twice with the same."))
            elif not found:
                seen.add(mark)

    def _place_faults(self, place: object, lengths: Lengths) -> Iterator[Fault]:
        if not isinstance(place, dict):
            yield fault("", "type", _("A place is an object with its start and end."))
            return
        for name in place:
            if name not in self.fields:
                yield fault(pointer([str(name)]), "unknown_field", _("A place has no such field."))
        yield from self._where_faults(place, lengths)
        yield from self._code_faults(place)

    def _where_faults(self, place: Place, lengths: Lengths) -> Iterator[Fault]:
        on = place.get("on", "output")
        if on not in self.texts:
            yield fault("/on", "value", _("This text is not one to mark places in."))
            return
        for name in ("start", "end"):
            if type(place.get(name)) is not int or place[name] < 0:
                yield fault(f"/{name}", "type", _("This must be a number of code points, 0 or more."))
                return
        if place["start"] >= place["end"]:
            yield fault("/end", "range", _("A place ends after it starts."))
        elif place["end"] > lengths.get(on, place["end"]):
            yield fault("/end", "range", _("The text ends before this place does."))

    def _canonical(self, value: list[Place]) -> list[dict[str, Any]]:
        places = [self._as_stored(place) for place in value]
        return sorted(places, key=lambda place: (place["on"], place["start"], place["end"], compact(place)))

    def _as_stored(self, place: Place) -> dict[str, Any]:
        """With `on` said and nothing empty."""
        said = {name: content for name, content in place.items() if content or content == 0}
        return {**said, "on": place.get("on", "output")}

    def _rating(self, value: list[Place]) -> str:
        return compact(sorted((self._compared(place) for place in value), key=compact))


def text_faults(place: Place, name: str, longest: int) -> Iterator[Fault]:
    """What is wrong with an optional text of a place."""
    text = place.get(name)
    if text is not None and not isinstance(text, str):
        yield fault(f"/{name}", "type", _("This must be a text."))
    elif text and len(text) > longest:
        yield fault(f"/{name}", "too_long", _("At most %(n)s characters.") % {"n": localized(longest)})
