"""What a dry run says is what the rules would have done; it writes nothing but that."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from accounts.actor import Actor
from accounts.models import Event
from queues import jobs
from queues.models import DryRun, Item, Job, Policy, Routing, RuleAllowance
from queues.route import policies
from queues.route.dry_run import asking
from queues.route.dry_run.report import Report
from tests.factories import projects
from tests.factories.projects import Cast
from tests.factories.traffic import came, days_of
from tests.factories.work import queue_in

pytestmark = pytest.mark.django_db
END = datetime(2026, 11, 20, tzinfo=UTC)


@pytest.fixture
def cast() -> Cast:
    cast = projects.cast()
    for slug in ("answers", "safety"):
        queue_in(cast.project, slug=slug)
    return cast


def rule(kind: str, name: str = "", **fields: object) -> dict[str, object]:
    return {"name": name or kind, "kind": kind, "queue": "answers", **fields}


def by_value(threshold: float, name: str = "uncertain", **fields: object) -> dict[str, object]:
    return rule("uncertain", name, **{"measure": "mean_nll", "by": "value", "threshold": threshold, **fields})


def ask(cast: Cast, *rules: dict[str, object], last: int = 1_000) -> DryRun:
    document: dict[str, Any] = {"schema": "policy/1", "rules": list(rules)}
    return asking.ask(cast.project.pk, document=document, last=last, by=Actor(cast.lee.pk)).run


def answer(cast: Cast, *rules: dict[str, object], last: int = 1_000) -> Report:
    run = ask(cast, *rules, last=last)
    jobs.run_job(Job.objects.get(subject_id=run.pk).pk)
    report = asking.asked_for(cast.project.pk, run.pk).report
    assert report is not None, Job.objects.get(subject_id=run.pk).error
    return report


def in_force(cast: Cast, *rules: dict[str, object]) -> Policy:
    document: dict[str, Any] = {"schema": "policy/1", "rules": list(rules)}
    by = Actor(cast.lee.pk)
    policy = policies.new_version(cast.project.pk, document=document, by=by, reason="First.")
    return policies.activate(cast.project.pk, policy.version, by=by, reason="First.")


def test_it_counts_per_rule_and_what_two_rules_pick_together(cast: Cast) -> None:
    days_of(cast.project, 1, a_day=10, end=END)

    report = answer(cast, by_value(0.7, "high"), by_value(0.9, "higher"), by_value(5, "never"))

    assert [(line.name, line.picked, line.alone) for line in report.rules] == [
        ("high", 3, 2),
        ("higher", 1, 0),
        ("never", 0, 0),
    ]
    assert [(overlap.rules, overlap.picked) for overlap in report.overlaps] == [(("high", "higher"), 1)]
    assert (report.looked_at, report.sent) == (10, 3)


def test_it_looks_at_the_newest_only(cast: Cast) -> None:
    days_of(cast.project, 2, a_day=10, end=END)

    report = answer(cast, by_value(0), last=4)

    assert report.looked_at == 4
    assert report.rules[0].picked == 4
    assert report.first_at == END - timedelta(days=4 / 10)


def test_examples_are_the_newest_with_their_reasons(cast: Cast) -> None:
    came_in = days_of(cast.project, 1, a_day=10, end=END)

    report = answer(cast, by_value(0))

    examples = report.rules[0].examples
    assert [example.prediction for example in examples] == [one.pk for one in reversed(came_in[-5:])]
    assert examples[0].reasons[0]["score"] == 0.9


def test_ranks_are_those_of_the_moment_of_arrival(cast: Cast) -> None:
    for number in range(60):
        came(cast.project, {"mean_nll": number / 100}, at=END + timedelta(minutes=number))
    for number in range(10):
        came(cast.project, {"mean_nll": 5.0 + number}, at=END + timedelta(hours=2, minutes=number))

    report = answer(cast, rule("uncertain", measure="mean_nll", by="rank", threshold=0.98), last=10)

    # Each was the highest of all before it. Among all ten at once only the last ones would be.
    assert report.rules[0].picked == 10


def test_a_cap_counts_by_the_days_on_which_they_came(cast: Cast) -> None:
    days_of(cast.project, 3, a_day=10, end=END)

    report = answer(cast, by_value(0, daily_cap=4))

    assert (report.rules[0].picked, report.rules[0].held_back) == (12, 18)
    assert [n for _day, n in report.queues[0].days] == [4, 4, 4]


def test_the_top_of_a_day_follows_the_traffic_of_those_days(cast: Cast) -> None:
    for n in range(600):  # 60 a day, the high ones spread over each day
        came(cast.project, {"mean_nll": (n * 37) % 60 / 60}, at=END + n * timedelta(days=1) / 60)

    report = answer(cast, rule("uncertain", measure="mean_nll", by="top_per_day", per_day=6), last=300)

    line = report.rules[0]
    assert 25 <= line.picked + line.held_back <= 35  # of five days
    assert line.held_back > 0  # what came at once, more than the bucket held


def test_the_difference_to_the_policy_in_force_has_counts_and_examples(cast: Cast) -> None:
    active = in_force(cast, by_value(0.5, "old"))
    days_of(cast.project, 1, a_day=10, end=END)

    report = answer(cast, by_value(0.2, "new", queue="safety"), rule("safety_flagged"))
    narrower = answer(cast, by_value(0.8, "new"))

    difference, other = report.difference, narrower.difference
    assert difference and other
    assert difference.version == active.version
    assert (difference.newly_sent, difference.moved, difference.no_longer_sent) == (3, 5, 0)
    assert difference.examples["moved"][0].queue_before == "answers"
    assert (other.newly_sent, other.no_longer_sent, other.sent_alike) == (0, 3, 2)
    assert other.examples["no_longer_sent"][0].reasons[0]["rule"] == "old"


def test_flags_attributes_and_pairs_are_asked_as_in_routing(cast: Cast) -> None:
    came(cast.project, at=END, flag="hate")
    came(cast.project, at=END, record={"subject": {"locale": "de-AT"}})
    for version in ("one", "two"):
        came(cast.project, at=END, model_version=version, record={"input": {"prompt": "The same."}})

    report = answer(
        cast,
        rule("safety_flagged"),
        rule("attribute", attribute="locale", values=["de"]),
        rule("none_of", of=[{"kind": "attribute", "attribute": "locale", "values": ["de"]}]),
        rule("pair", champion="one", challenger="two"),
    )

    assert [(line.kind, line.picked) for line in report.rules] == [
        ("safety_flagged", 1),
        ("attribute", 1),
        ("none_of", 3),
        ("pair", 1),
    ]


def test_what_repeats_is_counted_and_needs_no_review(cast: Cast) -> None:
    for _ in range(3):
        came(cast.project, {"mean_nll": 1.0}, at=END, record={"input": {"prompt": "The same."}})

    (line, _safety) = answer(
        cast, by_value(0, near_duplicates="attach", reviews_needed=2), rule("safety_flagged", queue="safety")
    ).queues

    assert (line.items, line.repeats, line.reviews) == (3, 2, 2)


def test_the_spread_of_pi_says_for_what_no_rate_can_speak(cast: Cast) -> None:
    days_of(cast.project, 1, a_day=100, end=END)

    without = answer(cast, by_value(0.9)).chances
    audited = answer(cast, by_value(0.9), rule("random_audit", rate=0.1)).chances

    assert (without.certain, without.never, without.drawn) == (10, 90, 0)
    assert (audited.certain, audited.never) == (10, 0)
    assert audited.between == [(0.05, 0.1, 90)]
    assert audited.expected == pytest.approx(19)
    assert 0 < audited.drawn < 30


def test_missing_measures_and_unscored_predictions_are_told(cast: Cast) -> None:
    came(cast.project, {"mean_nll": 1.0}, at=END)
    came(cast.project, at=END)
    unscored = came(cast.project, at=END)
    unscored.scores.delete()

    report = answer(cast, by_value(0), by_value(0, "seldom", measure="sum_nll"))

    assert report.missing == {"mean_nll": 1, "sum_nll": 2}
    assert (report.looked_at, report.not_scored) == (2, 1)


def test_an_empty_project_has_an_empty_answer(cast: Cast) -> None:
    report = answer(cast, by_value(0))

    assert (report.looked_at, report.sent, report.days, report.first_at) == (0, 0, 0.0, None)
    assert report.queues[0].pace is None


def test_it_writes_nothing_but_its_result(cast: Cast) -> None:
    in_force(cast, by_value(0.5, daily_cap=3))
    days_of(cast.project, 1, a_day=10, end=END)

    answer(cast, by_value(0, daily_cap=2, per_day=None))

    assert not Routing.objects.exists()
    assert not Item.objects.exists()
    assert not RuleAllowance.objects.exists()


def test_a_rule_that_is_off_is_not_counted(cast: Cast) -> None:
    days_of(cast.project, 1, a_day=10, end=END)

    report = answer(cast, by_value(0, "on"), by_value(0, "off", enabled=False))

    assert [line.name for line in report.rules] == ["on"]


def test_what_asked_and_what_cancelled_stands_in_the_log(cast: Cast) -> None:
    run = ask(cast, by_value(0))

    asking.cancel(cast.project.pk, run.pk, by=Actor(cast.lee.pk))

    kinds = Event.objects.filter(subject_kind="dry_run").order_by("id").values_list("kind", flat=True)
    assert list(kinds) == ["dry_run.asked", "dry_run.cancelled"]
