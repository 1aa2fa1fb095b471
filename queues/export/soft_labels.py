"""How the answers to a question spread over a row, where people may rightly differ: kept, not settled.

Which questions: those of which a lead expects a distribution (queues.agree.targets) when the rows are read.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import orjson

from queues.agree.asked import Asked, asked_in
from queues.agree.patterns import Answer, pattern_of
from queues.agree.targets import targets_of
from queues.export.row import SoftLabel
from queues.models import Decision, Queue

# Of each standing review what it decided and what it answers to these questions, and under which form.
GIVEN = """(
  SELECT jsonb_agg(jsonb_build_array(r.form_id, r.decision, (
    SELECT coalesce(jsonb_object_agg(said.key, r.answers -> said.key), '{}')
    FROM unnest(%(soft)s::text[]) said(key) WHERE r.answers ? said.key
  )) ORDER BY r.id)
  FROM queues_review r WHERE r.item_id = i.id AND r.withdrawn_at IS NULL
)"""


@dataclass(frozen=True, slots=True)
class SoftLabels:
    """The questions of one queue that keep their distribution; empty for most queues."""

    asked: Sequence[Asked]

    @property
    def keys(self) -> list[str]:
        return [one.key for one in self.asked]

    def of(self, given: Any) -> tuple[SoftLabel, ...]:
        """Of one item, from what GIVEN read; a question that nobody answered is left out."""
        if not self.asked:
            return ()
        reviews = orjson.loads(given) if isinstance(given, str | bytes) else given
        judging = [review for review in reviews or () if review[1] != Decision.ESCALATE]
        found = (_label(asked, judging) for asked in self.asked)
        return tuple(label for label in found if label.answers or label.unsure)


NONE = SoftLabels(())


def of_queue(queue_id: int) -> SoftLabels:
    """The questions of its form of which a distribution is expected now; mostly none."""
    wanted = {key for key, target in targets_of(queue_id).items() if target.is_distribution}
    if not wanted:
        return NONE
    asked, _left_out = asked_in(Queue.objects.get(pk=queue_id))
    return SoftLabels([one for one in asked if one.key in wanted])


def _label(asked: Asked, reviews: Iterable[tuple[int, str, Mapping[str, Any]]]) -> SoftLabel:
    """An answer that the form of today no longer knows, and maps to nothing, is none."""
    answers, unsure = [], 0
    for form_id, decision, said in reviews:
        value = decision if asked.question is None else said.get(asked.key)
        # Not `number_of`: while verdicts are read, the connection answers nothing else.
        answer = None if value is None else asked.answer_to(value, asked.history.numbers.get(form_id, 0))
        if answer is not None:
            answers.append(answer)
        elif asked.question is not None and asked.question.is_unsure(value):
            unsure += 1
    counts = Counter(pattern_of(answers))  # numbers by size, all else by name
    if asked.scale.values is not None:
        places = {value: place for place, value in enumerate(asked.scale.values)}
        counts = Counter({value: counts[value] for value in sorted(counts, key=places.__getitem__)})
    return SoftLabel(asked.key, tuple((_text(value), n) for value, n in counts.items()), unsure)


def _text(answer: Answer) -> str:
    """A code as it is, a number without a needless ".0", sets and rankings as a JSON list."""
    if isinstance(answer, str):
        return answer
    if isinstance(answer, float):
        return str(int(answer)) if answer.is_integer() else repr(answer)
    return orjson.dumps(sorted(answer) if isinstance(answer, frozenset) else answer).decode()
