"""What waits untouched is counted on an older item that is nearly the same, once both have vectors."""

from typing import Any

import pytest
from django.utils import timezone

from accounts.actor import Actor
from accounts.models import Event, Project
from queues import pipeline
from queues.assign import actions as assign
from queues.models import Attachment, EnrichmentKind, Flag, Item, Prediction, Queue, Slot
from queues.route import near
from queues.route.second_look import look_again
from queues.score import enrichment, vectors
from tests.factories.encoders import HashedWords, use
from tests.factories.projects import Cast, cast
from tests.factories.rules import in_force, rule
from tests.factories.search import embedded
from tests.factories.sent import receive, sent
from tests.factories.work import queue_in

UNSURE: dict[str, Any] = {"measure": "mean_nll", "by": "value", "threshold": 0}
ATTACH = rule("uncertain", "unsure", **UNSURE, near_duplicates="attach")
ASKED = "after how many working days will you refund what I have paid"
SAME_ASKED = "what I have paid will you refund after how many working days"
SAID = "we refund what you have paid within five working days of the return"
SAME_SAID = "within five working days of the return we refund what you have paid"
ALMOST_SAID = f"{SAID} please"  # a word more of fourteen: a cosine of 0.96


@pytest.fixture
def people(monkeypatch: pytest.MonkeyPatch, db: None) -> Cast:
    if not vectors.are_kept():
        pytest.skip("this PostgreSQL has no pgvector; the embedded one has")
    use(monkeypatch, HashedWords())
    return cast()


@pytest.fixture
def project(people: Cast) -> Project:
    queue_in(people.project, slug="answers")
    in_force(people.project, ATTACH)
    return people.project


def arrive(project: Project, *records: dict[str, Any]) -> list[int]:
    """One after the other, each with its vectors before the next."""
    ids = []
    for record in records:
        ids += receive(project, record)
        embed()
    return ids


def embed() -> None:
    while enrichment.work_on(EnrichmentKind.EMBED, then=pipeline.after_enrichment):
        pass


def same(**fields: Any) -> dict[str, Any]:
    return sent(SAME_SAID, question=SAME_ASKED, **fields)


def first(**fields: Any) -> dict[str, Any]:
    return sent(SAID, question=ASKED, **fields)


def counted() -> list[tuple[int, int]]:
    """(prediction, the prediction of the item that it is counted on)."""
    return list(Attachment.objects.order_by("pk").values_list("prediction_id", "item__prediction_id"))


def test_a_near_duplicate_is_counted_on_the_older_item_and_leaves_the_queue(project: Project) -> None:
    one, other = arrive(project, first(), same())

    assert counted() == [(other, one)]
    older, newer = Item.objects.order_by("pk")
    assert (older.state, newer.state) == ("open", "withdrawn")
    assert list(newer.slots.values_list("state", flat=True)) == ["void"]
    assert list(older.slots.values_list("state", flat=True)) == ["open"]
    assert Attachment.objects.get().similarity == pytest.approx(1, abs=1e-3)
    assert Prediction.objects.get(pk=other).state == "routed"


def test_both_items_say_what_became_of_it(project: Project) -> None:
    _one, other = arrive(project, first(), same())
    older, newer = Item.objects.order_by("pk")

    told = {"prediction": other, "similarity": 1.0}
    attached, withdrawn = (Event.objects.get(kind=kind) for kind in ("item.attached", "item.withdrawn"))
    assert (attached.subject_id, attached.after) == (older.pk, {**told, "instead_of": newer.pk})
    assert (withdrawn.subject_id, withdrawn.after) == (newer.pk, {**told, "counted_on": older.pk})


def test_the_likeness_is_that_of_what_is_less_alike(project: Project) -> None:
    arrive(project, first(), sent(ALMOST_SAID, question=SAME_ASKED))

    assert 0.95 <= Attachment.objects.get().similarity < 0.995


@pytest.mark.parametrize(
    "other",
    [
        sent(SAME_SAID.replace("five", "seven"), question=SAME_ASKED),
        sent(f"{SAME_SAID} not", question=SAME_ASKED),
        sent(SAME_SAID, question=f"{SAME_ASKED} 7"),
        sent(SAME_SAID, question="when do you open"),
        sent("we open at nine", question=SAME_ASKED),
        sent(" ", question=SAME_ASKED),
    ],
)
def test_what_differs_in_question_answer_number_or_negation_is_asked_by_itself(
    project: Project, other: dict[str, Any]
) -> None:
    arrive(project, first(), other)

    assert counted() == []
    assert set(Item.objects.values_list("state", flat=True)) == {"open"}


def test_of_conversations_the_last_turn_is_not_all(project: Project) -> None:
    def talk(*texts: str) -> dict[str, Any]:
        roles = ["user", "assistant", "user"]
        return {
            "messages": [
                {"role": role, "parts": [{"type": "text", "content": text}]}
                for role, text in zip(roles, texts, strict=True)
            ]
        }

    boots, rent = talk("my boots", "yes?", ASKED), talk("my rent", "yes?", SAME_ASKED)
    arrive(project, sent(SAID, input=boots), sent(SAME_SAID, input=rent))

    assert counted() == []


