"""Word lists: immutable versions, at most one active, used on what arrives; a slow one is switched off."""

from typing import Any

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from accounts.actor import Actor
from accounts.models import Event
from queues import pipeline
from queues.errors import Invalid, NotFound, WrongState
from queues.ingest.record import check
from queues.models import Flag, WordList
from queues.score import list_queries, lists
from queues.score.actions import score
from queues.score.active_lists import ActiveList
from queues.score.list_matcher import Matcher, TooSlow
from tests.factories.arrivals import arrived
from tests.factories.projects import Cast, cast

pytestmark = pytest.mark.django_db

DOCUMENT: dict[str, Any] = {"kind": "words", "entries": ["free delivery"], "category": "promise"}


@pytest.fixture
def people() -> Cast:
    return cast()


def by(people: Cast) -> Actor:
    return Actor(people.lee.pk)


def make(people: Cast, name: str = "promises", *, active: bool = True, **changes: Any) -> WordList:
    """A new version of a list, in force unless told otherwise."""
    document = {**DOCUMENT, **changes}
    row = lists.new_version(people.project.pk, name, document=document, by=by(people), reason="for the test")
    if active:
        lists.activate(people.project.pk, name, row.version, by=by(people), reason="for the test")
        row.refresh_from_db()
    return row


def flags_of(people: Cast, text: str, **record: Any) -> list[tuple[str, str, str, Any]]:
    """What scoring an output leaves: (component, version, category, span)."""
    id_ = arrived(people.project, {"output": {"text": text}, **record})
    score([id_])
    found = Flag.objects.filter(prediction=id_).order_by("id")
    return [(flag.component, flag.component_version, flag.category, flag.span) for flag in found]


def test_a_new_version_is_stored_and_not_yet_in_force(people: Cast) -> None:
    first, second = make(people, active=False), make(people, active=False)

    assert (first.version, second.version) == (1, 2)
    assert not WordList.objects.filter(is_active=True).exists()
    assert flags_of(people, "Free delivery!") == []


def test_at_most_one_version_of_a_name_is_active(people: Cast) -> None:
    make(people)
    second = make(people, entries=["refund"])

    assert list(WordList.objects.filter(is_active=True).values_list("version", flat=True)) == [2]
    assert flags_of(people, "Free delivery, refund") == [("list:promises", "2", "promise", [15, 21])]
    with pytest.raises(IntegrityError, match="word_list_one_active"), transaction.atomic():
        WordList.objects.filter(name=second.name).update(is_active=True)


def test_a_stored_version_is_never_changed_or_removed(people: Cast) -> None:
    row = make(people)

    with pytest.raises(DatabaseError, match="history"), transaction.atomic():
        WordList.objects.filter(pk=row.pk).update(entries=["x"])
    with pytest.raises(DatabaseError, match="history"), transaction.atomic():
        row.delete()


def test_every_step_leaves_an_event_with_its_reason(people: Cast) -> None:
    make(people)
    lists.deactivate(people.project.pk, "promises", by=by(people), reason="too many")

    events = Event.objects.filter(subject_kind="word_list").order_by("id")

    assert [(event.kind, event.reason, event.actor_person_id) for event in events] == [
        ("list.created", "for the test", people.lee.pk),
        ("list.activated", "for the test", people.lee.pk),
        ("list.deactivated", "too many", people.lee.pk),
    ]


def test_a_list_that_is_switched_off_finds_nothing_any_more(people: Cast) -> None:
    make(people)

    assert len(flags_of(people, "free delivery")) == 1

    lists.deactivate(people.project.pk, "promises", by=by(people), reason="too many")
    assert flags_of(people, "free delivery") == []
    with pytest.raises(WrongState):
        lists.deactivate(people.project.pk, "promises", by=by(people), reason="again")


def test_another_projects_list_is_neither_used_nor_found(people: Cast) -> None:
    make(people)
    id_ = arrived(people.other, {"output": {"text": "free delivery"}})

    score([id_])

    assert not Flag.objects.filter(prediction=id_).exists()
    with pytest.raises(NotFound):
        lists.activate(people.other.pk, "promises", 1, by=by(people), reason="mine")


@pytest.mark.parametrize(
    ("listed", "sent", "is_found"),
    [
        ("", "de", True),
        ("en", "en-GB", True),
        ("en", "EN", True),
        ("en", "de", False),
        ("en", "", True),
        ("en-GB", "en-US", False),
        ("e", "en", False),
    ],
)
def test_a_list_is_for_its_language_and_for_those_who_say_none(
    listed: str, sent: str, *, is_found: bool
) -> None:
    one = ActiveList(1, "x", 1, "promise", 2, "output", listed, Matcher("words", ["x"]))

    assert one.is_for(sent) is is_found


def test_a_list_of_the_input_looks_at_the_input_only(people: Cast) -> None:
    make(people, target="input")

    assert flags_of(people, "free delivery", input={"prompt": "Is there Free\n Delivery?"}) == [
        ("list:promises", "1", "promise", [9, 23])
    ]


