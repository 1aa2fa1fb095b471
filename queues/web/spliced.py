"""A long corrected text, posted as what changed of it.

A browser sends at most 64 KiB for a page that is being closed, and a whole text may be longer. So the review
screen posts where the text of the stored draft (or, while there is none, the output) is to be replaced, and
by what. `splice_of` is the CRC-32 of the text that it means: where that is not the stored one, it sends all.
"""

import re
import zlib

from django.http import QueryDict

from accounts.gate import ProjectRequest
from queues.models import Draft, Slot
from queues.web.posted import id_of, revision_of

_LINE_END = re.compile(r"\r\n?")
_UNIT = 2  # bytes of a UTF-16 code unit: what scripts count


class OtherText(Exception):
    """What changed is not the text that is stored."""


def whole_text(request: ProjectRequest, slot: Slot, output_text: str) -> str | None:
    """The corrected text that is meant, with LF as line end; None where the request has all of it."""
    if "splice_of" not in request.POST:
        return None
    mine = Draft.objects.filter(item=slot.item_id, person=request.user.pk, discarded_at=None).first()
    if revision_of(request.POST) != (mine.revision if mine else 0):
        raise OtherText
    typed = mine.content.get("corrected_text") if mine else None
    return spliced(request.POST, base=typed if isinstance(typed, str) else output_text)


def spliced(post: QueryDict, *, base: str) -> str:
    """The base with what was posted in place of what it replaces; OtherText where it is not the base."""
    units = _as_in_a_field(base)
    start, end = id_of(post.get("splice_start", "")), id_of(post.get("splice_end", ""))
    is_meant = str(zlib.crc32(units)) == post.get("splice_of")
    if not is_meant or start is None or end is None or not start <= end <= len(units) // _UNIT:
        raise OtherText
    inserted = _as_in_a_field(post.get("splice_text", ""))
    whole = units[: start * _UNIT] + inserted + units[end * _UNIT :]
    # A lone half of a character stays one, to be refused with the draft.
    return whole.decode("utf-16-le", "surrogatepass")


def _as_in_a_field(text: str) -> bytes:
    return _LINE_END.sub("\n", text).encode("utf-16-le", "surrogatepass")
