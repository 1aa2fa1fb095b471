"""Caps and budgets: what a rule may pick of a day, whoever routes at the same time."""

import threading
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction

from accounts.models import Project
from queues.models import Item, Routing, RuleAllowance
from queues.route import allowances
from queues.route.actions import route
from queues.route.allowances import Purse
from queues.route.deciding import decide_batch
from queues.route.rule import Allowance
from queues.score.actions import score
from tests.factories.arrivals import arrived, record
from tests.factories.projects import cast
from tests.factories.rules import case, in_force, policy, rule
from tests.factories.work import queue_in

NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)
DAY = NOON.date()
SOON, LATER = timedelta(hours=1), timedelta(hours=12)
UNSURE: dict[str, Any] = {"measure": "mean_nll", "by": "value", "threshold": 0}


@pytest.fixture
def project() -> Project:
    project = cast().project
    queue_in(project, slug="answers")
    return project


def _spent(project: Project, wanted: int, *, per_day: int, burst: float | None = None, now: datetime) -> int:
    with transaction.atomic():
        return allowances.spend(project.pk, {"r": (Allowance(per_day, burst), wanted)}, now=now)["r"]


# ---- the purse, without a database


def test_a_cap_counts_from_midnight_utc() -> None:
    cap = Allowance(10)
    purse, granted = Purse(DAY).at(NOON, cap).spend(8, cap)

    purse, evening = purse.at(NOON + LATER - timedelta(seconds=1), cap).spend(8, cap)
    purse, morning = purse.at(NOON + LATER, cap).spend(8, cap)

    assert (granted, evening, morning) == (8, 2, 8)
    assert (purse.day, purse.picked, purse.held_back) == (date(2026, 11, 22), 8, 0)


def test_what_is_not_granted_is_counted_as_held_back() -> None:
    cap = Allowance(5)
    purse, _granted = Purse(DAY).at(NOON, cap).spend(3, cap)

    purse, granted = purse.spend(4, cap)

    assert (granted, purse.picked, purse.held_back) == (2, 5, 2)


def test_a_bucket_holds_at_most_its_burst_and_fills_evenly() -> None:
    bucket = Allowance(240, burst=10.0)
    purse, first = Purse(DAY).at(NOON, bucket).spend(100, bucket)

    purse, at_once = purse.at(NOON, bucket).spend(100, bucket)
    purse, half_an_hour_later = purse.at(NOON + SOON / 2, bucket).spend(100, bucket)
    purse, much_later = purse.at(NOON + 6 * SOON, bucket).spend(100, bucket)

    assert (first, at_once, half_an_hour_later, much_later) == (10, 0, 5, 10)


def test_a_bucket_never_gives_more_than_the_day_has() -> None:
    bucket = Allowance(12, burst=10.0)
    purse, granted = Purse(DAY).at(NOON, bucket).spend(10, bucket)

    _purse, later = purse.at(NOON + LATER - timedelta(seconds=1), bucket).spend(10, bucket)

    assert granted + later == 12


def test_a_batch_that_began_before_midnight_and_comes_second_takes_nothing_back() -> None:
    cap, midnight = Allowance(10), datetime(2026, 11, 22, tzinfo=UTC)
    purse, _granted = Purse(DAY).at(midnight, cap).spend(10, cap)

    purse, late = purse.at(midnight - timedelta(seconds=1), cap).spend(10, cap)
    _purse, again = purse.at(midnight + SOON, cap).spend(10, cap)

    assert (late, again) == (0, 0)


def test_time_that_went_back_fills_no_bucket_twice() -> None:
    bucket = Allowance(240, burst=10.0)
    purse, _granted = Purse(DAY).at(NOON, bucket).spend(10, bucket)

    _purse, granted = purse.at(NOON - SOON, bucket).at(NOON, bucket).spend(10, bucket)

    assert granted == 0


@pytest.mark.django_db
def test_in_memory_it_is_the_same(project: Project) -> None:
    memory = allowances.InMemory()
    times = [NOON, NOON + SOON / 4, NOON + SOON, NOON + LATER, NOON + 2 * LATER]

    asked = {"r": (Allowance(100, 4.0), 3)}
    dry = [memory.spend(asked, now=now)["r"] for now in times]

    assert dry == [_spent(project, 3, per_day=100, burst=4.0, now=now) for now in times]


# ---- a batch


def test_the_most_uncertain_of_a_batch_come_first() -> None:
    document = policy(rule("uncertain", **UNSURE, daily_cap=2))
    cases = [case(str(n), values={"mean_nll": nll}) for n, nll in enumerate((0.1, 0.9, 0.5, 0.9))]

    decisions = decide_batch(document, cases, spend=lambda wanted: dict.fromkeys(wanted, 2))

    assert [decision.is_routed for decision in decisions] == [False, True, False, True]


