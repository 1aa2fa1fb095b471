"""Pages of hidden checks: what leads see and decide, what annotators are told, and what nobody sees."""

import re
from typing import Any

import pytest
from django.test import Client

from accounts import events
from accounts.actor import SYSTEM, Actor
from accounts.models import Event
from queues.models import Check, Draft, Item, ItemState, Qualification, Queue, Review, ServedCheck, Slot
from queues.web.history import last_decisions
from tests.factories.checks import APPROVE, REJECT, queue_with_checks, review
from tests.factories.projects import Cast
from tests.factories.work import waiting
from tests.web.conftest import SignIn
from tests.web.reviewing import Reviewer, on_screen

pytestmark = pytest.mark.django_db
FINE: dict[str, Any] = {"decision": "approve", "answer.tone": "fine"}
RUDE: dict[str, Any] = {"decision": "reject", "reasons": "factual", "answer.tone": "rude"}


@pytest.fixture
def lee(people: Cast, signed_in: SignIn) -> Client:
    return signed_in(people.lee)


def address(people: Cast, page: str) -> str:
    return f"/projects/{people.project.slug}/{page}"


def at_work(people: Cast, **settings: Any) -> Reviewer:
    """Ann, who is given a check whenever she is given something; three items wait."""
    queue = queue_with_checks(people, **{"n": 3, "check_rate": 1.0, **settings})
    for _ in range(3):
        waiting(queue)
    return Reviewer(people.ann, queue)


def test_without_being_told_no_page_and_no_answer_says_that_it_was_a_check(people: Cast) -> None:
    ann = at_work(people)

    shown = ann.open()
    answer = ann.post(on_screen(shown), "submit", as_script=True, **RUDE)
    pages = [shown, answer, ann.open(), ann.client.get("/"), ann.client.get(address(people, "history/"))]
    item = ServedCheck.objects.filter(review__isnull=False).get().item_id
    pages.append(ann.client.get(address(people, f"items/{item}/notes")))
    pages.append(ann.client.get(address(people, "queues/")))

    for page in pages:
        words = page.content.decode().replace("about a check", "")  # the label of a key, on every page
        assert "hidden check" not in words
        assert 'class="told"' not in words
        assert "It says" not in words
        assert "was a check" not in words


def words_of(page: Any) -> list[str]:
    """The words of a page, without numbers, times and ids, in their order."""
    body = re.sub(r"(?s)<(script|style|template|dialog).*?</\1>", "", page.content.decode())
    body = re.sub(r"<time[^>]*>.*?</time>|prediction-\d+", "", body)
    body = re.sub(r'(csrfmiddlewaretoken" value=|X-CSRFToken": )"[^"]*"', "", body)
    return re.sub(r"\d+", "", body).split()


@pytest.mark.parametrize("document", [FINE, RUDE, {"decision": "escalate", "note": "Is it?"}])
def test_story_and_notes_and_state_of_a_check_read_like_those_of_any_other_item(
    people: Cast, document: dict[str, Any]
) -> None:
    ann = at_work(people, n=1)
    told = []
    for _ in range(2):
        item = Slot.objects.get(pk=on_screen(ann.open()).slot).item
        if item.state != ItemState.CHECK:  # as routing does, which these items did not go through
            events.record(
                project_id=people.project.pk,
                kind="item.opened",
                by=SYSTEM,
                subject_kind="item",
                subject_id=item.pk,
                after={"priority": item.priority},
            )
        ann.post(on_screen(ann.open()), "submit", **document)
        pages = [ann.client.get(address(people, f"items/{item.pk}/{name}")) for name in ("story", "notes")]
        (one,) = last_decisions(Actor(people.ann.pk), [people.project.pk], size=1).rows
        told.append(([sorted(words_of(page)) for page in pages], one.became, one.basis, one.can_undo))

    check, other = told
    assert ServedCheck.objects.filter(review__isnull=False).count() == 1
    assert check == other


def test_a_draft_on_a_check_can_be_gone_on_with(people: Cast) -> None:
    ann = at_work(people, n=1)
    taken = on_screen(ann.open())
    ann.post(taken, "draft", decision="reject", note="I am not sure yet")
    ann.post(taken, "give-back")
    listed = ann.client.get(address(people, "drafts/")).content.decode()
    draft = Draft.objects.get()

    sent = ann.client.post(address(people, f"drafts/{draft.pk}/open"))

    assert "open: you can take it again" in listed
    assert sent.status_code == 302
    assert "I am not sure yet" in ann.client.get(sent.headers["Location"]).content.decode()
    assert Slot.objects.get(item=draft.item_id).state == "leased"


