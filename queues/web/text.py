"""Texts that others wrote, prepared for showing: what cannot be seen is counted, what is cited is marked."""

import itertools
import re
from collections.abc import Sequence
from dataclasses import dataclass

from queues.review.conversation import Document

# Default-ignorable code points, control characters (but not tab and line ends), line and paragraph
# separators, interlinear marks and the empty Braille cell. static/js/invisible.js has the same list.
INVISIBLE = (
    "\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f"
    "\u200b-\u200f\u2028-\u202e\u2060-\u206f\u2800\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffb"
    "\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff"
)
_INVISIBLE = re.compile(f"[{INVISIBLE}]")


def count_invisible(text: str) -> int:
    """How many code points of the text a reader cannot see."""
    return len(_INVISIBLE.findall(text))


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of the output.

    cited: the numbers of the documents that it cites, as "1 3"; flagged: what detectors found; "" for none.
    """

    text: str
    cited: str = ""
    flagged: str = ""


MARKS_SHOWN = 200  # more than a person reads; the work grows with their square

Mark = tuple[int, int, str]  # [start, end) in code points, and what is said of it


def marked_pieces(text: str, documents: Sequence[Document], flagged: Sequence[Mark] = ()) -> list[Piece]:
    """The whole text in order, cut wherever a citation or a flagged stretch begins or ends."""
    cited = [
        (start, end, str(number))
        for number, document in enumerate(documents, start=1)
        for start, end in document.citations
    ]
    cited, flagged = _inside(text, cited), _inside(text, flagged)
    cuts = sorted({0, len(text), *(at for start, end, _said in [*cited, *flagged] for at in (start, end))})
    if len(cuts) < 3:
        cuts = [0, len(text)]
    return [
        Piece(text[start:end], _said_of(cited, start, end), _said_of(flagged, start, end))
        for start, end in itertools.pairwise(cuts)
    ]


def _inside(text: str, marks: Sequence[Mark]) -> list[Mark]:
    """The marks as far as they lie in the text."""
    inside = [(start, min(end, len(text)), said) for start, end, said in marks]
    return [mark for mark in inside if 0 <= mark[0] < mark[1]][:MARKS_SHOWN]


def _said_of(marks: Sequence[Mark], start: int, end: int) -> str:
    found = {said for a, b, said in marks if a <= start and end <= b}
    return " ".join(sorted(found, key=lambda said: (len(said), said)))
