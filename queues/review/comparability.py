"""Do answers given under one version of a form mean the same under the next?

Same key, kind and values: yes. Other words for the same values: yes. Anything else needs a new key, or a
mapping that says what each old value is now; else a version is refused, so that within a queue a key
never means two things.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal, TypeAlias

from django.utils.translation import gettext as _

from accounts.json_pointer import escaped
from queues.errors import Fault
from queues.review.form import Form
from queues.review.question import UNSURE, Question

Mappings: TypeAlias = Mapping[str, Mapping[str, str]]
"""Question key → old value → new value."""
What: TypeAlias = Literal["same", "worded", "mapped", "new", "removed", "changed"]
# Kinds whose answers are one of their codes each: between them answers can be mapped.
_ONE_CODE = frozenset({"single_choice", "yes_no", "preference", "rating"})
_LONGEST_SCALE = 101
NOTHING: Mapping[str, Question] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Comparison:
    """One question of two versions. comparable: old answers may be put beside new ones.

    why: for people. place: in the new version's questions; None when it was removed. can_map: old values
    could be mapped. old, new: their values, where they are codes.
    """

    key: str
    label: str
    what: What
    why: str
    place: int | None
    can_map: bool = False
    old: Sequence[str] = ()
    new: Sequence[str] = ()

    @property
    def keeps_values(self) -> bool:
        """Every old value is there still: new ones were added beside them."""
        return set(self.old) <= set(self.new)

    @property
    def comparable(self) -> bool:
        return self.what in ("same", "worded", "mapped")


def compare(
    before: Form | None,
    after: Form,
    mappings: Mappings | None = None,
    *,
    retired: Mapping[str, Question] = NOTHING,
) -> list[Comparison]:
    """Each question of the new version in its order, then those that it does not have any more.

    retired: questions of still older versions that `before` does not ask: their keys are taken, too.
    """
    old = {question.key: question for question in before.questions} if before else {}
    known, mapped = {**retired, **old}, mappings or {}
    found = [
        _compared(known.get(question.key), question, n, mapped.get(question.key))
        for n, question in enumerate(after.questions)
    ]
    kept = {question.key for question in after.questions}
    return [*found, *(_removed(question) for key, question in old.items() if key not in kept)]


def faults_of(
    before: Form | None, after: Form, mappings: Mappings, *, retired: Mapping[str, Question] = NOTHING
) -> Iterator[Fault]:
    """Why this cannot follow that version: values changed and nobody said how, or a mapping does not fit."""
    compared = {one.key: one for one in compare(before, after, mappings, retired=retired)}
    for one in compared.values():
        if one.what == "changed":
            yield Fault(f"/questions/{one.place}/key", "form.not_comparable", one.why)
    for key, mapping in mappings.items():
        found = compared.get(key)
        if found is None or not found.can_map:
            detail = _("There is no question of this key whose old values could be mapped.")
            yield Fault(f"/mappings/{escaped(key)}", "form.mapping", detail)
            continue
        for value in mapping:
            if value not in found.old:
                detail = _("The version before had no such value.")
                yield Fault(f"/mappings/{escaped(key)}/{escaped(value)}", "form.mapping", detail)


def codes_of(question: Question) -> list[str]:
    """The values of an answer that are codes, as strings; none of a text or a number."""
    if question.kind == "rating":
        low, high = getattr(question, "minimum", 0), getattr(question, "maximum", 0)
        return [str(n) for n in range(low, min(high, low + _LONGEST_SCALE) + 1)]
    return [code for code in question.words() if code != UNSURE]


def _compared(
    old: Question | None, new: Question, place: int, mapping: Mapping[str, str] | None
) -> Comparison:
    if old is None:
        why = _("A new question: its answers begin with this version.")
        return Comparison(new.key, new.label, "new", why, place)
    codes = (codes_of(old), codes_of(new))
    can_map = _can_map(old, new)
    if _means_the_same(old, new):
        what, why = _words_of(old, new)
        return Comparison(new.key, new.label, what, why, place, old=codes[0], new=codes[1])
    if can_map and mapping is not None and _maps_all(mapping, *codes):
        why = _("The values changed; each old value is mapped to a new one.")
        return Comparison(new.key, new.label, "mapped", why, place, can_map, *codes)
    return Comparison(new.key, new.label, "changed", _why_not(old, new, can_map), place, can_map, *codes)


def _removed(question: Question) -> Comparison:
    why = _("Not asked any more. Answers that were given stay with their reviews.")
    return Comparison(question.key, question.label, "removed", why, None)


def _means_the_same(old: Question, new: Question) -> bool:
    """Same kind and values; in whatever order, but for a scale, where the order is the meaning."""
    if old.kind != new.kind:
        return False
    if "ordinal" in (old.level, new.level):
        return codes_of(old) == codes_of(new)
    texts = [sorted(getattr(one, "texts", ())) for one in (old, new)]
    units = [getattr(one, "unit", "") for one in (old, new)]
    return sorted(codes_of(old)) == sorted(codes_of(new)) and texts[0] == texts[1] and units[0] == units[1]


def _words_of(old: Question, new: Question) -> tuple[What, str]:
    if old == new:
        return "same", _("Unchanged.")
    return "worded", _("Same key, kind and values: answers stay comparable.")


def _can_map(old: Question, new: Question) -> bool:
    if old.kind != new.kind and not {old.kind, new.kind} <= _ONE_CODE:
        return False
    return bool(codes_of(old) and codes_of(new))


def _maps_all(mapping: Mapping[str, str], old: Sequence[str], new: Sequence[str]) -> bool:
    return set(old) <= set(mapping) and all(mapping[value] in new for value in old)


def _why_not(old: Question, new: Question, can_map: bool) -> str:  # noqa: FBT001 - private
    if can_map:
        return _(
            "Its values changed, so old answers would mean something else: give the question a new key, or"
            " say what each old value is now."
        )
    if old.kind != new.kind:
        return _("Its kind changed: give the question a new key, so that old answers stay what they were.")
    return _("What it asks for changed: give the question a new key, so that old answers stay as they were.")
