"""What a browser without scripts would post of a form, read off its HTML."""

from html.parser import HTMLParser


class _Controls(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.fields: list[tuple[str, str]] = []
        self._select = self._textarea = self._text = ""
        self._first: str | None = None
        self._chosen: str | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = dict(attrs)
        name, value = found.get("name") or "", found.get("value") or ""
        if tag == "input" and name:
            if found.get("type") not in ("radio", "checkbox") or "checked" in found:
                self.fields.append((name, value))
        elif tag == "select":
            self._select, self._first, self._chosen = name, None, None
        elif tag == "option" and self._select:
            self._first = value if self._first is None else self._first
            self._chosen = value if "selected" in found else self._chosen
        elif tag == "textarea":
            self._textarea, self._text = name, ""

    def handle_data(self, data: str) -> None:
        if self._textarea:
            self._text += data

    def handle_endtag(self, tag: str) -> None:
        if tag == "select" and self._select:
            self.fields.append((self._select, self._chosen or self._first or ""))
            self._select = ""
        elif tag == "textarea" and self._textarea:
            # The newline after the tag is not part of the text, and line ends are sent as CRLF.
            text = self._text.removeprefix("\n").replace("\r\n", "\n").replace("\n", "\r\n")
            self.fields.append((self._textarea, text))
            self._textarea = ""


def posted(html: str, *, prefix: str = "") -> list[tuple[str, str]]:
    """Name and value of every control that is sent, in the order of the page; names with this prefix."""
    controls = _Controls()
    controls.feed(html)
    return [(name, value) for name, value in controls.fields if name.startswith(prefix)]
