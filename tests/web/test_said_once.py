"""What says the same, and what came later: shown where an item, a prediction or a day is looked at."""

import re

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import Project
from queues.export.definition.filters import Filter
from queues.export.queries import verdicts_of
from queues.models import Attachment, Flag, Item, Prediction, SecondLook
from queues.monitor.queries import routed_by_reason
from queues.route.second_look import look_again
from queues.snapshot import snapshot
from tests.factories.projects import Cast
from tests.factories.reviews import reviewed
from tests.factories.rules import in_force, rule
from tests.factories.sent import receive, sent
from tests.factories.work import policy_of, queue_in, waiting
from tests.web.conftest import SignIn
from tests.web.reviewing import Reviewer

pytestmark = pytest.mark.django_db

ATTACH = rule("uncertain", "unsure", measure="mean_nll", by="value", threshold=1, near_duplicates="attach")
SAFETY = rule("safety_flagged", "safety", min_severity="low", priority=90)
FINDINGS = frozenset({"findings"})


@pytest.fixture
def project(people: Cast) -> Project:
    queue_in(people.project, slug="answers", name="Answers")
    return people.project


def _page(client: Client, project: Project, path: str) -> str:
    return str(client.get(f"/projects/{project.slug}/{path}").content.decode())


def _flagged_later(prediction_id: int) -> None:
    Flag.objects.create(
        prediction_id=prediction_id, component="filter", category="hate", flagged=True, severity=3
    )
    look_again([prediction_id], changed=FINDINGS)


def _pills(page: str) -> list[str]:
    return re.findall(r'<span class="pill accent"[^>]*>([a-z]+)', page)


# ---- what says the same


@pytest.mark.parametrize(
    ("how_many", "said"),
    [(0, None), (1, "and 1 more that says the same"), (3, "and 3 more that say the same")],
)
def test_the_desk_says_how_many_say_the_same(
    people: Cast, project: Project, how_many: int, said: str | None
) -> None:
    in_force(project, ATTACH)
    receive(project, *(sent(nll=1.5) for _ in range(1 + how_many)))

    page = Reviewer(people.ann, Item.objects.get().queue).open().content.decode()

    assert ("the same" in page) is bool(said)
    assert said is None or said in page


def test_the_count_stops_at_a_thousand(people: Cast, project: Project) -> None:
    item = waiting(queue_in(project))
    predictions = Prediction.objects.bulk_create(
        Prediction(
            project=project,
            prediction_id=f"same-{n}",
            content_hash=b"\0" * 32,
            model_version="prod-17",
            occurred_at=item.created_at,
        )
        for n in range(1_003)
    )
    Attachment.objects.bulk_create(Attachment(prediction=one, item=item, similarity=1) for one in predictions)

    page = Reviewer(people.ann, item.queue).open().content.decode()

    assert "and 1,000+ more that say the same" in page


def test_the_list_and_the_story_of_the_item_say_it_and_link_to_them(
    people: Cast, project: Project, signed_in: SignIn
) -> None:
    in_force(project, ATTACH)
    first, *same = receive(project, *(sent(nll=1.5) for _ in range(13)))
    lee = signed_in(people.lee)

    listed = _page(lee, project, "queues/answers/items/")
    told = _page(lee, project, f"predictions/{first}/")

    assert "and 12 more that say the same" in listed
    assert "and 12 more that say the same" in told
    linked = [id_ for id_ in same if f"/predictions/{id_}/" in told]
    assert linked == same[-10:]


def test_the_story_of_a_counted_one_says_where_and_what_was_decided_there(
    people: Cast, project: Project, signed_in: SignIn
) -> None:
    in_force(project, ATTACH)
    first, second = receive(project, sent(nll=1.5), sent(nll=1.5))
    lee = signed_in(people.lee)

    waits = _page(lee, project, f"predictions/{second}/")
    assert "Counted on another item" in waits
    assert f"/predictions/{first}/" in waits
    assert "one review" not in waits

    reviewed(Item.objects.get().queue, people.ann, {"decision": "reject", "reasons": ["factual"]})

    settled = _page(lee, project, f"predictions/{second}/")
    assert re.search(r"Reject</span>\s*<span class=\"note\">one review", settled)


