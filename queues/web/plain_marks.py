"""Marking places without a script: plain fields beside the list of marks, folded into the answer when posted.

Where a place is, is said by its words (and which of them, where they stand several times) or by its first and
last code point. The fields of a question are called `mark.<key>.…`; whatever button sends them adds the mark.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.http import QueryDict
from django.utils.translation import gettext as _

from accounts.gate import ProjectRequest
from queues.errors import Fault, Invalid
from queues.models import Item, Slot
from queues.numbers import localized
from queues.review import marked_texts
from queues.review.form import Form
from queues.review.line_ends import like
from queues.review.marked_places import MarkedPlaces
from queues.review.question import UNSURE
from queues.web.posted import id_of
from queues.web.posted_answers import ANSWER, answer_of

PREFIX = "mark."
_WHERE = ("quote", "nth", "start", "end")
_TYPED = (*_WHERE, "on", "code", "severity", "comment")
COUNTED_MOST = 1_000  # places at which the same words stand


@dataclass(slots=True)
class Folded:
    """The post without the plain fields. typed: those of a mark that could not be added, by question."""

    post: QueryDict
    typed: dict[str, dict[str, str]] = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)

    @property
    def refusal(self) -> Invalid:
        return Invalid(_("The mark was not added: see the marked place."), self.faults)


class _Unplaced(Exception):
    def __init__(self, code: str, detail: str) -> None:
        super().__init__(detail)
        self.code, self.detail = code, detail


def unplaced(request: ProjectRequest, slot: Slot, form: Form) -> Folded | None:
    """Fold the marks that the page of somebody without a script has sent; not None when one has no place.

    From here on `request.POST` is the post without the plain fields.
    """
    if not any(name.startswith(PREFIX) for name in request.POST):
        return None
    item = Item.objects.select_related("prediction__payload").get(pk=slot.item_id)
    folded = fold(request.POST, form, marked_texts.texts_of(item, form))
    request.POST = folded.post  # type: ignore[assignment]  # Django has a setter, its stub a property
    return folded if folded.faults else None


def fold(post: QueryDict, form: Form, texts: Mapping[str, str]) -> Folded:
    """Add what the plain fields mark and take out what they remove; texts: "output", and "input" if known."""
    found = Folded(post.copy())
    for question in form.questions:
        if isinstance(question, MarkedPlaces):
            _fold_one(found, question, texts)
    return found


def _fold_one(found: Folded, question: MarkedPlaces, texts: Mapping[str, str]) -> None:
    typed = {name: _taken(found.post, question, name) for name in _TYPED}
    removed = {id_of(value) for value in found.post.pop(f"{PREFIX}{question.key}.remove", [])}
    is_typed = any(typed[name].strip() for name in (*_WHERE, "code", "severity", "comment"))
    if not is_typed and not removed:
        return
    posted = found.post.getlist(f"{ANSWER}{question.key}")
    unsure = [value for value in posted if value == UNSURE]
    before = answer_of(question, [value for value in posted if value != UNSURE])
    places = [place for n, place in enumerate(before) if n not in removed] if isinstance(before, list) else []
    if is_typed:
        faults = list(_add(places, question, typed, texts))
        if faults:
            found.faults += faults
            found.typed[question.key] = typed
    kept = json.dumps(places, ensure_ascii=False) if places else ""
    found.post.setlist(f"{ANSWER}{question.key}", [kept, *unsure])


def _taken(post: QueryDict, question: MarkedPlaces, name: str) -> str:
    values = post.pop(f"{PREFIX}{question.key}.{name}", [""])
    return str(values[0]) if values else ""


def _add(
    places: list[Any], question: MarkedPlaces, typed: Mapping[str, str], texts: Mapping[str, str]
) -> Iterator[Fault]:
    """Put the place at the end of the list, or say why not."""
    pointer = f"/answers/{question.key}"
    on = typed["on"] or question.texts[0]
    try:
        start, end = _where(typed, texts.get(on, ""))
    except _Unplaced as why:
        yield Fault(pointer, why.code, why.detail)
        return
    place = {"start": start, "end": end, "on": on, **_said(question, typed)}
    lengths: Any = {name: len(text) for name, text in texts.items()}
    faults = question.faults([place], lengths)
    yield from (Fault(pointer, fault.code, fault.detail) for fault in faults)
    if not faults:
        places.append(place)


def _said(question: MarkedPlaces, typed: Mapping[str, str]) -> dict[str, str]:
    """What the place says beside where it is, under the names of its kind; nothing empty."""
    is_category = "category" in question.fields
    said = {
        "category" if is_category else "mark": typed["code"],
        "severity": typed["severity"],
        "comment" if is_category else "document": like("", typed["comment"]).strip(),
    }
    return {name: value for name, value in said.items() if value}


def _where(typed: Mapping[str, str], text: str) -> tuple[int, int]:
    """[start, end) in code points."""
    quote = like(text, typed["quote"])
    if not quote.strip():
        start, end = id_of(typed["start"].strip()), id_of(typed["end"].strip())
        if start is None or end is None:
            detail = _("Copy the words to mark into the field, or give their first and last place.")
            raise _Unplaced("answers.where_missing", detail)
        return start, end
    found = _places_of(quote, text) or _places_of(quote.strip(), text)
    if not found:
        raise _Unplaced(
            "answers.quote_absent", _("These words do not stand in the text. Copy them as they are there.")
        )
    nth = id_of(typed["nth"].strip()) if typed["nth"].strip() else (1 if len(found) == 1 else None)
    if nth is None or not 1 <= nth <= len(found):
        detail = _("These words stand in the text %(n)s times: say which of them, by its number.")
        raise _Unplaced("answers.quote_often", detail % {"n": localized(len(found))})
    return found[nth - 1]


def _places_of(quote: str, text: str) -> list[tuple[int, int]]:
    places: list[tuple[int, int]] = []
    at = text.find(quote)
    while at >= 0 and len(places) < COUNTED_MOST:
        places.append((at, at + len(quote)))
        at = text.find(quote, at + 1)
    return places
