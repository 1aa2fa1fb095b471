"""Items that several people have reviewed, and what each of them said: for figures about persons.

Items under review are left out: whoever looks at a figure may be about to review one of them, blind.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, NamedTuple

import orjson
from django.db import connection

from queues.agree import unit_sql
from queues.agree.asked import Asked
from queues.agree.patterns import Answer
from queues.models import Item
from queues.review import form_history

LOOK_AT = 1_000  # items: so that a page costs the same in a queue of any size

# Words of the partial index item_with_overlap, which the database must recognise whatever the arguments.
_REVIEWS = """
SELECT i.id, i.prediction_id, i.is_drawn, extract(epoch FROM i.created_at)::float8, p.model_version,
       p.locale, p.segment, i.reasons,
       i.other_id IS NOT NULL, r.person_id, r.form_id, r.decision, r.answers
FROM (SELECT id, prediction_id, overlap_drawn OR blind_drawn AS is_drawn, created_at, other_id, reasons
      FROM queues_item WHERE {which}) i
JOIN queues_prediction p ON p.id = i.prediction_id
LEFT JOIN queues_review r ON r.item_id = i.id AND r.withdrawn_at IS NULL AND r.decision <> 'escalate'
ORDER BY i.id
"""
SHARED = "queue_id = %s AND reviews_needed > 1 AND state IN ('disputed', 'settled')"
_NEWEST = _REVIEWS.format(which=f"{SHARED} ORDER BY id DESC LIMIT %s")
_ONE = _REVIEWS.format(which="id = %s")
# What was said to one question and nothing else; its answer as text, so that each is read once.
_ANSWERS = f"""
SELECT i.id, r.person_id, r.form_id, {{said}}
FROM (SELECT id, other_id FROM queues_item WHERE {SHARED} ORDER BY id DESC LIMIT %s) i
JOIN queues_review r ON r.item_id = i.id AND r.withdrawn_at IS NULL AND r.decision <> 'escalate'
ORDER BY i.id, r.person_id
"""
_DECISIONS = _ANSWERS.format(said="CASE WHEN i.other_id IS NULL THEN r.decision END")
_TO_QUESTION = _ANSWERS.format(said="(r.answers -> %s)::text")


class Given(NamedTuple):
    """What one person said to one question."""

    person_id: int
    answer: Answer


@dataclass(frozen=True, slots=True)
class Said:
    """One standing review. decision: None where a comparison was judged, as it judges neither output.

    version: of the form to whose questions the answers belong.
    """

    person_id: int
    version: int
    decision: str | None
    answers: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class SharedItem:
    """An item with what stands of its reviews. is_drawn: chance gave it extra reviews. kinds: of the rules
    that sent it.
    """

    item_id: int
    prediction_id: int
    is_drawn: bool
    opened_at: datetime
    model_version: str
    locale: str
    segment: str
    kinds: frozenset[str]
    said: list[Said]

    @property
    def version(self) -> int:
        """Of the form: the newest among its reviews, as agreement counts it."""
        return max((one.version for one in self.said), default=0)


@dataclass(frozen=True, slots=True)
class Newest:
    """The newest shared items with a standing review, oldest first. is_all: there are no older ones."""

    items: Sequence[SharedItem]
    is_all: bool


def newest(queue_id: int) -> Newest:
    """Looks at LOOK_AT items at most; one statement, besides the versions of the form once each."""
    found = _read(_NEWEST, [queue_id, LOOK_AT])
    return Newest([one for one in found if one.said], is_all=len(found) < LOOK_AT)


def given_in(queue_id: int, asked: Asked) -> list[list[Given]]:
    """What people said to one question on the newest shared items, item by item and by person; one statement.

    The same items as those of `newest`, without what else is known of them.
    """
    found: dict[int, list[Given]] = {}
    known: dict[tuple[str, int], Answer | None] = {}
    with connection.cursor() as cursor:
        if asked.question is None:
            cursor.execute(_DECISIONS, [queue_id, LOOK_AT])
        else:
            cursor.execute(_TO_QUESTION, [asked.key, queue_id, LOOK_AT])
        for item_id, person_id, form_id, said in cursor.fetchall():
            if said is None:
                continue
            if (said, form_id) not in known:
                known[said, form_id] = _read_answer(asked, said, form_id)
            if (answer := known[said, form_id]) is not None:
                found.setdefault(item_id, []).append(Given(person_id, answer))
    return list(found.values())


def _read_answer(asked: Asked, said: str, form_id: int) -> Answer | None:
    if asked.question is None:
        return said
    value = orjson.loads(said)
    return None if value is None else asked.answer_to(value, form_history.number_of(form_id))


def cohorts_of(items: Sequence[SharedItem]) -> Mapping[int, frozenset[str]]:
    """Item → the parts of its prediction's cohort, as agreement counts them; one statement."""
    found: dict[int, set[str]] = {item.item_id: set() for item in items}
    with connection.cursor() as cursor:
        cursor.execute(unit_sql.COHORTS, [list(found)])
        for item_id, name in cursor.fetchall():
            found[item_id].add(name)
    return {item_id: frozenset(names) for item_id, names in found.items()}


def of_item(item: Item) -> SharedItem:
    """One item, however old and in whatever state: the caller sees to it that its reviews may be told."""
    (found,) = _read(_ONE, [item.pk])
    return found


def _read(statement: str, arguments: Sequence[int]) -> list[SharedItem]:
    """Also items of which no review stands."""
    found: dict[int, SharedItem] = {}
    with connection.cursor() as cursor:
        cursor.execute(statement, arguments)
        for row in cursor.fetchall():
            item_id, prediction_id, is_drawn, opened_at, model, locale, segment, reasons, *review = row
            item = found.get(item_id)
            if item is None:  # as seconds: a time would be read anew with each review
                at = datetime.fromtimestamp(opened_at, UTC)
                item = found[item_id] = SharedItem(
                    item_id, prediction_id, is_drawn, at, model, locale, segment, _kinds(reasons), []
                )
            if review[1] is not None:
                item.said.append(_said(*review))
    return list(found.values())


def _kinds(reasons: Any) -> frozenset[str]:
    document = orjson.loads(reasons) if isinstance(reasons, str) else reasons
    return frozenset(reason["kind"] for reason in document if "kind" in reason)


def _said(compares: bool, person_id: int, form_id: int, decision: str, answers: Any) -> Said:  # noqa: FBT001 - a row
    document = orjson.loads(answers) if isinstance(answers, str) else answers
    return Said(person_id, form_history.number_of(form_id), None if compares else decision, document)


def given_to(item: SharedItem, asked: Asked) -> list[Given]:
    """The answers of this item to a question; those to older versions of the form as later ones map them."""
    read = ((said.person_id, _answer(said, asked)) for said in item.said)
    return [Given(person_id, answer) for person_id, answer in read if answer is not None]


def _answer(said: Said, asked: Asked) -> Answer | None:
    if asked.question is None:
        return said.decision
    value = said.answers.get(asked.key)
    return None if value is None else asked.answer_to(value, said.version)
