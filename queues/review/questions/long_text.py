"""Text of several paragraphs."""

from typing import ClassVar, Literal

from queues.review.free_text import FreeText
from queues.review.question import kinds


@kinds.register("long_text")
class LongText(FreeText):
    """At most 20,000 characters."""

    kind: Literal["long_text"]
    longest: ClassVar[int] = 20_000
