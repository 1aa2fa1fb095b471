"""The pills above an item: which rule, in fitting words, and nothing that would decide for the reviewer."""

from typing import Any

import pytest

from queues.models import Item
from queues.web.why_here import Why
from tests.factories.projects import Cast
from tests.factories.work import FORM, queue_in, waiting
from tests.web.reviewing import Reviewer

pytestmark = pytest.mark.django_db

FLAG = {"kind": "safety_flagged", "component": "filter", "category": "hate", "severity": "high"}
UNSURE = {"kind": "uncertain", "measure": "mean_nll", "score": 1.512, "rank": 0.934, "threshold": 0.8}
GOLDEN = {"kind": "golden_deviation", "golden": 7, "expected": "The verified answer.", "score": 0.61}


def _whys(people: Cast, *reasons: dict[str, Any], shows_scores: bool = False) -> list[Why]:
    """What the desk says of an item with these reasons."""
    reviewer = Reviewer(people.ann, queue_in(people.project, shows_scores=shows_scores))
    item = waiting(reviewer.queue)
    named = [
        {"rule": f"rule-{n}", "queue": "q", "priority": 50, **reason} for n, reason in enumerate(reasons)
    ]
    Item.objects.filter(pk=item.pk).update(reasons=named)
    return list(reviewer.open().context["whys"])


@pytest.mark.parametrize(
    ("reason", "label", "title"),
    [
        ({"kind": "random_audit", "score": 0.031, "threshold": 0.05}, "rule-0", "stands for all traffic"),
        (
            {"kind": "attribute", "attribute": "locale", "value": "de-CH"},
            "rule-0 · de-CH",
            "locale is “de-CH”",
        ),
        ({"kind": "attribute", "attribute": "tag", "value": ""}, "rule-0", "“rule-0” sent it here."),
        (
            {"kind": "pair", "other": 3, "other_version": "prod-17", "first": "this"},
            "rule-0",
            "to be compared",
        ),
        ({"kind": "badly_rated", "rating": 1}, "rule-0", "end users said something"),
        ({"kind": "novelty", "distance": 0.7}, "rule-0", "nothing like it has been reviewed"),
        ({"kind": "all_of", "of": [UNSURE, {"kind": "attribute"}]}, "rule-0", "several things hold together"),
        ({"kind": "any_of", "of": [UNSURE]}, "rule-0", "one of several things"),
        ({"kind": "none_of", "none_of": ["uncertain"]}, "rule-0", "leaving it out"),
        ({"kind": "of-a-plug-in", "score": 0.5}, "rule-0", "“rule-0” sent it here."),
    ],
)
def test_each_kind_has_its_words(people: Cast, reason: dict[str, Any], label: str, title: str) -> None:
    [said] = _whys(people, reason)

    assert said.label == label
    assert title in said.title


@pytest.mark.parametrize("kind", ["uncertain", "disagreement", "golden_deviation"])
def test_that_a_model_was_unsure_or_an_answer_is_known_is_not_told(people: Cast, kind: str) -> None:
    [said] = _whys(people, {**UNSURE, **GOLDEN, "kind": kind, "among": "judges"})

    assert (said.label, said.title) == ("rule-0", "The rule “rule-0” sent it here.")


@pytest.mark.parametrize(
    "attribute", ["model_version", "prompt_version", "origin", "segment.x", "cohort.age"]
)
def test_who_the_user_is_and_which_model_it_was_is_not_told(people: Cast, attribute: str) -> None:
    [said] = _whys(people, {"kind": "attribute", "attribute": attribute, "value": "secret"})

    assert "secret" not in f"{said.label} {said.title}"


@pytest.mark.parametrize(
    "reason",
    [FLAG, {"kind": "all_of", "of": [UNSURE, {"kind": "any_of", "of": [FLAG]}]}],
    ids=["by itself", "within others"],
)
def test_what_a_filter_found_is_told_at_any_depth_so_that_nobody_meets_it_unprepared(
    people: Cast, reason: dict[str, Any]
) -> None:
    [said] = _whys(people, reason)

    assert (said.label, said.kind) == ("rule-0 · hate · high", "reject")


def test_figures_are_told_where_the_queue_shows_scores(people: Cast) -> None:
    by_probability = {**UNSURE, "by": "probability", "rank": None, "probability": 0.4249}

    said = _whys(people, UNSURE, {**UNSURE, "rank": None}, by_probability, GOLDEN, shows_scores=True)

    assert [one.label for one in said] == [
        "rule-0 · rank 0.93",
        "rule-1 · 1.51",
        "rule-2 · error 0.42",
        "rule-3",
    ]
    assert "mean_nll 1.51, threshold 0.80" in said[0].title


def test_nothing_of_a_verified_answer_stands_on_the_page(people: Cast) -> None:
    reviewer = Reviewer(people.ann, queue_in(people.project, shows_scores=True))
    item = waiting(reviewer.queue)
    Item.objects.filter(pk=item.pk).update(reasons=[{"rule": "golden", **GOLDEN}])

    page = reviewer.open().content.decode()

    assert "The verified answer." not in page
    assert "0.61" not in page


def test_approving_what_was_flagged_within_another_condition_needs_a_reason(people: Cast) -> None:
    reviewer = Reviewer(people.ann, queue_in(people.project, form=FORM))
    item = waiting(reviewer.queue)
    reasons = [{"rule": "mixed", "kind": "all_of", "of": [UNSURE, FLAG]}]
    Item.objects.filter(pk=item.pk).update(reasons=reasons)

    page = reviewer.open()

    assert page.context["reasons_required_for"] == "approve correct reject"
    slot, token = page.context["desk"].lease.slot_id, page.context["desk"].lease.token
    address = f"{reviewer.project_url}/slots/{slot}/submit"
    assert reviewer.client.post(address, {"token": str(token), "decision": "approve"}).status_code == 422
