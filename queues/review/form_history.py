"""The versions of a queue's form in order, and how an answer to one is put as an answer to a later one."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from queues.models import FormVersion
from queues.review.comparability import Mappings
from queues.review.question import Question


@dataclass(frozen=True, slots=True)
class History:
    """numbers: form id → version. steps: each version that maps values of the one before, in their order."""

    numbers: Mapping[int, int]
    steps: Sequence[tuple[int, Mappings]]

    @property
    def newest(self) -> int:
        """The newest version; 0: there is none."""
        return max(self.numbers.values(), default=0)

    def put(self, question: Question, value: Any, *, since: int, until: int) -> Any:
        """An answer to version `since` as one to version `until`, whose question this is."""
        for version, mappings in self.steps:
            if since < version <= until and question.key in mappings:
                value = _mapped(value, mappings[question.key])
        return _typed(question, value)


NO_HISTORY = History({}, ())


def of_queue(queue_id: int) -> History:
    """All versions; one statement."""
    versions = FormVersion.objects.filter(queue=queue_id).order_by("version")
    return _history(list(versions.values_list("pk", "version", "mappings")))


def of_form(form_id: int) -> History:
    """All versions of the queue that this version belongs to; one statement."""
    versions = FormVersion.objects.filter(queue__form_versions=form_id).order_by("version")
    return _history(list(versions.values_list("pk", "version", "mappings")))


@lru_cache(maxsize=4_096)
def number_of(form_id: int) -> int:
    """Which version of its queue's form this is; it never changes."""
    return FormVersion.objects.values_list("version", flat=True).get(pk=form_id)


def _history(rows: Sequence[tuple[int, int, Mappings]]) -> History:
    return History(
        numbers={form_id: version for form_id, version, _mappings in rows},
        steps=[(version, mappings) for _form_id, version, mappings in rows if mappings],
    )


def _mapped(value: Any, mapping: Mapping[str, str]) -> Any:
    if isinstance(value, list):
        return list(dict.fromkeys(mapping.get(one, one) for one in value))
    return mapping.get(str(value), value)


def _typed(question: Question, value: Any) -> Any:
    """Mapped values are codes; those of a rating are numbers."""
    is_number = question.kind == "rating" and isinstance(value, str) and value.isdecimal()
    return int(value) if is_number else value
