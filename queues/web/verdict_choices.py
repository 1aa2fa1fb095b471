"""The reviews that a lead may choose among at the desk, each told by what sets it apart from the others."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.utils.text import Truncator
from django.utils.translation import gettext as _

from queues.adjudicate import queries as adjudicate
from queues.models import Decision, Review
from queues.web.answer_words import in_words

TOLD_MOST = 3  # what differs beside the decision; the table above has all of it
LONGEST = 60  # characters of a question, of an answer and of a text
BEFORE = 15  # characters of a long text that are shown before the first difference


@dataclass(frozen=True, slots=True)
class Pick:
    """One review that may become the verdict.

    told: (what was asked, what this review says) where the reviews differ, beside the decision, shortly.
    """

    review: Review
    told: Sequence[tuple[str, str]]


def picks_of(reviews: Sequence[Review], labels: Mapping[str, str], *, hides_texts: bool) -> list[Pick]:
    """Without the escalations, which decide nothing. hides_texts: what is veiled above is not told here."""
    deciding = [review for review in reviews if review.decision != Decision.ESCALATE]
    rows = [(_short(label), told) for label, told in _differing(deciding, labels, hides_texts=hides_texts)]
    return [
        Pick(review, [(label, told[place]) for label, told in rows[:TOLD_MOST] if told[place]])
        for place, review in enumerate(deciding)
    ]


def _differing(
    reviews: Sequence[Review], labels: Mapping[str, str], *, hides_texts: bool
) -> list[tuple[str, list[str]]]:
    """Each thing that sets the reviews apart beside the decision, with what each says of it."""
    found = [
        (labels.get(one.key, one.key), _apart([_answer(one.key, value, labels) for value in one.values]))
        for one in adjudicate.compare(reviews)
        if one.differs and one.key != "decision"
    ]
    reasons = [", ".join(labels.get(code, code) for code in review.reasons) for review in reviews]
    if len(set(reasons)) > 1:
        found.append((_("Reasons"), _apart([said or _("none") for said in reasons])))
    texts = [review.corrected_text for review in reviews]
    if len(set(texts) - {None}) > 1 and not hides_texts:
        found.append((_("Corrected text"), _apart(texts)))
    return found


def _answer(key: str, value: object, labels: Mapping[str, str]) -> str:
    return _("not answered") if value is None else in_words(key, value, labels)


def _apart(told: Sequence[str | None]) -> list[str]:
    """Each shortly; long ones from where they part. "" for None."""
    there = [words for words in told if words is not None]
    is_long = any(len(words) > LONGEST for words in there)
    start = max(0, _part_at(there) - BEFORE) if is_long else 0
    return ["" if words is None else ("…" if start else "") + _short(words[start:]) for words in told]


def _part_at(texts: Sequence[str]) -> int:
    """The place of the first character in which they are not all the same; where one ends before, its end."""
    together = enumerate(zip(*texts, strict=False))
    return next((place for place, letters in together if len(set(letters)) > 1), min(map(len, texts)))


def _short(words: str) -> str:
    return Truncator(words).chars(LONGEST)
