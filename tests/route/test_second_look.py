"""When more becomes known of a prediction, the rules that look at it are asked again, and only those."""

import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import DatabaseError, IntegrityError, OperationalError, connection, transaction
from django.utils import timezone

from accounts.models import Event, Project
from queues import pipeline
from queues.models import (
    Attachment,
    Flag,
    Item,
    Policy,
    Prediction,
    Routing,
    RuleAllowance,
    Scores,
    SecondLook,
    Slot,
)
from queues.route import windows
from queues.route.audit_sample import uniform
from queues.route.second_look import asking, look_again
from tests.factories.locks import until_somebody_waits
from tests.factories.projects import cast
from tests.factories.rules import in_force, policy, rule
from tests.factories.sent import receive, sent
from tests.factories.work import queue_in

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
FINDINGS = frozenset({"findings"})
SAFETY = rule("safety_flagged", "safety", min_severity="low", priority=90, due_hours=1)
UNSURE = rule("uncertain", "unsure", measure="mean_nll", by="value", threshold=1, priority=40)
FIRST: dict[str, Any] = {"measure": "mean_nll", "by": "value", "threshold": 0}
Later = Callable[[int], list[int]]


@pytest.fixture
def project() -> Project:
    windows.shared.forget()
    project = cast().project
    queue_in(project, slug="answers")
    return project


def _flag(prediction_id: int, category: str = "hate") -> None:
    """A filter answers later."""
    Flag.objects.create(
        prediction_id=prediction_id,
        component="filter",
        component_version="",
        taxonomy="",
        category=category,
        flagged=True,
        severity=3,
    )


def _flagged(prediction_id: int, **more: Any) -> list[int]:
    _flag(prediction_id)
    return look_again([prediction_id], changed=FINDINGS, **more)


def _names(reasons: list[dict[str, Any]]) -> list[str]:
    return [reason["rule"] for reason in reasons]


# ---- which rules are asked


@pytest.mark.parametrize(
    ("changed", "asked"),
    [
        ({"findings"}, ["safety", "both"]),
        ({"score:mean_nll"}, ["value", "rank", "both"]),
        ({"score:perplexity"}, []),
        ({"fact:attributes"}, ["german"]),
        ({"fact:feedback"}, []),
    ],
)
def test_only_rules_that_look_at_what_changed_are_asked(changed: set[str], asked: list[str]) -> None:
    unsure: dict[str, Any] = {"kind": "uncertain", "measure": "mean_nll", "by": "value", "threshold": 1}
    document = policy(
        SAFETY,
        rule(name="value", **unsure),
        rule(name="rank", **{**unsure, "by": "rank"}),
        rule(name="off", **unsure, enabled=False),
        rule("attribute", "german", attribute="locale", values=["de"]),
        rule("none_of", "both", of=[unsure, {"kind": "safety_flagged"}]),
        rule("random_audit", "audit", rate=0.1),
    )
    assert document.rules_in_force  # worked out before, as routing does

    narrowed = asking(document, frozenset(changed))

    assert [one.name for one in narrowed.rules_in_force] == asked


# ---- what becomes of it


@pytest.mark.django_db
def test_what_was_not_routed_gets_an_item_and_is_routed(project: Project) -> None:
    in_force(project, SAFETY, UNSURE)
    [id_] = receive(project, sent())

    assert _flagged(id_, now=NOW) == [id_]

    item = Item.objects.get()
    assert (item.prediction_id, item.priority, item.due_at) == (id_, 90, NOW + timedelta(hours=1))
    assert (_names(item.reasons), Slot.objects.count()) == (["safety"], 1)
    assert Prediction.objects.get(pk=id_).state == "routed"
    look = SecondLook.objects.get()
    assert (look.prediction_id, look.changed, look.pi, _names(look.reasons)) == (
        id_, ["findings"], 1.0, ["safety"],
    )  # fmt: skip
    assert (Routing.objects.get().pi, Routing.objects.get().reasons) == (0.0, [])