def test_a_card_counts_what_waits_so_roughly_that_a_check_changes_nothing(people: Cast) -> None:
    ann = at_work(people)

    before = ann.client.get(address(people, "queues/")).content.decode()
    ann.post(on_screen(ann.open()), "submit", **FINE)

    assert "a few" in before
    assert "a few" in ann.client.get(address(people, "queues/")).content.decode()


def test_where_the_queue_tells_the_answer_comes_with_the_next_item(people: Cast) -> None:
    ann = at_work(people, tells_checks=True)

    answer = ann.post(on_screen(ann.open()), "submit", as_script=True, **RUDE)

    told = answer.content.decode()
    assert "Not as expected" in told
    assert "It says" in told
    assert "How is the tone?" in told
    assert 'data-key="t"' in told
    assert on_screen(answer)
    mine = ann.client.get(address(people, "my-checks")).content.decode()
    assert "Not as expected" in mine


def test_without_a_script_it_stands_above_the_next_item(people: Cast) -> None:
    ann = at_work(people, tells_checks=True)

    sent = ann.post(on_screen(ann.open()), "submit", **FINE)
    page = ann.client.get(sent.headers["Location"]).content.decode()

    assert "As expected" in page
    assert "The item before was a check." in page


def test_nobody_is_told_of_the_check_of_another(people: Cast, lee: Client) -> None:
    ann = at_work(people, tells_checks=True)
    ann.post(on_screen(ann.open()), "submit", **FINE)
    review_id = Review.objects.filter(person=people.ann).get().pk

    page = lee.get(f"{ann.page_url}?submitted={review_id}").content.decode()

    assert "was a check" not in page


def test_training_says_where_one_stands_and_what_comes(people: Cast) -> None:
    ann = at_work(people, check_rate=0.0, training_checks=1, qualifying_checks=2)

    card = ann.client.get("/").content.decode()
    told = ann.post(on_screen(ann.open()), "submit", as_script=True, **RUDE).content.decode()
    following = ann.client.get(address(people, "my-checks")).content.decode()

    assert "begins with 1 check for training: 0 of 1 done" in card
    assert "for training" in told
    assert "Before the first real item come 2 checks: 0 of 2 done. At least 80.0% must be right." in following


def test_who_does_not_pass_reads_why_everywhere_and_a_lead_lets_them_in(people: Cast, lee: Client) -> None:
    ann = at_work(people, check_rate=0.0, qualifying_checks=2)
    for _ in range(2):
        ann.post(on_screen(ann.open()), "submit", **RUDE)
    refused = ann.open()
    way = f"queues/{ann.queue.slug}/people/{people.ann.pk}/"

    card = ann.client.get("/").content.decode()
    page = lee.get(address(people, f"checks/?queue={ann.queue.slug}")).content.decode()
    without = lee.post(address(people, f"{way}let-in"), {"reason": " "}, follow=True).content.decode()
    sent = lee.post(address(people, f"{way}let-in"), {"reason": "We talked."})

    assert refused.status_code == 403
    assert "Of 2 checks" in refused.content.decode()
    assert "Of 2 checks" in card
    assert "Start reviewing" not in card
    assert "not passed" in page
    assert address(people, f"{way}ask-again") in page
    assert "Say why" in without
    assert sent.status_code == 302
    assert ann.open().status_code == 200
    assert Qualification.objects.get().reason == "We talked."


def test_a_lead_asks_again_from_the_page(people: Cast, lee: Client) -> None:
    ann = at_work(people, check_rate=0.0, qualifying_checks=1)
    ann.post(on_screen(ann.open()), "submit", **RUDE)
    ann.open()

    lee.post(
        address(people, f"queues/{ann.queue.slug}/people/{people.ann.pk}/ask-again"), {"reason": "Once more."}
    )

    assert Item.objects.get(slots=on_screen(ann.open()).slot).state == ItemState.CHECK


def test_figures_stand_with_n_and_interval_and_open_their_answers(people: Cast, lee: Client) -> None:
    ann = at_work(people)
    ann.post(on_screen(ann.open()), "submit", **FINE)
    ann.post(on_screen(ann.open()), "submit", **RUDE)

    page = lee.get(address(people, "checks/")).content.decode()
    behind = address(people, f"checks/results/?person={people.ann.pk}")
    answers = lee.get(behind).content.decode()
    table = lee.get(address(people, "checks.csv")).content.decode().splitlines()

    assert "50.0%" in page
    assert "[9.5%–90.5%]" in page
    assert "1 of 2" in page
    assert behind in page
    assert answers.count("<tr>") == 3
    assert "not as expected" in answers
    assert table[1].startswith(f"Ann,{people.ann.pk},2,1,2,0.5,")
    assert Event.objects.filter(kind="checks.seen", actor_person_id=people.lee.pk).count() == 3


