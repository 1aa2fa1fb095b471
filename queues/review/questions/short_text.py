"""A line of text."""

from typing import ClassVar, Literal

from queues.review.free_text import FreeText
from queues.review.question import kinds


@kinds.register("short_text")
class ShortText(FreeText):
    """At most 500 characters."""

    kind: Literal["short_text"]
    longest: ClassVar[int] = 500