@pytest.mark.django_db
def test_an_unfinished_item_takes_the_urgency_with_its_slots(project: Project) -> None:
    in_force(project, SAFETY, {**UNSURE, "reviews_needed": 2})
    [id_] = receive(project, sent(nll=1.5))
    before = Item.objects.get()

    _flagged(id_)

    item = Item.objects.get()
    assert (item.priority, _names(item.reasons)) == (90, ["unsure", "safety"])
    assert item.due_at < before.due_at
    assert set(Slot.objects.values_list("priority", "due_at")) == {(90, item.due_at)}
    assert SecondLook.objects.get().reasons[0]["rule"] == "safety"


@pytest.mark.django_db
def test_an_unfinished_item_takes_the_most_reviews_asked_for(project: Project) -> None:
    in_force(project, {**SAFETY, "reviews_needed": 3}, UNSURE)
    [id_] = receive(project, sent(nll=1.5))
    Item.objects.update(reviews_needed=2, extra_reviews=1)
    Slot.objects.create(
        item=Item.objects.get(), queue_id=Slot.objects.get().queue_id, seq=2, priority=40, due_at=NOW
    )

    _flagged(id_)

    item = Item.objects.get()
    assert (item.reviews_needed, item.extra_reviews) == (4, 1)
    assert list(item.slots.order_by("seq").values_list("seq", "state", "untouched", "priority")) == [
        (seq, "open", True, 90) for seq in (1, 2, 3, 4)
    ]


@pytest.mark.django_db
def test_a_reason_of_less_urgency_makes_nothing_less_urgent(project: Project) -> None:
    in_force(project, {**SAFETY, "priority": 10, "due_hours": 500}, UNSURE)
    [id_] = receive(project, sent(nll=1.5))
    before = Item.objects.get()

    _flagged(id_)

    item = Item.objects.get()
    assert (item.priority, item.due_at) == (before.priority, before.due_at)
    assert _names(item.reasons) == ["unsure", "safety"]


@pytest.mark.django_db
def test_what_is_settled_stays_settled_and_the_reason_is_kept_beside_it(project: Project) -> None:
    in_force(project, SAFETY, UNSURE)
    [id_] = receive(project, sent(nll=1.5))
    Item.objects.update(state="settled", settled_at=timezone.now())
    Slot.objects.update(state="void")

    _flagged(id_)

    item = Item.objects.get()
    assert (item.state, item.priority, _names(item.reasons)) == ("settled", 40, ["unsure"])
    assert Slot.objects.get().priority == 40
    assert _names(SecondLook.objects.get().reasons) == ["safety"]
    told = Event.objects.get(kind="prediction.looked_at_again")
    assert told.after == {
        "changed": ["findings"],
        "rules": ["safety"],
        "item": item.pk,
        "item_state": "settled",
        "policy_version": 1,
    }


@pytest.mark.django_db
def test_the_log_says_which_item_was_opened_and_why(project: Project) -> None:
    in_force(project, SAFETY)
    [id_] = receive(project, sent())

    _flagged(id_)

    opened = Event.objects.get(kind="item.opened")
    assert (opened.subject_id, (opened.after or {})["rules"]) == (Item.objects.get().pk, ["safety"])
    assert Event.objects.get(kind="prediction.looked_at_again").subject_id == id_


@pytest.mark.django_db
def test_looking_twice_changes_nothing(project: Project) -> None:
    in_force(project, {**SAFETY, "daily_cap": 5}, UNSURE)
    [id_] = receive(project, sent())
    _flagged(id_)
    before = (Item.objects.values().get(), RuleAllowance.objects.values().get())

    assert look_again([id_, id_], changed=FINDINGS) == []

    assert (Item.objects.values().get(), RuleAllowance.objects.values().get()) == before
    assert (SecondLook.objects.count(), Event.objects.filter(kind="prediction.looked_at_again").count()) == (
        1,
        1,
    )


