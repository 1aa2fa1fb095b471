"""How much Markdown is laid out: what would keep a web thread busy for seconds is shown as it was sent.

Laying out takes time by what may begin or end markup, by lines, and by the cells of tables, which a short
text can have many of: one wide head, and a row for each letter. And where a link begins, its paragraph is
looked through for the link's end, again for each image around it. All are counted from above in one walk over
the text, without reading it as Markdown.
"""

import re
from dataclasses import dataclass

from django.utils.translation import gettext as _

from queues.numbers import localized

MARKS_MOST = 8_000
LINES_MOST = 3_000
CELLS_MOST = 6_000
STEPS_MOST = 4_000_000

_MARK = re.compile(r"[*_~`\[\]!<&\\|]")
_NESTED_MOST = 20  # images within images, of which the parser goes no deeper
# An image in whose description nothing can be nested: it ends at this bracket, if it is one.
_PLAIN_IMAGE = re.compile(r"!\[[^\[\]`<\\]*\]\(")
_EMPTY_LINE = re.compile(r"(?:\r\n?|\n)[ \t]*(?:\r\n?|\n)")
_LINE_END = re.compile(r"\r\n?|\n")
# What the line below the head of a table consists of, also within quotes and lists.
_BELOW_HEAD = re.compile(r"[ \t>*+0-9.)|:-]+")


@dataclass(frozen=True, slots=True)
class Extent:
    """What a text would cost to lay out: each a number that the real one does not exceed."""

    marks: int
    lines: int
    cells: int
    steps: int


def extent_of(text: str) -> Extent:
    """Counts of the whole text; its cost grows with the length of the text and nothing else."""
    lines = _LINE_END.split(text)
    return Extent(len(_MARK.findall(text)), len(lines), _cells(lines), _steps(text))


def too_much(text: str) -> str:
    """Why this text is not laid out, as a sentence for its reader; "" where it is."""
    extent = extent_of(text)
    if extent.marks > MARKS_MOST:
        said = _(
            "This text has %(n)s signs of Markdown. Up to %(most)s are laid out, so it is shown as it was "
            "sent."
        )
        return said % {"n": localized(extent.marks), "most": localized(MARKS_MOST)}
    if extent.lines > LINES_MOST:
        said = _("This text has %(n)s lines. Up to %(most)s are laid out, so it is shown as it was sent.")
        return said % {"n": localized(extent.lines), "most": localized(LINES_MOST)}
    if extent.cells > CELLS_MOST:
        said = _(
            "The tables of this text have up to %(n)s cells. Up to %(most)s are laid out, so it is shown as "
            "it was sent."
        )
        return said % {"n": localized(extent.cells), "most": localized(CELLS_MOST)}
    if extent.steps > STEPS_MOST:
        return _("The links and images of this text take too long to lay out, so it is shown as it was sent.")
    return ""


def _steps(text: str) -> int:
    """The letters that are looked at for the ends of links, which no paragraph hides from another."""
    steps = 0
    for paragraph in _EMPTY_LINE.split(text):
        if links := paragraph.count("]("):
            nested = paragraph.count("![") - len(_PLAIN_IMAGE.findall(paragraph))
            steps += links * len(paragraph) * (1 + min(_NESTED_MOST, nested))
    return steps


def _cells(lines: list[str]) -> int:
    """The cells that tables may have: each line below what may be a head has as many as the head.

    A table ends at an empty line; another head within it may only add to what is counted.
    """
    cells = columns = 0
    for line in lines:
        if not line.strip(" \t"):
            columns = 0
        elif "|" in line and _BELOW_HEAD.fullmatch(line):
            columns = max(columns, line.count("|") + 1)
        cells += columns
    return cells