def test_a_category_of_a_known_taxonomy_has_its_group_and_severity_is_the_lists(people: Cast) -> None:
    make(people, category="hate", severity="severe")
    id_ = arrived(people.project, {"output": {"text": "free delivery"}})

    [scored] = score([id_])

    assert [(one.group, one.severity) for one in scored.findings] == [("hate", 4)]


def test_one_statement_asks_which_lists_are_in_force(people: Cast) -> None:
    people.everybody()
    for name in ("a", "b", "c"):
        make(people, name)
    list_queries.in_force([people.project.pk])

    with CaptureQueriesContext(
        connection,
    ) as asked:
        found = list_queries.in_force([people.project.pk, people.other.pk])

    assert len(asked) == 1
    assert [one.name for one in found[people.project.pk]] == ["a", "b", "c"]


class Slow:
    """A matcher that is always over its budget."""

    def places(self, text: str) -> list[object]:
        raise TooSlow(0.123)


@pytest.mark.django_db(transaction=True)
def test_a_slow_list_is_switched_off_and_reported_and_its_items_are_flagged(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    people = cast()
    row = make(people)
    compiled = list_queries._compiled(row.pk)
    object.__setattr__(compiled, "matcher", Slow())
    ids = [arrived(people.project) for _ in range(2)]

    pipeline.after_arrival(ids)

    row.refresh_from_db()
    event = Event.objects.get(kind="list.switched_off")
    flags = Flag.objects.filter(category="list_switched_off").order_by("prediction")
    assert (row.is_active, row.too_slow_ms) == (False, 123)
    assert event.after == {"name": "promises", "version": 1, "milliseconds": 123}
    assert [(flag.prediction_id, flag.component_version, flag.severity) for flag in flags] == [
        (ids[0], "promises@1", 2),
        (ids[1], "promises@1", 2),
    ]
    list_queries._compiled.cache_clear()
    assert flags_of(people, "free delivery") == []


@pytest.mark.django_db(transaction=True)
def test_a_list_switched_off_by_the_program_can_be_switched_on_again() -> None:
    people = cast()
    row = make(people)

    assert lists.switch_off(row.pk, milliseconds=80)
    assert not lists.switch_off(row.pk, milliseconds=90)

    again = lists.activate(people.project.pk, "promises", 1, by=by(people), reason="it was the machine")
    assert (again.is_active, again.too_slow_ms) == (True, None)


@pytest.mark.parametrize("name", ["", "Not Good", "new", "try", "x" * 61, "a/b", "ä"])
def test_a_name_is_part_of_addresses(people: Cast, name: str) -> None:
    with pytest.raises(Invalid) as refused:
        make(people, name)

    assert [fault.pointer for fault in refused.value.faults] == ["/name"]


@pytest.mark.parametrize("reason", ["", " \n", "x" * 2_001, "\x00"])
def test_a_list_is_changed_with_a_reason(people: Cast, reason: str) -> None:
    with pytest.raises(Invalid):
        lists.new_version(people.project.pk, "a", document=DOCUMENT, by=by(people), reason=reason)


def test_there_is_a_limit_to_active_lists(people: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lists, "ACTIVE_MOST", 1)
    make(people, "a")
    make(people, "a")  # another version takes the place of the first

    with pytest.raises(WrongState):
        make(people, "b")


def test_lists_work_on_what_arrives_over_the_front_door(people: Cast) -> None:
    make(people)
    sent = {
        "prediction_id": "one",
        "occurred_at": "2026-03-01T10:00:00Z",
        "input": {"prompt": "How much is it?"},
        "output": {"text": "You get free delivery."},
        "model": {"request_model": "m"},
    }

    [stored] = pipeline.receive(people.project, [check(sent)], by=by(people))

    assert Flag.objects.get(prediction=stored.id).span == [8, 21]


def as_stored_before_the_check(people: Cast, *entries: str) -> WordList:
    """A list in force whose patterns nobody has checked."""
    return WordList.objects.create(
        project=people.project,
        name="old",
        version=1,
        kind="patterns",
        entries=list(entries),
        category="promise",
        severity=2,
        target="output",
        reason="r",
        is_active=True,
    )


@pytest.mark.parametrize("refused", [r"\C", "(?<=a)b", "(", r"a\Cb"])
def test_a_stored_pattern_that_is_refused_by_now_is_skipped_and_the_others_work(
    people: Cast, refused: str
) -> None:
    row = as_stored_before_the_check(people, refused, "refund")

    assert flags_of(people, "é refund") == [("list:old", "1", "promise", [2, 8])]
    assert list_queries.skipped_of(row) == [1]


def test_a_list_of_refused_patterns_alone_finds_nothing_and_holds_up_nothing(people: Cast) -> None:
    as_stored_before_the_check(people, r"\C")

    assert flags_of(people, "é") == []
