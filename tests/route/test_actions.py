"""scored → routed or not_routed."""

import threading
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.actor import SYSTEM
from accounts.models import Event, Project
from queues.models import Item, Policy, Prediction, Routing, Slot
from queues.route import policies, windows
from queues.route.actions import route
from queues.route.audit_sample import uniform
from queues.score.actions import score
from tests.factories.arrivals import arrived, record
from tests.factories.policies import first_policy
from tests.factories.projects import cast
from tests.factories.work import queue_in

pytestmark = pytest.mark.django_db

FLAGGED = [{"component": "filter", "category": "hate", "flagged": True}]
UNCERTAIN = {"name": "unsure", "kind": "uncertain", "queue": "answers", "measure": "mean_nll", "by": "value"}
SAFETY = {"name": "safety", "kind": "safety_flagged", "queue": "safety", "priority": 90, "reviews_needed": 2}
NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)


@pytest.fixture
def project() -> Project:
    windows.shared.forget()
    project = cast().project
    for slug in ("answers", "safety"):
        queue_in(project, slug=slug)
    return project


def _in_force(project: Project, *rules: dict[str, Any]) -> Policy:
    document = {"schema": "policy/1", "rules": list(rules)}
    policy = policies.new_version(project.pk, document=document, by=SYSTEM, reason="for the test")
    return policies.activate(project.pk, policy.version, by=SYSTEM, reason="for the test")


def test_a_prediction_of_several_rules_becomes_one_item_with_all_reasons(project: Project) -> None:
    policy = _in_force(project, {**UNCERTAIN, "threshold": 1, "due_hours": 2}, {**SAFETY, "due_hours": 8})
    id_ = arrived(project, record(nll=1.5, guardrails=FLAGGED))

    batch = route([id_], scored=score([id_]), now=NOW)

    item = Item.objects.get(pk__in=batch.item_ids)
    assert (item.queue.slug, item.priority, item.reviews_needed) == ("safety", 90, 2)
    assert item.due_at == NOW + timedelta(hours=2)
    slots = (
        Slot.objects.filter(item=item).order_by("seq").values_list("seq", "state", "untouched", "priority")
    )
    assert list(slots) == [(1, "open", True, 90), (2, "open", True, 90)]
    routing = Routing.objects.get(prediction=id_)
    assert [reason["rule"] for reason in routing.reasons] == ["unsure", "safety"]
    assert (routing.policy, routing.pi) == (policy, 1.0)
    assert Prediction.objects.get(pk=id_).state == "routed"


def test_what_is_not_routed_keeps_its_pi_and_has_no_item(project: Project) -> None:
    _in_force(project, {"name": "audit", "kind": "random_audit", "queue": "answers", "rate": 1e-9})
    id_ = arrived(project)

    route([id_], scored=score([id_]))

    assert Routing.objects.get(prediction=id_).pi == 1e-9
    assert Routing.objects.get(prediction=id_).reasons == []
    assert Prediction.objects.get(pk=id_).state == "not_routed"
    assert not Item.objects.exists()


def test_the_audit_picks_exactly_those_whose_hash_is_below_the_rate(project: Project) -> None:
    policy = _in_force(project, {"name": "audit", "kind": "random_audit", "queue": "answers", "rate": 0.3})
    ids = [arrived(project) for _ in range(60)]

    route(ids, scored=score(ids))

    picked = set(Item.objects.values_list("prediction__prediction_id", flat=True))
    everything = Prediction.objects.values_list("prediction_id", flat=True)
    salt = Policy.objects.get(pk=policy.pk).salt
    assert picked == {name for name in everything if uniform(salt, name) < 0.3}


def test_a_fifth_is_picked_by_rank_within_its_own_model_version(project: Project) -> None:
    _in_force(project, {**UNCERTAIN, "by": "rank", "threshold": 0.8})
    calm = [arrived(project, record(nll=n / 1_000), model_version="calm") for n in range(100)]
    wild = [arrived(project, record(nll=10 + n / 10), model_version="wild") for n in range(100)]

    batch = route(calm + wild, scored=score(calm + wild))

    assert batch.routed == 40
    picked = {item.prediction_id for item in Item.objects.all()}
    assert picked == {*calm[80:], *wild[80:]}