@pytest.mark.django_db
def test_a_rule_that_picked_it_on_arrival_takes_nothing_from_its_allowance_again(project: Project) -> None:
    in_force(project, {**SAFETY, "daily_cap": 2})
    flagged = [{"component": "filter", "category": "hate", "flagged": True}]
    old, new = receive(project, sent(guardrails=flagged), sent("Six."))
    _flag(new)

    assert look_again([old, new], changed=FINDINGS) == [new]

    allowance = RuleAllowance.objects.get()
    assert (allowance.picked, allowance.held_back) == (2, 0)


@pytest.mark.django_db
def test_rules_that_do_not_look_at_what_changed_stay_silent(project: Project) -> None:
    """A rule of a newer policy would pick it, an audit too: it was their turn when it arrived."""
    in_force(project, rule("uncertain", "strict", **{**FIRST, "threshold": 9}))
    [id_] = receive(project, sent())
    in_force(project, rule("uncertain", "loose", **FIRST), rule("random_audit", "audit", rate=1.0), SAFETY)

    _flagged(id_)

    assert _names(Item.objects.get().reasons) == ["safety"]


@pytest.mark.django_db
def test_a_score_that_was_made_later_is_asked_for_by_its_name(project: Project) -> None:
    in_force(project, rule("disagreement", "spread", among="samples", measure="seu", threshold=0.5))
    [id_] = receive(project, sent())
    scores = Scores.objects.get()
    Scores.objects.update(values={**scores.values, "seu": 0.7})

    pipeline.after_enrichment([id_], frozenset({"scores"}))

    [reason] = SecondLook.objects.get().reasons
    assert (reason["rule"], reason["score"]) == ("spread", 0.7)


@pytest.mark.django_db
def test_what_is_not_routed_yet_is_left_to_its_routing(project: Project) -> None:
    [id_] = receive(project, sent())  # no policy: it waits as scored
    in_force(project, SAFETY)

    assert _flagged(id_) == []
    assert not SecondLook.objects.exists()

    pipeline.after_scores([id_])
    assert _names(Routing.objects.get().reasons) == ["safety"]


@pytest.mark.django_db
def test_the_reason_of_one_that_is_counted_on_an_item_hurries_that_item(project: Project) -> None:
    in_force(project, {**UNSURE, "threshold": 0, "near_duplicates": "attach"}, SAFETY)
    first, second = receive(project, sent(), sent())

    assert _flagged(second) == [second]

    item = Item.objects.get()
    assert (item.prediction_id, item.priority, _names(item.reasons)) == (first, 90, ["unsure", "safety"])
    assert Attachment.objects.get().prediction_id == second


@pytest.mark.django_db
def test_projects_without_a_policy_and_unknown_numbers_are_passed_by(project: Project) -> None:
    [id_] = receive(project, sent())

    assert look_again([id_, 10**9], changed=FINDINGS) == []


@pytest.mark.django_db
def test_an_old_prediction_does_not_spoil_the_ranks_of_what_arrives(project: Project) -> None:
    ranked = {"kind": "uncertain", "measure": "mean_nll", "by": "rank", "threshold": 0.99}
    flagged = {"kind": "safety_flagged", "min_severity": "low"}
    in_force(project, rule("any_of", of=[ranked, flagged]))
    ids = receive(project, *(sent(nll=n / 100) for n in range(60)))
    receive(project, *(sent(nll=1 + n / 100) for n in range(60)))
    windows.shared.forget()

    _flagged(ids[55])
    [last] = receive(project, sent(nll=1.0))  # the highest of the first sixty, the middle of all

    assert Routing.objects.get(prediction=last).reasons == []


# ---- pi


