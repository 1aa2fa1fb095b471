"""Very many slots in front that are not for this person: the rest is found, and a claim reads few rows."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from accounts.actor import Actor
from accounts.models import Person
from accounts.roles import Role
from queues.assign import actions as assign
from queues.assign import further, working
from queues.assign.lease import Lease
from queues.assign.queries import cards_for
from queues.models import Bookmark, Flag, Item, Queue, Slot, SlotState, WorkProfile
from tests.benchmarks.statements import explained, noted, rows_read
from tests.factories.fresh_tables import begin_anew
from tests.factories.projects import Cast, cast, member
from tests.factories.work import queue_in, waiting
from tests.web.reviewing import Reviewer

pytestmark = pytest.mark.django_db

IN_FRONT = 6_000
FEW = 1_500  # rows that all statements of a claim or of a card read together
ORDERS = ("priority_due", "random", "language")


@pytest.fixture
def people() -> Cast:
    begin_anew()
    return cast()


def filled(
    people: Cast, *, order: str = "priority_due", mine: bool = False, but_each: int = IN_FRONT**2
) -> Queue:
    """A queue with IN_FRONT items in front of all others: half done by Ann, or with hate in them.

    but_each: save the last two of so many.
    """
    queue = queue_in(people.project, order=order)
    arguments = {
        "project": people.project.pk, "queue": queue.pk, "many": IN_FRONT, "but_each": but_each,
        "ann": people.ann.pk, "olga": people.olga.pk,
    }  # fmt: skip
    statements = [
        """INSERT INTO queues_prediction (project_id, prediction_id, content_hash, model_version, occurred_at,
             environment, locale, segment, state, altered)
           SELECT %(project)s, 'many-' || n, '\\x00', 'v', now(), 'production', '', '', 'routed', false
           FROM generate_series(1, %(many)s) n""",
        """INSERT INTO queues_item (queue_id, prediction_id, priority, due_at, reviews_needed)
           SELECT %(queue)s, id, 50, now() + id * interval '1 millisecond', 2 FROM queues_prediction
           WHERE project_id = %(project)s AND prediction_id LIKE 'many-%%'""",
        """INSERT INTO queues_slot (item_id, queue_id, seq, priority, due_at, place, lane)
           SELECT i.id, %(queue)s, seq, 50, i.due_at, i.id, 'und'
           FROM queues_item i, generate_series(1, 2) seq WHERE queue_id = %(queue)s""",
    ]
    if mine:
        statements += [
            "UPDATE queues_slot SET untouched = false WHERE queue_id = %(queue)s",
            """UPDATE queues_slot SET state = 'done', lease_token = gen_random_uuid(),
                 person_id = CASE WHEN item_id %% %(but_each)s < %(but_each)s - 2 THEN %(ann)s
                   ELSE %(olga)s END
               WHERE queue_id = %(queue)s AND seq = 1""",
        ]
    else:
        statements += [
            """INSERT INTO queues_flag (prediction_id, component, component_version, taxonomy, category,
                 flagged, severity, target, verdict, action)
               SELECT prediction_id, 'filter', '', '', 'hate', true, 3, 'output', '', '' FROM queues_item
               WHERE queue_id = %(queue)s AND id %% %(but_each)s < %(but_each)s - 2"""
        ]
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement, arguments)
        cursor.execute("ANALYZE queues_slot, queues_item, queues_flag")
    if not mine:
        working.change_care(
            people.project.pk, person=people.ann, veils=True, refused=["hate"], by=Actor(people.ann.pk)
        )
    return queue


def behind(queue: Queue, how_many: int = 5, *, started: bool = False) -> list[int]:
    """Items that come after all of these, in the order in which they are given out."""
    due = timezone.now() + timedelta(days=1)
    found = []
    for number in range(how_many):
        item = waiting(queue, reviews_needed=2, priority=50, due_at=due + timedelta(minutes=number))
        Slot.objects.filter(item=item.pk).update(place=2**40 + number, lane="und", untouched=not started)
        found.append(item.pk)
    return found


def lease(queue: Queue, person: Person) -> Lease | None:
    return assign.lease_next(queue, by=Actor(person.pk))


def done(given: Lease | None) -> int:
    """The item of a lease, which is done now."""
    assert given is not None
    Slot.objects.filter(pk=given.slot_id).update(state=SlotState.DONE)
    return given.item_id


def total(read: Sequence[dict[str, Any]]) -> float:
    """Rows that all these plans read from tables and indexes."""
    return sum(rows_read(plan["Plan"]) for plan in read)


@pytest.mark.parametrize("order", ORDERS)
@pytest.mark.parametrize("mine", [False, True], ids=["refused", "half done by herself"])
def test_a_claim_reads_few_rows_however_many_in_front_are_not_for_this_person(
    people: Cast, order: str, mine: bool
) -> None:
    queue = filled(people, order=order, mine=mine)
    theirs = behind(queue, started=mine)
    given = [done(lease(queue, people.ann))]  # passes over all that is in front, once

    with explained() as read:
        given.append(done(lease(queue, people.ann)))

    assert total(read) < FEW
    given += [done(lease(queue, people.ann)) for _ in range(3)]
    assert given == theirs
    assert lease(queue, people.ann) is None


@pytest.mark.parametrize("mine", [False, True], ids=["refused", "half done by herself"])
def test_what_fits_is_given_in_its_order_however_thinly_it_lies_among_the_rest(
    people: Cast, mine: bool
) -> None:
    queue = filled(people, mine=mine, but_each=73)
    items = Item.objects.filter(queue=queue).order_by("due_at").values_list("pk", flat=True)
    fitting = [pk for pk in items if pk % 73 >= 71]

    given = [done(lease(queue, people.ann)) for _ in range(40)]

    assert given == fitting[:40]


def test_past_what_is_in_front_a_claim_takes_six_statements(people: Cast) -> None:
    queue = filled(people)
    behind(queue)
    done(lease(queue, people.ann))

    with noted() as statements:
        given = lease(queue, people.ann)

    # Held, the person's profile, the first claim; bookmarks read, both windows; the claim that stores them.
    assert given is not None and len(statements) == 6


def test_a_claim_past_bookmarks_stores_and_removes_them(
    people: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(further, "BEHIND", IN_FRONT - 1)
    queue = filled(people)
    _first, refused, *_rest = behind(queue)
    marks = Bookmark.objects.filter(person=people.ann).order_by("track")
    seen = []
    done(lease(queue, people.ann))
    prediction_id = Item.objects.get(pk=refused).prediction_id
    Flag.objects.create(
        prediction_id=prediction_id, component="filter", category="hate", flagged=True, severity=3
    )

    for _ in range(2):
        done(lease(queue, people.ann))
        seen.append(list(marks.values_list("track", "slot_id")))

    passed = Slot.objects.get(item=refused, seq=1).pk
    assert [track for track, _slot in seen[0]] == ["due:untouched", "due:untouched:behind"]
    assert seen[1] == [("due:untouched", passed)]


def test_a_bookmark_changes_nothing_of_how_its_callers_transaction_is_written(people: Cast) -> None:
    queue = filled(people)
    behind(queue)

    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL synchronous_commit = on")
        lease(queue, people.ann)
        cursor.execute("SHOW synchronous_commit")
        said = cursor.fetchone()

    assert Bookmark.objects.exists() and said == ("on",)


def test_past_a_bookmark_a_lease_that_ended_is_found_also_without_a_sweeper(people: Cast) -> None:
    queue = filled(people)
    _first, last = behind(queue, 2)
    done(lease(queue, people.ann))
    ben, ended = member(people.project, Role.ANNOTATOR), timezone.now() - timedelta(seconds=1)
    Slot.objects.filter(item=last, seq=2).update(state=SlotState.VOID)
    Slot.objects.filter(item=last, seq=1).update(
        state=SlotState.LEASED,
        untouched=False,
        person=ben,
        lease_token=uuid4(),
        leased_at=ended,
        lease_until=ended,
    )

    assert done(lease(queue, people.ann)) == last


def test_one_search_reads_a_bounded_number_of_rows_and_the_next_goes_on(
    people: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(further, "WINDOWS", (64, 512))
    monkeypatch.setattr(assign, "_SEARCHES", 1)
    queue = filled(people)
    [last] = behind(queue, 1)
    asked, most, given = 0, 0.0, None

    while given is None and asked < 20:
        with explained() as read:
            given = lease(queue, people.ann)
        asked, most = asked + 1, max(most, total(read))

    assert done(given) == last
    assert asked == 1 + IN_FRONT // sum(further.WINDOWS)
    assert most < 10 * sum(further.WINDOWS)  # each with its item and its flags, in the index and in the table


def test_while_the_search_is_under_way_the_page_does_not_say_that_nothing_waits(
    people: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(further, "WINDOWS", (64,))
    monkeypatch.setattr(assign, "_SEARCHES", 1)
    queue = queue_in(people.project)
    for _ in range(150):
        _hateful(queue)
    ann = Reviewer(people.ann, queue)
    ann.client.post(f"{ann.project_url}/my-work", {"veils": "on", "refused": ["hate"]})

    answers = [ann.open() for _ in range(3)]

    assert ["Refresh" in answer.headers for answer in answers] == [True, True, False]
    pages = [answer.content.decode() for answer in answers]
    assert ["Nothing found for you yet" in page for page in pages] == [True, True, False]
    assert "Nothing waits for you" in pages[2]
    assert not Bookmark.objects.exists()


def test_what_comes_to_lie_before_the_bookmark_is_found_again(
    people: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(further, "BEHIND", 4)
    queue = queue_in(people.project)
    refused = [_hateful(queue) for _ in range(100)]
    behind(queue, 40)
    WorkProfile.objects.create(project=people.project, person=people.ann, refused=["hate"])
    done(lease(queue, people.ann))
    late = waiting(queue, priority=50, due_at=refused[80].due_at)

    given = [done(lease(queue, people.ann)) for _ in range(30)]

    assert late.pk in given


def test_a_new_choice_looks_at_everything_again(people: Cast) -> None:
    queue = filled(people)
    behind(queue)
    done(lease(queue, people.ann))
    first = Item.objects.filter(queue=queue).earliest("due_at")
    assert Bookmark.objects.filter(person=people.ann).exists()

    working.change_care(people.project.pk, person=people.ann, veils=True, refused=[], by=Actor(people.ann.pk))

    assert not Bookmark.objects.exists()
    assert done(lease(queue, people.ann)) == first.pk


def test_counting_what_waits_reads_few_rows_and_says_that_more_may_wait(people: Cast) -> None:
    queue = filled(people)
    behind(queue)

    with explained() as read:
        (card,) = cards_for(people.ann.pk, [queue], today=timezone.now())

    assert (
        max(rows_read(plan["Plan"]) for plan in read) < 10_000
    )  # 1,001 slots, each with its item and its flags
    assert (card.waiting, card.is_cut, card.can_start) == (0, True, True)
    home = Reviewer(people.ann, queue).client.get("/").content.decode()
    assert "not counted" in home and "Start reviewing" in home


@pytest.mark.parametrize(
    ("wrong", "name"),
    [
        ({"due_at": None, "place": None}, "bookmark_has_one_place"),
        ({"due_at": timezone.now(), "place": 1}, "bookmark_has_one_place"),
    ],
)
def test_the_database_refuses_a_bookmark_at_no_place_or_at_two(
    people: Cast, wrong: dict[str, Any], name: str
) -> None:
    where = {"queue": queue_in(people.project), "person": people.ann, "track": "due:started"}

    with pytest.raises(IntegrityError, match=name), transaction.atomic():
        Bookmark.objects.create(**where, priority=50, slot_id=1, **wrong)


def test_the_database_refuses_a_second_bookmark_on_a_track(people: Cast) -> None:
    mark = {"queue": queue_in(people.project), "person": people.ann, "track": "due:started", "place": 1}
    Bookmark.objects.create(**mark, priority=50, slot_id=1)

    with pytest.raises(IntegrityError, match="bookmark_once_per_track"), transaction.atomic():
        Bookmark.objects.create(**mark, priority=50, slot_id=2)


def _hateful(queue: Queue) -> Item:
    item = waiting(queue, priority=50)
    Flag.objects.create(
        prediction_id=item.prediction_id, component="filter", category="hate", flagged=True, severity=3
    )
    return item


def test_nobody_searches_in_a_closed_queue(people: Cast) -> None:
    queue = queue_in(people.project)
    Bookmark.objects.create(
        queue=queue, person=people.ann, track="due:started", priority=50, place=1, slot_id=1
    )
    assert further.is_under_way(queue.pk, person_id=people.ann.pk)

    Queue.objects.filter(pk=queue.pk).update(archived_at=timezone.now())

    assert not further.is_under_way(queue.pk, person_id=people.ann.pk)