def test_ranks_are_the_same_when_the_window_comes_from_the_database(project: Project) -> None:
    _in_force(project, {**UNCERTAIN, "by": "rank", "threshold": 0})
    first = [arrived(project, record(nll=n / 100)) for n in range(60)]
    route(first, scored=score(first))
    windows.shared.forget()

    last = arrived(project, record(nll=0.295))
    route([last], scored=score([last]))

    [reason] = Routing.objects.get(prediction=last).reasons
    assert reason["rank"] == pytest.approx(30.5 / 61)
    assert (reason["score"], reason["threshold"]) == (0.295, 0)


def test_below_50_scores_nothing_is_picked_by_rank(project: Project) -> None:
    _in_force(project, {**UNCERTAIN, "by": "rank", "threshold": 0})
    ids = [arrived(project) for _ in range(49)]

    assert route(ids, scored=score(ids)).routed == 0


def test_what_was_scored_by_another_process_is_read_from_the_database(project: Project) -> None:
    _in_force(project, {**UNCERTAIN, "threshold": 1}, SAFETY)
    id_ = arrived(project, record(nll=2, guardrails=FLAGGED))
    score([id_])

    route([id_])

    assert len(Routing.objects.get(prediction=id_).reasons) == 2


def test_routing_twice_changes_nothing(project: Project) -> None:
    _in_force(project, {**UNCERTAIN, "threshold": 0})
    id_ = arrived(project)
    scored = score([id_])

    first, second = route([id_], scored=scored), route([id_, id_], scored=scored)

    assert (first.routed, second.routed) == (1, 0)
    assert (Item.objects.count(), Slot.objects.count(), Routing.objects.count()) == (1, 1, 1)


def test_without_a_policy_in_force_predictions_wait(project: Project) -> None:
    id_ = arrived(project)

    assert route([id_], scored=score([id_])).waiting == 1
    assert Prediction.objects.get(pk=id_).state == "scored"


def test_predictions_of_two_projects_keep_to_their_own_policies(project: Project) -> None:
    other = cast().project
    queue_in(other, slug="answers")
    _in_force(project, {**UNCERTAIN, "threshold": 0})
    _in_force(other, {**UNCERTAIN, "threshold": 99})
    ours, theirs = arrived(project), arrived(other)

    batch = route([ours, theirs], scored=score([ours, theirs]))

    assert (batch.routed, batch.not_routed) == (1, 1)
    assert Item.objects.get().queue.project == project


def test_the_log_holds_the_batch_and_each_item(project: Project) -> None:
    _in_force(project, {**UNCERTAIN, "threshold": 1})
    ids = [arrived(project, record(nll=nll)) for nll in (0.5, 1.5)]

    batch = route(ids, scored=score(ids))

    routed = Event.objects.get(kind="predictions.routed").after or {}
    assert (routed["routed"], routed["not_routed"]) == (1, 1)
    opened = Event.objects.get(kind="item.opened")
    assert (opened.subject_id, (opened.after or {})["rules"]) == (batch.item_ids[0], ["unsure"])


def test_the_number_of_statements_does_not_grow_with_the_batch(project: Project) -> None:
    first_policy(project, list(project.queues.order_by("slug")))
    few, many = ([arrived(project, record(guardrails=FLAGGED)) for _ in range(n)] for n in (1, 60))
    route(few, scored=score(few))

    counts = []
    for ids in ([arrived(project, record(guardrails=FLAGGED))], many):
        scored = score(ids)
        with CaptureQueriesContext(connection) as statements:
            route(ids, scored=scored)
        counts.append(len(statements))

    assert counts[0] == counts[1] <= 10


@pytest.mark.django_db(transaction=True)
def test_two_workers_route_each_prediction_once() -> None:
    project = cast().project
    queue_in(project, slug="answers")
    _in_force(project, {**UNCERTAIN, "threshold": 0})
    ids = [arrived(project) for _ in range(20)]
    score(ids)
    routed: list[int] = []

    def work() -> None:
        try:
            routed.append(route(ids).routed)
        finally:
            connection.close()

    threads = [threading.Thread(target=work) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sum(routed) == Item.objects.count() == Slot.objects.count() == 20
