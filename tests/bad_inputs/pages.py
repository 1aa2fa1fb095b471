"""A page as a browser takes it: what its form would post, where it marks faults, what in it could act."""

from collections import defaultdict
from html.parser import HTMLParser
from typing import Any

_VOID = {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}
_ADDRESSES = ("href", "src", "action", "formaction", "poster", "data", "srcset", "ping")
_FRAMES = {"iframe", "object", "embed", "frame", "base", "applet"}

Attributes = dict[str, str]


class Page(HTMLParser):
    """fields: what would be posted; faults: JSON pointers; text: what can be read; acting: what could run."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.fields: defaultdict[str, list[str]] = defaultdict(list)
        self.faults: list[str] = []
        self.acting: list[str] = []
        self.ids: list[str] = []
        self.says_why = False
        self._open: list[tuple[str, Attributes]] = []
        self._read: list[str] = []
        self._typed: list[str] | None = None
        self.feed(html)
        self.close()

    @property
    def text(self) -> str:
        """All that can be read, what stands in text fields included."""
        return "".join(self._read)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        own = {name: value or "" for name, value in attrs}
        self.acting += _acting(tag, own)
        if "id" in own:
            self.ids.append(own["id"])
        self._note_fault(tag, own)
        if tag == "input":
            self._note_input(own)
        if tag == "textarea":
            self._typed = []
        if tag not in _VOID:
            self._open.append((tag, own))

    def handle_endtag(self, tag: str) -> None:
        if tag == "textarea" and self._typed is not None:
            typed = "".join(self._typed)
            self.fields[self._open[-1][1].get("name", "")].append(typed.removeprefix("\n"))
            self._typed = None
        if any(name == tag for name, _own in self._open):
            while self._open.pop()[0] != tag:
                pass

    def handle_data(self, data: str) -> None:
        tag = self._open[-1][0] if self._open else ""
        if tag in ("script", "style"):
            return
        self._read.append(data)
        if self._typed is not None:
            self._typed.append(data)
        if tag == "code" and self._is_inside("said", "faults"):
            self.faults.append(data)

    def _note_input(self, own: Attributes) -> None:
        if own.get("type") not in ("radio", "checkbox") or "checked" in own:
            self.fields[own.get("name", "")].append(own.get("value", "on"))

    def _note_fault(self, tag: str, own: Attributes) -> None:
        classes = own.get("class", "").split()
        self.says_why |= "data-refusal" in own or {"notice", "bad"} <= set(classes)
        if tag != "p" or "fault" not in classes:
            return
        stops = [outer["data-stop"] for _tag, outer in self._open if "data-stop" in outer]
        self.faults.append(f"/{stops[-1]}" if stops else "/corrected_text")

    def _is_inside(self, *classes: str) -> bool:
        return any(set(classes) & set(own.get("class", "").split()) for _tag, own in self._open)


def page_of(response: Any) -> Page:
    return Page(response.content.decode())


def _acting(tag: str, own: Attributes) -> list[str]:
    """What of one element could run, load from elsewhere, or change another part of the page."""
    found = [f"<{tag} {name}>" for name in own if name.startswith("on") or name == "hx-swap-oob"]
    found += [f"<{tag} {name}={own[name]}>" for name in _ADDRESSES if name in own and not _is_own(own[name])]
    if tag == "script" and not own.get("src", "").startswith("/static/"):
        found.append("<script> of no file of ours")
    if tag in _FRAMES or (tag == "meta" and "http-equiv" in own):
        found.append(f"<{tag}>")
    return found


def _is_own(address: str) -> bool:
    """Nothing but a path, a query or a fragment of this server."""
    return address in ("", "#") or (address[0] in "/?#" and address[:2] not in ("//", "/\\"))
