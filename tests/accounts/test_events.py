"""The audit log takes everything and gives nothing back."""

from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from accounts import events
from accounts.actor import SYSTEM, Actor
from accounts.events import EventRow
from accounts.models import Event, Project

pytestmark = pytest.mark.django_db


def a_row(number: int, *, after: dict[str, Any] | None = None, reason: str = "") -> EventRow:
    return EventRow(
        project_id=7,
        kind="item.settled",
        by=Actor(3, 4),
        subject_kind="item",
        subject_id=number,
        after=after or {"number": number},
        reason=reason,
    )


@pytest.mark.parametrize(
    "statement",
    ["UPDATE accounts_event SET kind = 'x'", "DELETE FROM accounts_event", "TRUNCATE accounts_event"],
)
def test_the_database_refuses_to_change_an_event(statement: str) -> None:
    events.record_many([a_row(1)])

    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE accounts_event ENABLE TRIGGER accounts_event_no_truncate")
        with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
            cursor.execute(statement)

    assert Event.objects.filter(project_id=7).count() == 1


def test_an_event_says_who_did_what_to_which_and_when() -> None:
    events.record(
        project_id=7,
        kind="policy.activated",
        by=Actor(3, 4),
        subject_kind="policy",
        subject_id=9,
        before={"version": 1},
        after={"version": 2},
        reason="too much audit",
    )

    event = Event.objects.get(project_id=7)
    assert (event.kind, event.subject_kind, event.subject_id) == ("policy.activated", "policy", 9)
    assert (event.actor_person_id, event.actor_key_id) == (3, 4)
    assert (event.before, event.after, event.reason) == ({"version": 1}, {"version": 2}, "too much audit")
    assert event.at is not None
    assert int(event.txid) > 0


def test_many_events_are_one_statement_and_keep_their_order() -> None:
    rows = [a_row(number) for number in range(300)]

    with CaptureQueriesContext(connection) as queries:
        events.record_many(rows)

    assert len(queries) == 1
    stored = Event.objects.filter(project_id=7).order_by("id").values_list("subject_id", flat=True)
    assert list(stored) == list(range(300))


def test_no_events_are_no_statement() -> None:
    with CaptureQueriesContext(connection) as queries:
        events.record_many([])

    assert len(queries) == 0


def test_events_of_one_transaction_carry_its_number() -> None:
    events.record_many([a_row(1), a_row(2)])

    assert len(set(Event.objects.values_list("txid", flat=True))) == 1


def test_an_event_is_not_lost_for_text_that_no_database_keeps() -> None:
    events.record_many(
        [a_row(1, reason="a\x00b\ud800c", after={"k\x00": ["\udfff", "\\u0000 stays", {"x": "\x00"}]})]
    )

    event = Event.objects.get(project_id=7)
    assert event.reason == "a\ufffdb\ufffdc"
    assert event.after == {"k\ufffd": ["\ufffd", "\\u0000 stays", {"x": "\ufffd"}]}


def test_an_event_outlives_what_it_tells_of(project: Project) -> None:
    number = project.pk
    events.record(
        project_id=number, kind="project.renamed", by=SYSTEM, subject_kind="project", subject_id=number
    )

    project.delete()

    assert Event.objects.filter(project_id=number, kind="project.renamed").exists()
