"""An output as it is meant to be read, beside the text as it was sent."""

import re
from dataclasses import dataclass

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from queues.web.json_view import laid_out
from queues.web.markdown import rendered
from queues.web.markdown_bounds import too_much

# Up to this length it is rendered with the page, for people who prefer that; else once it is on the screen.
AHEAD_CHARACTERS = 20_000
_SEEN = re.compile(r">\s*[^<\s]|<hr")  # in HTML: a letter between tags, or a line across


@dataclass(frozen=True, slots=True)
class Rendering:
    """An output for reading: Markdown as HTML, JSON laid out, or why the text as it was sent stands for it.

    Exactly one of them is there.
    """

    html: SafeString | None = None
    json: str | None = None
    why_not: str = ""


def rendering_of(text: str) -> Rendering:
    """The text as it is meant to be read."""
    json = laid_out(text)
    if json is not None:
        return Rendering(json=json)
    if why_not := too_much(text):
        return Rendering(why_not=why_not)
    html = rendered(text)
    if not _SEEN.search(html):
        return Rendering(why_not=_("Rendered, nothing of it could be seen. It is shown as it was sent."))
    return Rendering(html=html)
