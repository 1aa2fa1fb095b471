"""Orders of work: what comes first, that everything is reached, and that a claim reads few rows."""

from datetime import timedelta
from itertools import pairwise
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.utils import timezone

from accounts.actor import SYSTEM, Actor
from accounts.models import Person
from accounts.roles import Role
from queues import jobs
from queues.assign import actions as assign
from queues.assign import queues, reordering, working
from queues.assign.claim import CLAIMS, Asking
from queues.assign.orders import Walk, orders
from queues.assign.orders.language import UNKNOWN, language_of
from queues.models import Item, Job, Queue, Slot, SlotState, WorkOrder
from queues.route import windows
from queues.route.actions import route
from queues.score.actions import score
from tests.factories.arrivals import arrived, record
from tests.factories.fresh_tables import begin_anew
from tests.factories.projects import Cast, cast, member
from tests.factories.rules import in_force, rule
from tests.factories.work import queue_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def people() -> Cast:
    windows.shared.forget()
    return cast()


def given_out(queue: Queue, person: Person) -> list[int]:
    """The items in the order in which this person gets them, until there are none."""
    found = []
    while lease := assign.lease_next(queue, by=Actor(person.pk)):
        found.append(lease.item_id)
        Slot.objects.filter(pk=lease.slot_id).update(state=SlotState.DONE)
    return found


def opened(people: Cast, queue: Queue, *records: dict[str, Any], priority: int = 50) -> list[int]:
    """Items that routing opens for these records, in their order."""
    in_force(people.project, rule("random_audit", rate=1.0, priority=priority) | {"queue": queue.slug})
    ids = [arrived(people.project, record(**one)) for one in records]
    route(ids, scored=score(ids))
    return [Item.objects.get(prediction=id_).pk for id_ in ids]


def of_locale(locale: str) -> dict[str, Any]:
    return {"subject": {"locale": locale}}


def test_every_choice_is_an_order_and_every_order_a_choice() -> None:
    assert {name for name, _order in orders} == set(WorkOrder.values)


def test_the_oldest_come_first_whenever_they_are_due(people: Cast) -> None:
    queue = queue_in(people.project, order="oldest")
    items = opened(people, queue, {}, {}, {}, {})
    Slot.objects.filter(item=items[3]).update(due_at=timezone.now() - timedelta(days=1))

    assert given_out(queue, people.ann) == items


def test_random_is_a_shuffle_that_is_the_same_for_everybody(people: Cast) -> None:
    queue = queue_in(people.project, order="random", reviews_per_item=2)
    items = opened(people, queue, *[{} for _ in range(30)])

    anns, lees = given_out(queue, people.ann), given_out(queue, people.lee)

    assert sorted(anns) == items and anns == lees
    rising = sum(first < second for first, second in pairwise(anns))
    assert 5 < rising < 25


def test_diverse_takes_one_of_each_kind_in_turn(people: Cast) -> None:
    queue = queue_in(people.project, order="diverse", spread_by="locale")
    common = opened(people, queue, *[of_locale("en-GB") for _ in range(5)])
    rare = opened(people, queue, of_locale("de-DE"), of_locale("fr-FR"), of_locale("de-DE"))

    got = given_out(queue, people.ann)

    assert got == [common[0], rare[0], rare[1], common[1], rare[2], *common[2:]]


def test_what_was_seen_before_counts_when_the_rare_comes_later(people: Cast) -> None:
    queue = queue_in(people.project, order="diverse", spread_by="locale")
    opened(people, queue, *[of_locale("en-GB") for _ in range(3)])
    given_out(queue, people.ann)

    common = opened(people, queue, of_locale("en-GB"))
    rare = opened(people, queue, of_locale("de-DE"))

    assert given_out(queue, people.ann) == [*rare, *common]


def test_items_in_a_language_go_only_to_people_who_know_it(people: Cast) -> None:
    queue = queue_in(people.project, order="language")
    german, english, unknown = opened(people, queue, of_locale("de-AT"), of_locale("en"), {})
    working.change_profile(
        people.project.pk, person=people.ann, languages=["de"], skills=[], daily_limit=None, by=SYSTEM
    )

    assert given_out(queue, people.ann) == [german, unknown]
    assert given_out(queue, people.lee) == []
    working.change_profile(
        people.project.pk, person=people.lee, languages=["en"], skills=[], daily_limit=None, by=SYSTEM
    )
    assert given_out(queue, people.lee) == [english]


def test_a_started_item_in_my_language_is_finished_first(people: Cast) -> None:
    queue = queue_in(people.project, order="language", reviews_per_item=2)
    first, second = opened(people, queue, of_locale("de"), of_locale("de"))
    ben = member(people.project, Role.ANNOTATOR)
    for person in (people.ann, ben):
        working.change_profile(
            people.project.pk, person=person, languages=["de"], skills=[], daily_limit=None, by=SYSTEM
        )
    Slot.objects.filter(item=second).update(untouched=False)

    lease = assign.lease_next(queue, by=Actor(ben.pk))

    assert lease is not None and lease.item_id == second
    assert first in given_out(queue, people.ann)


@pytest.mark.parametrize("order", WorkOrder.values)
def test_a_higher_priority_comes_first_in_every_order(people: Cast, order: str) -> None:
    queue = queue_in(people.project, order=order)
    usual = opened(people, queue, {}, {})
    urgent = opened(people, queue, {}, priority=90)

    got = given_out(queue, people.ann)

    assert got[0] == urgent[0] and sorted(got) == sorted([*usual, *urgent])


