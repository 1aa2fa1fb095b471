"""What a person is told of a check afterwards: their answer beside what was expected, and why."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from queues.curate.checks.marking import CORRECTION, DECISION
from queues.models import Decision, Purpose, ServedCheck
from queues.review import form as forms
from queues.web.answer_words import Labels, in_words
from queues.web.labels import labels_of

HEADINGS: Mapping[bool | None, Promise] = {
    True: gettext_lazy("As expected"),
    False: gettext_lazy("Not as expected"),
    None: gettext_lazy("You asked the lead"),
}


@dataclass(frozen=True, slots=True)
class Part:
    """One part of the answer. is_right: None where it was not judged."""

    label: str
    said: str
    expected: str
    is_right: bool | None


@dataclass(frozen=True, slots=True)
class Told:
    """One answered check. targets, rubric: of the golden item behind it, if there is one."""

    served: ServedCheck
    heading: str | Promise
    is_right: bool | None
    parts: Sequence[Part]
    why: str
    corrected_text: str | None
    targets: Sequence[str]
    rubric: str

    @property
    def is_training(self) -> bool:
        return self.served.purpose == Purpose.TRAINING

    @property
    def prediction_id(self) -> str:
        return self.served.check_given.source.prediction.prediction_id


def told(served: ServedCheck) -> Told:
    """In words; the rows behind it are read already (`queries.told_after`, `queries.told_to`)."""
    check = served.check_given
    golden = check.golden
    return Told(
        served=served,
        heading=HEADINGS[served.right],
        is_right=served.right,
        parts=_parts(served),
        why=check.why,
        corrected_text=check.corrected_text,
        targets=list(golden.targets) if golden else [],
        rubric=golden.rubric if golden else "",
    )


def _parts(served: ServedCheck) -> list[Part]:
    check, review = served.check_given, served.review
    form = forms.of_version(check.form_id)
    labels = labels_of(form)
    said = review.answers if review else {}
    decision = Decision(review.decision).label if review else _("nothing")
    marks = served.marks
    found = [
        Part(_("Decision"), str(decision), str(Decision(check.decision).label), marks.get(DECISION)),
    ]
    if CORRECTION in marks:
        word = _("fits the golden answer") if marks[CORRECTION] else _("does not fit the golden answer")
        found.append(Part(_("Correction"), word, _("fits the golden answer"), marks[CORRECTION]))
    for key, expected in check.answers.items():
        answered = _answer(key, said.get(key), labels)
        right = marks.get(f"answers/{key}")
        found.append(Part(labels.get(key, key), answered, _answer(key, expected, labels), right))
    return found


def _answer(key: str, value: object, labels: Labels) -> str:
    return _("nothing") if value is None else in_words(key, value, labels)
