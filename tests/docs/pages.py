"""The project's Markdown pages, and what stands in them."""

import re
from collections.abc import Iterator
from pathlib import Path

from reviewapp.environment import ROOT

FOLDERS = ("", "docs", "docs/decisions", "requirements", "locale")
PAGES = sorted(page for folder in FOLDERS for page in (ROOT / folder).glob("*.md"))

_FENCE = re.compile(r"^```(\w*)\n(.*?)^```$", re.DOTALL | re.MULTILINE)
_LINK = re.compile(r"!?\[(?:[^\[\]]|\[[^\]]*\])*\]\(([^)\s]+)\)")
_HEADING = re.compile(r"^#+ (.+)$", re.MULTILINE)
_NO_ANCHOR = re.compile(r"[^\w\- ]")


def name_of(page: Path) -> str:
    return str(page.relative_to(ROOT))


def read(name: str) -> str:
    return (ROOT / name).read_text("utf-8")


def blocks(text: str, language: str) -> Iterator[str]:
    """The fenced blocks of one language."""
    return (body for kind, body in _FENCE.findall(text) if kind == language)


def links(text: str) -> list[str]:
    """The targets of all links outside fenced blocks."""
    return _LINK.findall(_FENCE.sub("", text))


def anchors(text: str) -> set[str]:
    """What a link may name after #, made as code hosts make it."""
    headings = _HEADING.findall(_FENCE.sub("", text))
    return {_NO_ANCHOR.sub("", heading.lower()).replace(" ", "-") for heading in headings}


def table(text: str, heading: str) -> list[list[str]]:
    """The cells of the first table whose header row begins with `heading`, without header and rule."""
    rows = [line for line in text.splitlines() if line.startswith("|")]
    start = next(at for at, row in enumerate(rows) if row.startswith(f"| {heading} |"))
    width = rows[start].count("|")
    found = []
    for row in rows[start + 2 :]:
        if row.count("|") < width or set(row) <= set("|-"):
            break
        found.append([cell.strip() for cell in row.strip("|").split("|")])
    return found
