"""Texts that others wrote, prepared for showing: what cannot be seen is counted, what is cited is marked."""

import heapq
import itertools
import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from queues.review.conversation import Document

# Default-ignorable code points, control characters (but not tab and line ends), line and paragraph
# separators, interlinear marks and the empty Braille cell. static/js/invisible.js has the same list.
INVISIBLE = (
    "\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f"
    "\u200b-\u200f\u2028-\u202e\u2060-\u206f\u2800\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffb"
    "\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff"
)
_INVISIBLE = re.compile(f"[{INVISIBLE}]")


def revealed(text: str) -> Iterator[tuple[str, str]]:
    """The text in pieces, each with the number of the invisible character behind it (U+202E), "" at the end.

    An address or a name is shown so: there a turned or hidden character would make it read as another.
    """
    at = 0
    for found in _INVISIBLE.finditer(text):
        yield text[at : found.start()], f"U+{ord(found[0]):04X}"
        at = found.end()
    yield text[at:], ""


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


MARKS_SHOWN = 5_000  # more than a person reads
NAMES_SHOWN = 12  # of one stretch: more say nothing to a person, and the work would grow with their square
LINES_IN_BLOCK = 40
LONG = 20_000  # characters: from here on a text is cut into blocks

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
    said = zip(_names_from(cuts, cited), _names_from(cuts, flagged), strict=True)
    return [
        Piece(text[start:end], *names)
        for (start, end), names in zip(itertools.pairwise(cuts), said, strict=False)
    ]


def blocks_of(pieces: Sequence[Piece]) -> list[list[Piece]]:
    """The pieces in blocks of some lines, each ending after a line end; a short text is one block.

    A browser lays out only the blocks that are near: a text of thousands of lines as one block takes it
    seconds. Joined, the blocks are the text.
    """
    if sum(len(piece.text) for piece in pieces) <= LONG:
        return [list(pieces)]
    blocks: list[list[Piece]] = [[]]
    lines = 0
    for piece in pieces:
        start = 0
        for found in re.finditer("\n", piece.text):
            lines += 1
            if lines == LINES_IN_BLOCK:
                blocks[-1].append(replace(piece, text=piece.text[start : found.end()]))
                blocks.append([])
                start, lines = found.end(), 0
        if start < len(piece.text):
            blocks[-1].append(replace(piece, text=piece.text[start:]))
    return [block for block in blocks if block]


def _inside(text: str, marks: Sequence[Mark]) -> list[Mark]:
    """The marks as far as they lie in the text."""
    inside = [(start, min(end, len(text)), said) for start, end, said in marks]
    return [mark for mark in inside if 0 <= mark[0] < mark[1]][:MARKS_SHOWN]


def _names_from(cuts: Sequence[int], marks: Sequence[Mark]) -> Iterator[str]:
    """What is said of the stretch that begins at each cut, in one walk over the text."""
    begins, ends = defaultdict(list), defaultdict(list)
    for start, end, said in marks:
        begins[start].append(said)
        ends[end].append(said)
    there: Counter[str] = Counter()
    for cut in cuts:
        there.subtract(ends[cut])
        there.update(begins[cut])
        for said in ends[cut]:
            if not there[said]:
                del there[said]
        names = heapq.nsmallest(NAMES_SHOWN, there, key=lambda said: (len(said), said))
        yield " ".join(names)
