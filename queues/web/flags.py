"""Flags prepared for reading: what was found, by whom, where, and the stretch of text itself.

A flag holds places only. Its text is read from the payload, so that it is gone when that is erased.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from queues.models import Flag
from queues.score.detectors.invisible import smuggled
from queues.score.detectors.texts import text_of

TARGETS: dict[str, Promise] = {
    "output": _("output"),
    "input": _("input"),
    "retrieval": _("retrieved documents"),
}
EXCERPT_CHARACTERS = 120


@dataclass(frozen=True, slots=True)
class ShownFlag:
    """One flag. excerpt: the flagged stretch; smuggled: what its invisible characters say."""

    flag: Flag
    target: str | Promise
    excerpt: str
    smuggled: str

    @property
    def place(self) -> str:
        """ "12–25" in code points; "" when it is about the whole text."""
        return "{}–{}".format(*self.flag.span) if self.flag.span else ""


def shown_flags(flags: Sequence[Flag], record: Mapping[str, Any]) -> list[ShownFlag]:
    """The flags that object to something, the worst first."""
    texts: dict[str, str] = {}
    objecting = [flag for flag in flags if flag.flagged]
    for flag in objecting:
        if flag.target not in texts:
            texts[flag.target] = text_of(record, flag.target)
    return [
        _shown(flag, texts[flag.target])
        for flag in sorted(objecting, key=lambda flag: (-flag.severity, flag.pk))
    ]


def _shown(flag: Flag, text: str) -> ShownFlag:
    stretch = text[slice(*flag.span)] if flag.span else ""
    target = TARGETS.get(flag.target, flag.target)
    return ShownFlag(flag, target, stretch[:EXCERPT_CHARACTERS], smuggled(stretch)[:EXCERPT_CHARACTERS])
