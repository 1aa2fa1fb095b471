"""Recall of the filters: by hand from what routing itself drew, and why there is none."""

from collections.abc import Callable
from math import sqrt
from typing import NamedTuple

import pytest
from pytest_django import DjangoAssertNumQueries

from accounts.models import Project
from queues.audit.overrides.filter_recall import (
    Audited,
    FilterRecall,
    Undefined,
    recall_of_filters,
    violations_of,
)
from queues.models import Flag, Item, Prediction, Routing
from queues.statistics.proportions import wilson
from tests.factories.audited import asking, audit, came, rules, say
from tests.factories.projects import ProjectFactory
from tests.factories.work import queue_in

SAFETY = {"name": "safety", "kind": "safety_flagged", "queue": "safety", "priority": 90}
STRATUM = {
    "name": "german", "kind": "all_of", "queue": "answers",
    "of": [
        {"kind": "attribute", "attribute": "model_version", "values": ["prod-17"]},
        {"kind": "random_audit", "rate": 1.0},
    ],
}  # fmt: skip


class Sent(NamedTuple):
    """One of the traffic: its id, whether the filter flags it, whether people call it a violation."""

    name: str
    flagged: bool
    is_violation: bool


def traffic(batch: str, n: int) -> list[Sent]:
    """Every third is a violation; of five in a row the filter flags two, whatever they are."""
    return [Sent(f"{batch}-{place}", place % 5 in (0, 3), place % 3 == 0) for place in range(n)]


def judged(project: Project, batch: list[Sent]) -> list[Sent]:
    """What was drawn of it and judged."""
    drawn = [(one, item) for one in batch if (item := came(project, one.name, mod=one.flagged))]
    for one, item in drawn:
        say(item, "yes" if one.is_violation else "no")
    return [one for one, _item in drawn]


def of(found: Audited, component: str = "mod") -> FilterRecall:
    return next(one for one in found.filters if one.component == component)


@pytest.fixture
def project(db: None) -> Project:
    project = ProjectFactory.create()
    asking(project)
    return project


def test_two_policies_of_different_rates_weigh_what_each_drew(project: Project) -> None:
    rules(project, audit(0.5))
    half = [one for one in judged(project, traffic("a", 60)) if one.is_violation]
    rules(project, audit(0.2))
    fifth = [one for one in judged(project, traffic("b", 100)) if one.is_violation]

    found = of(recall_of_filters(project.pk))

    flagged = [sum(one.flagged for one in part) for part in (half, fifth)]
    weights, squares = 2 * len(half) + 5 * len(fifth), 4 * len(half) + 25 * len(fifth)
    assert min(len(half), len(fifth)) > 3
    assert 0 < found.flagged < found.violations == len(half) + len(fifth)
    assert found.recall
    assert found.recall.hajek == pytest.approx((2 * flagged[0] + 5 * flagged[1]) / weights)
    assert found.recall.n_eff == pytest.approx(weights**2 / squares)


def test_with_one_rate_it_is_wilsons_interval_of_k_in_n(project: Project) -> None:
    rules(project, audit(0.5))
    drawn = judged(project, traffic("a", 60))

    found = of(recall_of_filters(project.pk))

    k, n = sum(one.flagged for one in drawn if one.is_violation), sum(one.is_violation for one in drawn)
    p, z = k / n, 1.959963984540054
    centre, half = p + z**2 / (2 * n), z * sqrt(p * (1 - p) / n + z**2 / (4 * n**2))
    assert found.recall
    assert found.prevalence
    assert (found.flagged, found.violations, found.judged) == (k, n, len(drawn))
    assert (found.recall.low, found.recall.high) == pytest.approx(
        ((centre - half) / (1 + z**2 / n), (centre + half) / (1 + z**2 / n))
    )
    assert (found.prevalence.low, found.prevalence.high) == pytest.approx(wilson(n / len(drawn), len(drawn)))


def test_two_audits_are_one_draw_after_the_other(project: Project) -> None:
    rules(project, audit(0.5), audit(0.2, draw="more") | {"name": "more"})
    judged(project, traffic("a", 40))

    found = of(recall_of_filters(project.pk))

    assert found.prevalence
    assert found.prevalence.population == pytest.approx(found.audited / (1 - 0.5 * 0.8))


def test_a_filter_that_flags_everything_finds_all_and_one_that_flags_nothing_none(project: Project) -> None:
    rules(project, audit(1.0))
    for place in range(12):
        item = came(project, f"a-{place}", everything=True, nothing=False)
        assert item
        say(item, "yes" if place % 4 == 0 else "no")

    found = recall_of_filters(project.pk)

    shares = {one.component: one.recall and one.recall.hajek for one in found.filters}
    assert shares == {"everything": 1.0, "nothing": 0.0, "reviewapp": 0.0}


def test_flagged_items_that_another_rule_picks_do_not_raise_it(project: Project) -> None:
    rules(project, audit(0.5))
    judged(project, traffic("a", 60))
    alone = of(recall_of_filters(project.pk)).recall
    beside = ProjectFactory.create()
    asking(beside), asking(beside, "safety")
    rules(beside, audit(0.5), SAFETY)
    judged(beside, traffic("a", 60))

    found = of(recall_of_filters(beside.pk)).recall

    assert Item.objects.filter(queue__project=beside, reasons__0__kind="safety_flagged").count() > 5
    assert alone == found


