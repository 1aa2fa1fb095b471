"""Golden items are added, edited as new versions, retired and restored; what stood before stays."""

import json
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from pytest_django import DjangoAssertNumQueries

from accounts.actor import SYSTEM, Actor
from accounts.models import Event, Project
from accounts.roles import Role
from queues.curate.golden import actions, queries
from queues.curate.golden.queries import GoldenSearch
from queues.curate.golden.record import check
from queues.errors import Invalid, NotFound, WrongState
from queues.models import Golden, GoldenVersion
from tests.factories.golden import golden_record, verified
from tests.factories.projects import ProjectFactory, member


@pytest.fixture
def project(db: None) -> Project:
    return ProjectFactory.create()


def statuses(project: Project, *records: dict[str, Any], **options: Any) -> list[tuple[str, int]]:
    return [(one.status, one.version) for one in verified(project, *records, **options)]


def current(project: Project) -> dict[str, tuple[int, list[str]]]:
    return {
        row.golden.golden_id: (row.version, row.targets)
        for row in queries.current_of(project.pk).order_by("pk")
    }


def test_an_item_is_stored_as_it_was_checked(project: Project) -> None:
    by = Actor(member(project, Role.LEAD).pk)

    more: dict[str, Any] = {"rubric": "Names the days.", "context": "kb", "locale": "en", "tags": ["refunds"]}

    verified(project, golden_record(**more), by=by)

    version = GoldenVersion.objects.select_related("golden").get()
    assert queries.record_of(version) == golden_record(rule={"kind": "normalised"}, **more)
    assert (version.version, version.author_id, version.is_current) == (1, by.person_id, True)


def test_the_same_again_is_a_duplicate_another_content_a_conflict_or_a_new_version(project: Project) -> None:
    verified(project)

    assert statuses(project, golden_record()) == [("duplicate", 1)]
    assert statuses(project, golden_record(target="x")) == [("conflict", 1)]
    assert statuses(project, golden_record(target="x"), as_new_version=True) == [("updated", 2)]
    assert current(project) == {"g-1": (2, ["x"])}
    assert GoldenVersion.objects.count() == 2


def test_within_one_batch_the_last_version_is_current(project: Project) -> None:
    batch = [golden_record(target=text) for text in ("a", "b", "b", "c")]

    assert statuses(project, *batch, as_new_version=True) == [
        ("created", 1),
        ("updated", 2),
        ("duplicate", 2),
        ("updated", 3),
    ]
    assert current(project) == {"g-1": (3, ["c"])}


def test_a_retired_item_stays_and_is_not_edited_until_it_is_restored(project: Project) -> None:
    (stored,) = verified(project)

    actions.retire(stored.id, project_id=project.pk, by=SYSTEM, reason="outdated")

    assert Golden.objects.get().retired_why == "outdated"
    assert statuses(project, golden_record(target="x"), as_new_version=True) == [("retired", 1)]
    with pytest.raises(WrongState):
        actions.retire(stored.id, project_id=project.pk, by=SYSTEM, reason="again")
    actions.restore(stored.id, project_id=project.pk, by=SYSTEM, reason="still right")
    assert statuses(project, golden_record(target="x"), as_new_version=True) == [("updated", 2)]


def test_items_of_another_project_are_not_there(project: Project) -> None:
    (theirs,) = verified(ProjectFactory.create())

    with pytest.raises(NotFound):
        actions.retire(theirs.id, project_id=project.pk, by=SYSTEM, reason="x")
    with pytest.raises(NotFound):
        queries.golden(project.pk, theirs.id)
    assert statuses(project, golden_record()) == [("created", 1)]


@pytest.mark.parametrize("reason", ["", "  ", "x" * 2_001])
def test_a_change_without_a_reason_is_refused(project: Project, reason: str) -> None:
    with pytest.raises(Invalid):
        actions.store(project.pk, [check(golden_record())], by=SYSTEM, reason=reason)


def test_each_change_leaves_an_event_without_a_text(project: Project) -> None:
    (stored, _other) = verified(project, golden_record(), golden_record("g-2"))
    actions.retire(stored.id, project_id=project.pk, by=SYSTEM, reason="outdated")

    kinds = list(Event.objects.filter(kind__startswith="golden.").order_by("pk").values_list("kind", "after"))
    assert kinds == [
        ("golden.stored", {"created": 2, "updated": 0, "first": stored.id, "last": stored.id + 1}),
        ("golden.retired", None),
    ]


def test_storing_takes_few_statements_whatever_the_batch(
    project: Project, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    with django_assert_max_num_queries(12):
        verified(project, *(golden_record(f"g-{n}") for n in range(300)))


@pytest.mark.parametrize(
    ("change", "refusal"),
    [
        ("UPDATE queues_goldenversion SET targets = '[]'", "queues_goldenversion is history"),
        ("DELETE FROM queues_goldenversion", "queues_goldenversion is history"),
        ("UPDATE queues_golden SET golden_id = 'x'", "queues_golden is history"),
        ("DELETE FROM queues_golden", "queues_golden is history"),
        ("UPDATE queues_golden SET retired_at = now()", "golden_retired_at_goes_with_why"),
    ],
)
def test_what_stood_is_never_rewritten(project: Project, change: str, refusal: str) -> None:
    verified(project)

    refused = pytest.raises(IntegrityError, match=refusal)
    with refused, transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(change)


def test_no_item_has_two_current_versions(project: Project) -> None:
    verified(project, golden_record(), golden_record(target="x"), as_new_version=True)

    with pytest.raises(IntegrityError, match="golden_one_current"), transaction.atomic():
        GoldenVersion.objects.update(is_current=True)


def test_the_list_finds_by_id_question_answer_state_and_tag(project: Project) -> None:
    (old, *_rest) = verified(
        project,
        golden_record("old", tags=["a"]),
        golden_record("hours", input={"prompt": "When do you open?"}, target="At nine.", locale="en-GB"),
    )
    actions.retire(old.id, project_id=project.pk, by=SYSTEM, reason="outdated")

    def found(**wanted: str) -> list[str]:
        return [row.golden.golden_id for row in queries.search(project.pk, GoldenSearch(**wanted)).rows]

    assert found() == ["hours", "old"]
    assert found(text="OPEN") == found(text="nine") == found(text="hour") == ["hours"]
    assert (found(state="current"), found(state="retired")) == (["hours"], ["old"])
    assert (found(tag="a"), found(locale="en-GB")) == (["old"], ["hours"])


def test_the_file_holds_what_is_in_use_and_can_be_read_again(project: Project) -> None:
    (old, *_rest) = verified(project, golden_record("old"), golden_record("new"))
    actions.retire(old.id, project_id=project.pk, by=SYSTEM, reason="outdated")

    lines = b"".join(queries.lines(project.pk)).splitlines()

    assert len(lines) == 1
    assert check(json.loads(lines[0])).golden_id == "new"