def test_ranks_come_before_scores_and_equals_in_the_order_of_arrival() -> None:
    document = policy(rule("uncertain", measure="mean_nll", by="rank", threshold=0, daily_cap=2))
    ranked = [(9.0, 0.2), (1.0, 0.8), (2.0, 0.8), (3.0, 0.8)]
    cases = [case(str(n), values={"mean_nll": s}, ranks={"mean_nll": r}) for n, (s, r) in enumerate(ranked)]

    decisions = decide_batch(document, cases, spend=lambda wanted: dict.fromkeys(wanted, 2))

    assert [decision.is_routed for decision in decisions] == [False, True, True, False]


def test_below_the_cut_pi_is_that_of_the_rules_that_still_may_pick() -> None:
    capped = rule("uncertain", "unsure", **UNSURE, daily_cap=1)
    audit = rule("random_audit", "audit", rate=0.25)
    cases = [case(str(n), values={"mean_nll": 1.0}) for n in range(40)]

    decisions = decide_batch(policy(capped, audit), cases, spend=lambda wanted: dict.fromkeys(wanted, 1))

    assert [decision.pi for decision in decisions] == [1.0] + [0.25] * 39
    names = {reason["rule"] for decision in decisions[1:] for reason in decision.reasons}
    assert names == {"audit"}


def test_a_rule_without_a_cap_asks_nobody() -> None:
    def refuse(_wanted: object) -> dict[str, int]:
        raise AssertionError("nothing is limited here")

    [decision] = decide_batch(
        policy(rule("uncertain", **UNSURE)), [case(values={"mean_nll": 1})], spend=refuse
    )

    assert decision.is_routed


# ---- the rows


@pytest.mark.django_db
def test_a_cap_holds_across_batches_and_says_what_it_held_back(project: Project) -> None:
    in_force(project, rule("uncertain", **UNSURE, daily_cap=3))
    ids = [arrived(project, record(nll=n)) for n in range(1, 6)]

    for part in (ids[:2], ids[2:]):
        route(part, scored=score(part), now=NOON)

    row = RuleAllowance.objects.get(project=project)
    assert (row.rule, row.day, row.picked, row.held_back) == ("the-rule", DAY, 3, 2)
    assert list(Item.objects.order_by("pk").values_list("prediction_id", flat=True)) == [
        ids[0],
        ids[1],
        ids[4],
    ]
    pis = dict(Routing.objects.values_list("prediction_id", "pi"))
    assert [pis[id_] for id_ in ids] == [1, 1, 0, 0, 1]


@pytest.mark.django_db
def test_a_budget_is_spread_over_the_day(project: Project) -> None:
    assert _spent(project, 100, per_day=240, burst=10.0, now=NOON) == 10
    assert _spent(project, 100, per_day=240, burst=10.0, now=NOON + SOON / 10) == 1
    assert RuleAllowance.objects.get().held_back == 189


@pytest.mark.django_db
def test_each_project_and_each_rule_has_its_own(project: Project) -> None:
    other = cast().project

    for owner in (project, other):
        with transaction.atomic():
            asked = {name: (Allowance(2), 5) for name in ("a", "b")}
            assert allowances.spend(owner.pk, asked, now=NOON) == {"a": 2, "b": 2}


@pytest.mark.django_db
def test_what_was_rolled_back_was_not_spent(project: Project) -> None:
    with transaction.atomic():
        allowances.spend(project.pk, {"r": (Allowance(5), 5)}, now=NOON)
        transaction.set_rollback(True)

    assert _spent(project, 5, per_day=5, now=NOON) == 5


@pytest.mark.django_db(transaction=True)
def test_batches_at_once_never_exceed_an_allowance_nor_wait_for_each_other_for_ever() -> None:
    project = cast().project
    queue_in(project, slug="answers")
    unsure, sure = (rule("uncertain", name, **UNSURE, daily_cap=cap) for name, cap in (("a", 25), ("b", 10)))
    in_force(project, unsure, {**sure, "threshold": 0.5})
    batches = [[arrived(project, record(nll=0.4 + n % 2)) for n in range(10)] for _ in range(6)]
    scored = {batch[0]: score(batch) for batch in batches}
    ready, failures = threading.Barrier(len(batches)), []

    def work(batch: list[int]) -> None:
        try:
            ready.wait()
            route(batch, scored=scored[batch[0]], now=NOON)
        except BaseException as error:  # noqa: BLE001 - told below
            failures.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=work, args=(batch,)) for batch in batches]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert failures == []
    rows = RuleAllowance.objects.order_by("rule").values_list("rule", "picked", "held_back")
    assert list(rows) == [("a", 25, 35), ("b", 10, 20)]
    reasons = [
        reason["rule"] for reasons in Routing.objects.values_list("reasons", flat=True) for reason in reasons
    ]
    assert (reasons.count("a"), reasons.count("b")) == (25, 10)


@pytest.mark.django_db
def test_a_bucket_is_never_overdrawn_and_a_rule_has_one_row(project: Project) -> None:
    row = {"project": project, "rule": "r", "day": DAY}
    RuleAllowance.objects.create(**row)

    for wrong, name in (({"rule": "s", "tokens": -0.1}, "overdrawn"), ({}, "rule_allowance_once")):
        with pytest.raises(IntegrityError, match=name), transaction.atomic():
            RuleAllowance.objects.create(**{**row, **wrong})