def test_what_waits_longer_because_it_was_let_pass_does_not_raise_it(project: Project) -> None:
    rules(project, audit(1.0))
    # 4 flagged, all judged, 2 violations. 8 let pass, 4 judged, 1 violation: it stands for 2.
    for place, violation in enumerate(["yes", "yes", "no", "no"]):
        item = came(project, f"flagged-{place}", mod=True)
        assert item
        say(item, violation)
    for place, violation in enumerate(["yes", "no", "no", "no", "", "", "", ""]):
        item = came(project, f"fine-{place}", mod=False)
        assert item
        if violation:
            say(item, violation)

    found = of(recall_of_filters(project.pk))

    assert found.recall
    assert found.prevalence
    assert found.recall.hajek == pytest.approx(2 / 4)
    assert found.prevalence.hajek == pytest.approx(4 / 12)
    assert (found.audited, found.judged, found.violations, found.flagged) == (12, 8, 3, 2)


def _no_rule(project: Project) -> None:
    asking(project, "safety")
    rules(project, SAFETY)


def _only_a_stratum(project: Project) -> None:
    rules(project, STRATUM)
    judged(project, traffic("a", 6))


def _a_form_without_the_question(project: Project) -> None:
    queue_in(project, slug="plain")
    rules(project, audit(1.0, queue="plain"))
    item = came(project, "a", mod=False)
    assert item
    say(item, "")


def _nothing_yet(project: Project) -> None:
    rules(project, audit(1.0))


@pytest.mark.parametrize(
    ("arrange", "why"),
    [
        (_no_rule, Undefined.NO_AUDIT),
        (_only_a_stratum, Undefined.NO_AUDIT),
        (_a_form_without_the_question, Undefined.NOT_ASKED),
        (_nothing_yet, Undefined.NONE_DRAWN),
    ],
)
def test_without_an_audit_that_asks_nothing_is_defined(
    project: Project, arrange: Callable[[Project], None], why: Undefined
) -> None:
    arrange(project)

    found = recall_of_filters(project.pk)

    assert (found.audited, found.filters, found.undefined) == (0, (), why)


def test_each_filter_says_why_it_has_none(project: Project) -> None:
    rules(project, audit(1.0))
    for place in range(10):
        # `quiet` says nothing of what is fine; `late` flagged two that nobody has judged.
        said = {"mod": False, "late": place < 2, **({"quiet": True} if place == 9 else {})}
        item = came(project, f"a-{place}", **said)
        assert item
        if place >= 2:
            say(item, "no")

    found = recall_of_filters(project.pk)

    assert {one.component: one.undefined for one in found.filters} == {
        "mod": Undefined.NO_VIOLATION,
        "reviewapp": Undefined.NO_VIOLATION,
        "late": Undefined.UNHEARD,
        "quiet": Undefined.ONLY_FLAGS,
    }
    assert of(found).prevalence is not None
    assert (of(found, "late").heard, of(found, "late").prevalence) == (0.0, None)


def test_checks_second_items_withdrawn_ones_and_unsure_verdicts_judge_nothing(project: Project) -> None:
    rules(project, audit(1.0))
    items = [came(project, f"a-{place}", mod=place == 0) for place in range(5)]
    found_item, missed, unsure, withdrawn, taken_back = [item for item in items if item]
    say(found_item, "yes"), say(missed, "yes"), say(unsure, "unsure")
    Item.objects.filter(pk=withdrawn.pk).update(state="withdrawn")
    verdict = say(taken_back, "yes")
    type(verdict).objects.filter(pk=verdict.pk).update(withdrawn_at="2026-01-02T00:00Z")
    Item.objects.create(
        queue_id=missed.queue_id, prediction_id=missed.prediction_id, state="check", priority=50,
        due_at=missed.due_at, reasons=missed.reasons,
    )  # fmt: skip
    by_hand = Item.objects.create(
        queue=asking(project, "chosen"), prediction_id=missed.prediction_id, priority=50,
        due_at=missed.due_at, reasons=[{"rule": "selection 1", "kind": "selection"}],
    )  # fmt: skip
    say(by_hand, "yes")

    found = of(recall_of_filters(project.pk))

    assert (found.audited, found.judged, found.violations, found.flagged) == (5, 2, 2, 1)
    assert [one.item_id for one in violations_of(project.pk, "mod", missed_only=True)] == [missed.pk]
    assert len(violations_of(project.pk, "mod", missed_only=False)) == 2
    assert violations_of(project.pk, "nobody", missed_only=False) == []


def test_a_comparison_is_a_verdict_on_neither_output(project: Project) -> None:
    rules(project, audit(1.0))
    first, second = came(project, "a", mod=True), came(project, "b", mod=True)
    assert first
    assert second
    say(first, "yes"), say(second, "yes")
    Item.objects.filter(pk=second.pk).update(other=first.prediction_id, other_first=True)

    assert recall_of_filters(project.pk).judged == 1


def test_two_statements_whatever_was_drawn(
    project: Project, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for rate in (0.5, 0.6, 0.7):
        rules(project, audit(rate))
        judged(project, traffic(f"at-{rate}", 6))

    with django_assert_num_queries(2):
        recall_of_filters(project.pk)


def test_another_projects_audit_says_nothing_here(project: Project) -> None:
    other = ProjectFactory.create()
    asking(other)
    for one in (project, other):
        rules(one, audit(1.0))
    judged(other, traffic("a", 6))

    assert recall_of_filters(project.pk).undefined == Undefined.NONE_DRAWN
    assert (Flag.objects.count(), Prediction.objects.count(), Routing.objects.count()) == (6, 6, 6)