@pytest.mark.django_db
def test_a_rule_that_draws_of_what_became_known_gives_all_of_it_its_chance(project: Project) -> None:
    """Half of what a filter flags later, and a tenth of everything on arrival, by draws of their own."""
    half = {"kind": "random_audit", "rate": 0.5, "draw": "half"}
    audit = rule("random_audit", "audit", rate=0.1)
    of = [{"kind": "safety_flagged", "min_severity": "low"}, half]
    policy_ = in_force(project, audit, rule("all_of", "some-flagged", of=of))
    ids = receive(project, *(sent() for _ in range(40)))
    flagged, silent = ids[:30], ids[30:]
    for id_ in flagged:
        _flag(id_)

    picked = look_again(ids, changed=FINDINGS)

    salt = Policy.objects.get(pk=policy_.pk).salt
    named = dict(Prediction.objects.values_list("pk", "prediction_id"))
    assert picked == [id_ for id_ in flagged if uniform(f"{salt}/half", named[id_]) < 0.5]
    looks = {look.prediction_id: look for look in SecondLook.objects.all()}
    assert set(looks) == set(flagged)
    assert {round(look.pi, 12) for look in looks.values()} == {round(1 - 0.9 * 0.5, 12)}
    assert {id_ for id_ in looks if looks[id_].reasons} == set(picked)
    assert set(Routing.objects.filter(prediction__in=silent).values_list("pi", flat=True)) == {0.1}

    look_again(ids, changed=FINDINGS)
    assert SecondLook.objects.count() == len(flagged)


# ---- at once


@pytest.mark.django_db(transaction=True)
def test_looks_at_once_open_one_item_and_write_one_reason() -> None:
    project = cast().project
    queue_in(project, slug="answers")
    in_force(project, SAFETY)
    ids = receive(project, *(sent(f"Answer {n}.") for n in range(6)))
    for id_ in ids:
        _flag(id_)
    found, failures, ready = [], [], threading.Barrier(4)

    def work(order: list[int]) -> None:
        try:
            ready.wait()
            found.extend(look_again(order, changed=FINDINGS))
        except BaseException as error:  # noqa: BLE001 - told below
            failures.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=work, args=(ids[::step],)) for step in (1, -1, 1, -1)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert failures == []
    assert sorted(found) == ids
    assert (Item.objects.count(), SecondLook.objects.count()) == (6, 6)


@pytest.mark.django_db(transaction=True)
def test_a_look_waits_for_a_submit_at_its_slot_and_holds_nothing_that_the_submit_needs() -> None:
    project = cast().project
    queue_in(project, slug="answers")
    in_force(project, SAFETY, UNSURE)
    [id_] = receive(project, sent(nll=1.5))
    item = Item.objects.get()

    def look() -> None:
        _flagged(id_)
        connection.close()

    looking = threading.Thread(target=look)

    with transaction.atomic():
        Slot.objects.select_for_update().get(item=item)
        looking.start()
        until_somebody_waits()
        locked = Item.objects.select_for_update(nowait=True).filter(pk=item.pk)
        try:
            list(locked)
            is_free = True
        except OperationalError:
            is_free = False
            transaction.set_rollback(True)
    looking.join()

    assert is_free
    assert Item.objects.get().priority == 90


# ---- the rows


@pytest.mark.django_db
def test_second_looks_are_history_and_their_pi_is_a_probability(project: Project) -> None:
    made = in_force(project, SAFETY)
    [id_] = receive(project, sent())
    _flagged(id_)

    for change in ("UPDATE queues_secondlook SET pi = 0.5", "DELETE FROM queues_secondlook"):
        with (
            pytest.raises(DatabaseError, match="is history"),
            transaction.atomic(),
            connection.cursor() as cursor,
        ):
            cursor.execute(change)
    with pytest.raises(IntegrityError, match="second_look_pi_is_a_probability"), transaction.atomic():
        SecondLook.objects.create(prediction_id=id_, policy=made, pi=1.01, reasons=[{"rule": "x"}])
