"""An output as it is meant to be read, beside the text as it was sent."""

from dataclasses import dataclass

from django.utils.safestring import SafeString

from queues.web.json_view import laid_out
from queues.web.markdown import rendered

# Up to this length it is rendered with the page, for people who prefer that; else once it is on the screen.
AHEAD_CHARACTERS = 20_000


@dataclass(frozen=True, slots=True)
class Rendering:
    """An output for reading: Markdown as HTML, or JSON laid out; the other is None."""

    html: SafeString | None
    json: str | None


def rendering_of(text: str) -> Rendering:
    """The text as it is meant to be read."""
    json = laid_out(text)
    return Rendering(rendered(text) if json is None else None, json)
