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
    """A stretch of the output; `cited` names the documents (1, 2, …) that it cites, as "1 3"; "" for none."""

    text: str
    cited: str = ""


CITATIONS_SHOWN = 200  # more marks than a person reads; the work grows with their square


def cited_pieces(text: str, documents: Sequence[Document]) -> list[Piece]:
    """The whole text in order, cut wherever a citation begins or ends."""
    spans = [
        (start, min(end, len(text)), number)
        for number, document in enumerate(documents, start=1)
        for start, end in document.citations
        if 0 <= start < min(end, len(text))
    ]
    if not spans:
        return [Piece(text)]
    spans = spans[:CITATIONS_SHOWN]
    cuts = sorted({0, len(text), *(span[0] for span in spans), *(span[1] for span in spans)})
    return [
        Piece(
            text[start:end],
            " ".join(str(n) for n in sorted({n for a, b, n in spans if a <= start and end <= b})),
        )
        for start, end in itertools.pairwise(cuts)
    ]
