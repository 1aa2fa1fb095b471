"""Versions of a policy, and which is in force."""

import pytest
from django.db import IntegrityError, transaction

from accounts.actor import SYSTEM, Actor
from accounts.models import Event
from queues.errors import Invalid, NotFound
from queues.models import Policy
from queues.route import policies, queries
from tests.factories import projects
from tests.factories.policies import first_document, first_policy
from tests.factories.projects import Cast
from tests.factories.work import queue_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast() -> Cast:
    return projects.cast()


@pytest.fixture
def first(cast: Cast) -> Policy:
    queues = [queue_in(cast.project, slug=slug) for slug in ("answers", "safety")]
    return first_policy(cast.project, queues)


def _next(cast: Cast, *, rotate_salt: bool = False) -> Policy:
    document = first_document(answers="answers", safety="safety")
    return policies.new_version(
        cast.project.pk,
        document=document,
        by=Actor(cast.lee.pk),
        reason="Try this.",
        rotate_salt=rotate_salt,
    )


def _salt(policy: Policy) -> str:
    return Policy.objects.get(pk=policy.pk).salt


def test_the_first_policy_is_in_force(cast: Cast, first: Policy) -> None:
    active = queries.active_policy(cast.project.pk)

    assert active is not None
    assert (active.version, first.is_active) == (1, True)
    assert active.queues.keys() == {"answers", "safety"}
    assert [rule.kind for rule in active.document.rules] == ["uncertain", "safety_flagged", "random_audit"]


def test_a_new_version_is_not_in_force_until_it_is_activated(cast: Cast, first: Policy) -> None:
    second = _next(cast)
    before = queries.active_policy(cast.project.pk)

    policies.activate(cast.project.pk, second.version, by=Actor(cast.lee.pk), reason="Better.")

    after = queries.active_policy(cast.project.pk)
    assert (before and before.version, after and after.version) == (1, 2)


def test_a_new_version_keeps_the_salt_unless_it_is_asked_to_rotate_it(cast: Cast, first: Policy) -> None:
    kept, rotated = _next(cast), _next(cast, rotate_salt=True)

    assert _salt(kept) == _salt(first)
    assert _salt(rotated) != _salt(first)
    assert len(_salt(rotated)) == 64


def test_who_and_why_stand_in_the_log(cast: Cast, first: Policy) -> None:
    second = _next(cast)
    policies.activate(cast.project.pk, second.version, by=Actor(cast.lee.pk), reason="Better.")

    event = Event.objects.get(kind="policy.activated", subject_id=second.pk)

    assert (event.actor_person_id, event.before, event.after, event.reason) == (
        cast.lee.pk,
        {"version": 1},
        {"version": 2},
        "Better.",
    )


def test_the_salt_never_stands_in_the_log(cast: Cast, first: Policy) -> None:
    rotated = _next(cast, rotate_salt=True)

    told = str(list(Event.objects.values_list("before", "after", "reason")))
    assert "version" in told
    assert _salt(first) not in told
    assert _salt(rotated) not in told


def test_activating_again_changes_nothing(cast: Cast, first: Policy) -> None:
    before = Event.objects.count()

    policies.activate(cast.project.pk, 1, by=SYSTEM, reason="Again.")

    assert Event.objects.count() == before


def test_a_policy_needs_a_reason_and_queues_of_its_own_project(cast: Cast, first: Policy) -> None:
    queue_in(cast.other, slug="theirs")
    document = first_document(answers="theirs", safety="safety")

    with pytest.raises(Invalid) as no_queue:
        policies.new_version(cast.project.pk, document=document, by=SYSTEM, reason="Because.")
    with pytest.raises(Invalid) as no_reason:
        policies.activate(cast.project.pk, 1, by=SYSTEM, reason=" ")

    assert [fault.pointer for fault in no_queue.value.faults] == ["/rules/0/queue", "/rules/2/queue"]
    assert [fault.pointer for fault in no_reason.value.faults] == ["/reason"]


def test_a_version_of_another_project_is_not_found(cast: Cast, first: Policy) -> None:
    with pytest.raises(NotFound):
        policies.activate(cast.other.pk, 1, by=SYSTEM, reason="Mine?")


def test_two_versions_cannot_be_in_force_at_once(cast: Cast, first: Policy) -> None:
    second = _next(cast)

    with pytest.raises(IntegrityError, match="policy_one_active"), transaction.atomic():
        Policy.objects.filter(pk=second.pk).update(is_active=True)


def test_what_the_document_left_out_is_written_down(cast: Cast, first: Policy) -> None:
    rule = {"name": "audit", "kind": "random_audit", "queue": "answers", "rate": 0.1}

    policy = policies.new_version(
        cast.project.pk, document={"schema": "policy/1", "rules": [rule]}, by=SYSTEM, reason="Short."
    )

    assert policy.document["rules"][0]["due_hours"] == 24
    assert policy.document["schema"] == "policy/1"