def test_who_holds_the_item_is_not_told_its_verdict(
    people: Cast, project: Project, signed_in: SignIn
) -> None:
    in_force(project, {**ATTACH, "reviews_needed": 2})
    _first, second = receive(project, sent(nll=1.5), sent(nll=1.5))
    queue = Item.objects.get().queue
    reviewed(queue, people.ann)
    Reviewer(people.lee, queue).open()
    Item.objects.get().verdicts.create(queue=queue, decision="approve", basis="single")

    assert "one review" not in _page(signed_in(people.lee), project, f"predictions/{second}/")
    assert "one review" in _page(signed_in(people.mel), project, f"predictions/{second}/")


def test_only_the_prediction_of_the_item_leaves_in_a_file(people: Cast, project: Project) -> None:
    in_force(project, ATTACH)
    first, _second = receive(project, sent(nll=1.5), sent(nll=1.5))
    reviewed(Item.objects.get().queue, people.ann)

    with snapshot():
        [found] = verdicts_of(project.pk, Filter(), scope="train")

    assert found.row.prediction_id == Prediction.objects.get(pk=first).prediction_id


# ---- what came later


def test_the_story_tells_what_had_become_known_and_what_followed(
    people: Cast, project: Project, signed_in: SignIn
) -> None:
    audit = rule("random_audit", "audit", rate=0.0001)
    in_force(project, audit)
    [id_] = receive(project, sent())
    in_force(project, audit, SAFETY)
    _flagged_later(id_)

    page = _page(signed_in(people.lee), project, f"predictions/{id_}/")

    later = page[page.index("Looked at again") :]
    assert "More had become known: the answer of a filter." in later
    assert "flagged the category “hate”" in later
    assert "version 2" in later[:1500]
    assert "version 1" in page[: page.index("Looked at again")]
    assert "that counts is the highest: 1." in later


def test_a_draw_that_came_later_and_did_not_pick_is_told_too(
    people: Cast, project: Project, signed_in: SignIn
) -> None:
    policy = policy_of(project)
    item = waiting(queue_in(project))
    SecondLook.objects.create(prediction=item.prediction, policy=policy, changed=["score:seu"], pi=0.3)

    page = _page(signed_in(people.lee), project, f"predictions/{item.prediction_id}/")

    assert "More had become known: the score seu." in page
    assert "could have picked it, and did not" in page


def test_lists_show_later_rules_and_the_filter_finds_them(
    people: Cast, project: Project, signed_in: SignIn
) -> None:
    in_force(project, ATTACH, SAFETY)
    first, second, _third = receive(project, sent("One.", nll=1.5), sent("Two."), sent("Three."))
    for id_ in (first, second):
        _flagged_later(id_)
    lee = signed_in(people.lee)

    assert _pills(_page(lee, project, "predictions/")) == ["safety", "unsure", "safety"]
    found = _page(lee, project, "predictions/?reason=safety")
    assert [f"/predictions/{id_}/" in found for id_ in (first, second, _third)] == [True, True, False]
    unsure = _page(lee, project, "predictions/?reason=unsure")
    assert [f"/predictions/{id_}/" in unsure for id_ in (first, second)] == [True, False]


def test_the_overview_counts_what_came_later(project: Project) -> None:
    in_force(project, ATTACH, SAFETY)
    ids = receive(project, *(sent(f"Answer {n}.", nll=1.5) for n in range(3)))
    for id_ in ids[:2]:
        _flagged_later(id_)

    counted = routed_by_reason(project.pk, now=timezone.now())

    assert counted == [("unsure", 3), ("safety", 2)]


@pytest.mark.parametrize(("pis", "counts"), [((), 0.2), ((0.1,), 0.2), ((0.5, 0.3), 0.5)])
def test_an_export_takes_the_pi_that_counts_and_all_reasons(
    people: Cast, project: Project, pis: tuple[float, ...], counts: float
) -> None:
    item = waiting(queue_in(project), pi=0.2)
    Item.objects.update(reasons=[{"rule": "audit"}, {"rule": "later"}])
    for pi in pis:
        SecondLook.objects.create(
            prediction=item.prediction, policy=policy_of(project), pi=pi, reasons=[{"rule": "later"}]
        )
    reviewed(item.queue, people.ann)

    with snapshot():
        [found] = verdicts_of(project.pk, Filter(), scope="train", with_lineage=True)

    assert found.lineage
    assert found.lineage.pi == counts
    assert [reason["rule"] for reason in found.lineage.reasons] == ["audit", "later"]