@pytest.mark.parametrize(
    ("locale", "language"),
    [("de-AT", "de"), ("DE", "de"), ("fil_PH", "fil"), ("", UNKNOWN), ("x", UNKNOWN), ("12", UNKNOWN)],
)
def test_the_language_of_a_record(locale: str, language: str) -> None:
    assert language_of({"subject": {"locale": locale}}) == language
    assert language_of({}) == UNKNOWN


@pytest.mark.parametrize("order", WorkOrder.values)
def test_a_queue_that_gets_another_order_is_placed_by_a_job_and_loses_nothing(
    people: Cast, order: str
) -> None:
    queue = queue_in(people.project, slug="answers")
    items = opened(people, queue, *[of_locale(one) for one in ("en", "en", "de", "fr", "")])
    working.change_profile(
        people.project.pk,
        person=people.ann,
        languages=["de", "en", "fr"],
        skills=[],
        daily_limit=None,
        by=SYSTEM,
    )
    changed = queues.change_settings(
        queue.pk, project_id=queue.project_id, version=1, by=Actor(people.lee.pk), order=order
    )
    assert sorted(_peek(changed, people.ann)) == items  # nothing is out of reach before the job
    for job in Job.objects.filter(kind=reordering.KIND):
        jobs.run_job(job.pk)

    assert reordering.under_way(changed) is None
    assert sorted(given_out(changed, people.ann)) == items
    newly = opened(people, changed, of_locale("en"))
    assert given_out(changed, people.ann) == newly


def _peek(queue: Queue, person: Person) -> list[int]:
    """What the person would get, put back afterwards."""
    found = given_out(queue, person)
    Slot.objects.filter(queue=queue, state=SlotState.DONE).update(
        state=SlotState.OPEN, person=None, lease_token=None, leased_at=None, lease_until=None
    )
    return found


def test_a_job_that_is_run_twice_gives_places_as_good(people: Cast) -> None:
    queue = queue_in(people.project, order="diverse", spread_by="locale")
    items = opened(people, queue, *[of_locale(one) for one in ("en", "en", "de", "de", "fr")])

    reordering.place(queue, items)
    reordering.place(queue, items)

    kinds = dict(zip(items, ("en", "en", "de", "de", "fr"), strict=True))
    assert {kinds[item] for item in given_out(queue, people.ann)[:3]} == {"en", "de", "fr"}


# ---- the plans, at many rows

MANY = 20_000
HALF_DONE = 3_000  # in front of everything, each with one review by me


def _fill(people: Cast, queue: Queue) -> None:
    """Many untouched items of another language and of none, behind many half-done ones of mine."""
    arguments = {
        "project": people.project.pk,
        "queue": queue.pk,
        "many": MANY,
        "mine": HALF_DONE,
        "me": people.ann.pk,
    }
    statements = (
        """INSERT INTO queues_prediction (project_id, prediction_id, content_hash, model_version, occurred_at,
             environment, locale, segment, state, altered)
           SELECT %(project)s, 'many-' || n, '\\x00', 'v', now(), 'production', '', '', 'routed', false
           FROM generate_series(1, %(many)s) n""",
        """INSERT INTO queues_item (queue_id, prediction_id, priority, due_at, reviews_needed)
           SELECT %(queue)s, id, 50, now() + id * interval '1 second', 2 FROM queues_prediction
           WHERE project_id = %(project)s AND prediction_id LIKE 'many-%%'""",
        """INSERT INTO queues_slot (item_id, queue_id, seq, priority, due_at, place, lane, untouched)
           SELECT i.id, %(queue)s, seq, 50, i.due_at, i.id,
             CASE WHEN n <= %(mine)s OR n %% 2 = 0 THEN 'en' ELSE 'fr' END, n > %(mine)s
           FROM (SELECT *, row_number() OVER (ORDER BY id) n FROM queues_item WHERE queue_id = %(queue)s) i,
             generate_series(1, 2) seq""",
        """UPDATE queues_slot SET state = 'done', person_id = %(me)s, lease_token = gen_random_uuid()
           WHERE queue_id = %(queue)s AND seq = 1 AND NOT untouched""",
        "ANALYZE queues_slot",
        "ANALYZE queues_item",
    )
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement, arguments)


def _rows_read(plan: dict[str, Any]) -> dict[str, float]:
    """Node → rows that it gave or threw away, over all its loops; the largest of each kind."""
    found: dict[str, float] = {}
    rows = plan.get("Actual Rows", 0) + plan.get("Rows Removed by Filter", 0)
    found[f"{plan['Node Type']} {plan.get('Index Name', plan.get('Relation Name', ''))}"] = rows * plan.get(
        "Actual Loops", 1
    )
    for inner in plan.get("Plans", ()):
        for name, more in _rows_read(inner).items():
            found[name] = max(found.get(name, 0), more)
    return found


@pytest.mark.parametrize("walk", Walk)
def test_a_claim_reads_few_rows_also_for_who_has_half_done_items_in_front(people: Cast, walk: Walk) -> None:
    begin_anew()
    queue = queue_in(people.project)
    _fill(people, queue)
    arguments: dict[str, Any] = {
        **Asking(queue, Actor(people.ann.pk), 600).arguments(uuid4()),
        "lanes": ["en", UNKNOWN, ""],
    }

    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN (ANALYZE, FORMAT JSON) {CLAIMS[walk]}", arguments)
        plan = cursor.fetchone()[0][0]["Plan"]

    assert Slot.objects.filter(queue=queue, state="leased").count() == 1
    slow = {name: rows for name, rows in _rows_read(plan).items() if rows > 1_000 or "Seq Scan q" in name}
    assert slow == {}