def test_the_newer_is_counted_on_the_older_whichever_has_vectors_first(project: Project) -> None:
    one, other = receive(project, first(), same())
    items = dict(Item.objects.values_list("prediction_id", "pk"))
    for id_ in (other, one):
        embedded(id_)
        near.attach([id_])

    assert items[one] < items[other]
    assert counted() == [(other, one)]


def test_of_a_whole_batch_the_oldest_stays_and_the_rest_is_counted_on_it(project: Project) -> None:
    texts = [SAID, SAME_SAID, f"{SAID}!", f"{SAME_SAID}!"]
    one, *rest = receive(project, *(sent(text, question=ASKED) for text in texts))
    embed()

    assert counted() == [(id_, one) for id_ in rest]
    assert Item.objects.get(state="open").prediction_id == one


def test_doing_it_twice_changes_nothing(project: Project) -> None:
    ids = arrive(project, first(), same())

    assert near.attach(ids) == 0
    assert len(counted()) == 1


def test_what_a_draw_picked_is_reviewed_by_itself_and_so_is_what_a_rule_keeps(project: Project) -> None:
    in_force(project, ATTACH, rule("random_audit", "audit", rate=1.0))
    arrive(project, first(), same())
    in_force(project, ATTACH, rule("uncertain", "keeps", **UNSURE))
    arrive(project, sent(f"{SAID}!", question=ASKED))

    assert counted() == []


def test_the_policy_that_picked_it_says_whether_it_may(project: Project) -> None:
    keeps = {**ATTACH, "near_duplicates": "keep"}
    arrive(project, first())
    in_force(project, keeps)
    receive(project, same())
    in_force(project, ATTACH)
    embed()

    assert counted() == []


def test_who_holds_or_held_the_newer_keeps_it(project: Project, people: Cast) -> None:
    queue = Queue.objects.get(project=project)
    by = Actor(people.ann.pk)
    arrive(project, first())
    receive(project, same(nll=9.0))
    Slot.objects.filter(item__prediction=Prediction.objects.latest("pk")).update(priority=99)

    lease = assign.lease_next(queue, by=by)
    assert lease is not None
    embed()
    assert counted() == []

    assign.give_back(lease.slot_id, token=lease.token, by=by)
    near.attach([Prediction.objects.latest("pk").pk])
    assert counted() == []


def test_it_is_counted_on_an_item_that_somebody_reviews(project: Project, people: Cast) -> None:
    one, *_ = arrive(project, first())
    assert assign.lease_next(Queue.objects.get(project=project), by=Actor(people.ann.pk))

    (other,) = arrive(project, same())

    assert counted() == [(other, one)]


@pytest.mark.parametrize("state", ["settled", "disputed", "withdrawn"])
def test_nothing_is_counted_on_what_does_not_wait(project: Project, state: str) -> None:
    arrive(project, first())
    Item.objects.update(state=state, settled_at=timezone.now() if state == "settled" else None)

    arrive(project, same())

    assert counted() == []


def test_nobody_waits_longer_and_no_review_is_lost(project: Project) -> None:
    urgent = rule("attribute", "urgent", attribute="tag", values=["u"], priority=90, near_duplicates="attach")
    twice = rule(
        "attribute", "twice", attribute="tag", values=["t"], reviews_needed=2, near_duplicates="attach"
    )
    in_force(project, ATTACH, urgent, twice)

    arrive(project, first(), same(tags=["u"]), sent(ALMOST_SAID, question=ASKED, tags=["t"]))

    assert counted() == []


def test_what_others_are_counted_on_stays(project: Project) -> None:
    one, other, again = receive(project, first(), same(), same())
    assert counted() == [(again, other)]

    embed()

    assert counted() == [(again, other)]
    assert list(Item.objects.filter(state="open").values_list("prediction_id", flat=True)) == [one, other]


def test_another_queue_or_project_is_another_matter(project: Project, people: Cast) -> None:
    queue_in(project, slug="safety")
    queue_in(people.other, slug="answers")
    in_force(people.other, ATTACH)
    in_force(project, ATTACH, {**ATTACH, "name": "far", "queue": "safety", "priority": 90, "threshold": 1})

    arrive(project, first(), same(nll=1.5))
    arrive(people.other, same())

    assert counted() == []


def test_a_later_reason_makes_the_item_that_stands_for_it_more_urgent(project: Project) -> None:
    safety = rule("safety_flagged", "safety", min_severity="low", priority=90, due_hours=1)
    in_force(project, ATTACH, safety)
    _one, other = arrive(project, first(), same())
    told = {"component": "filter", "component_version": "", "category": "hate"}
    Flag.objects.create(prediction_id=other, flagged=True, severity=3, **told)

    look_again([other], changed=frozenset({"findings"}))

    assert Item.objects.get(state="open").priority == 90