def test_what_a_person_missed_opens_as_many_answers_as_it_counts(people: Cast, lee: Client) -> None:
    ann = at_work(people)
    for said in (FINE, {"decision": "escalate", "note": "Is it?"}):
        ann.post(on_screen(ann.open()), "submit", **said)
    figures = address(people, f"people/figures/?queue={ann.queue.slug}")

    def opened() -> tuple[object, int]:
        page = lee.get(figures)
        [missed] = [one.missed for one, _habits in page.context["lines"] if one.person == people.ann]
        answers = lee.get(page.context["behind"][people.ann.pk].checks)
        assert "Only answers to hidden checks" in answers.content.decode()
        return (missed.k, missed.n), len(answers.context["served"])

    assert opened() == ((0, 1), 1)  # none is wrong: those that were decided, without the question
    ann.post(on_screen(ann.open()), "submit", **RUDE)
    assert opened() == ((1, 2), 1)


def test_without_checks_the_page_says_what_to_do(people: Cast, lee: Client) -> None:
    queue = queue_with_checks(people, n=0, qualifying_checks=5)

    page = lee.get(address(people, f"checks/?queue={queue.slug}")).content.decode()

    assert "Not defined: nobody was given a hidden check yet." in page
    assert "This queue has no checks yet" in page
    assert "0 checks can be given, and the queue begins with 5" in page


def test_a_lead_makes_a_check_of_a_settled_item_and_retires_it(people: Cast, lee: Client) -> None:
    queue = queue_with_checks(people, n=0)
    waiting(queue)
    review(queue, people.ann, APPROVE)
    item = Item.objects.get()
    page = lee.get(address(people, f"checks/?queue={queue.slug}")).content.decode()
    assert f'name="item" value="{item.pk}"' in page

    lee.post(address(people, f"queues/{queue.slug}/checks/make"), {"item": item.pk, "why": "Page 3 says so."})
    check = Check.objects.get()
    after = lee.get(address(people, f"checks/?queue={queue.slug}")).content.decode()
    lee.post(address(people, f"checks/{check.pk}/retire"))

    assert "Page 3 says so." in after
    assert f'name="item" value="{item.pk}"' not in after
    assert Check.objects.get().retired_at is not None


@pytest.mark.parametrize(
    "fields", [{"item": "x", "why": "So."}, {"why": "So."}, {"item": "999999", "why": "So."}]
)
def test_a_wrong_item_is_refused_and_nothing_is_made(
    people: Cast, lee: Client, fields: dict[str, str]
) -> None:
    queue = queue_with_checks(people, n=0)

    answer = lee.post(address(people, f"queues/{queue.slug}/checks/make"), fields)

    assert answer.status_code in (302, 404)
    assert not Check.objects.exists()


@pytest.mark.parametrize("page", ["checks/", "checks/results/", "checks.csv"])
@pytest.mark.parametrize("name", ["ann", "mel"])
def test_figures_of_people_are_for_leads_only(people: Cast, signed_in: SignIn, name: str, page: str) -> None:
    assert signed_in(getattr(people, name)).get(address(people, page)).status_code == 403


def test_a_lead_finds_nothing_of_another_project(people: Cast, lee: Client, signed_in: SignIn) -> None:
    queue = queue_with_checks(people)
    sam = signed_in(people.sam)
    check = Check.objects.get()

    assert sam.get(address(people, "checks/")).status_code == 404
    assert sam.post(f"/projects/{people.other.slug}/checks/{check.pk}/retire").status_code == 404
    assert (
        lee.post(
            address(people, f"queues/{queue.slug}/people/{people.sam.pk}/let-in"), {"reason": "x"}
        ).status_code
        == 404
    )
    assert Check.objects.get().retired_at is None


def test_the_page_of_a_lead_costs_the_same_with_more_people(
    people: Cast, lee: Client, django_assert_max_num_queries: Any
) -> None:
    queue = queue_with_checks(people, n=8, check_rate=1.0)
    for _ in range(8):
        waiting(queue)
    for document in [APPROVE, REJECT] * 4:
        review(queue, people.ann, document)

    with django_assert_max_num_queries(22):
        lee.get(address(people, f"checks/?queue={queue.slug}"))


def test_a_lead_reads_no_figures_of_their_own(people: Cast, lee: Client) -> None:
    queue_with_checks(people, qualifying_checks=2)

    assert "so you are given none" in lee.get(address(people, "my-checks")).content.decode()
    assert Queue.objects.count() == 1
