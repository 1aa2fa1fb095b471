"""What happens to a posted review, with and without a script."""

from datetime import datetime
from typing import Any

import pytest

from queues.models import Draft, Item, ItemState, Review, Skip, Slot, SlotState
from tests.factories.projects import Cast
from tests.factories.work import FORM, TONE, queue_in, waiting
from tests.web.reviewing import OnScreen, Reviewer, on_screen

pytestmark = pytest.mark.django_db


def until(item: OnScreen) -> datetime:
    """When the lease of this item ends."""
    end = Slot.objects.get(pk=item.slot).lease_until
    assert end
    return end


def test_a_plain_form_post_stores_the_review_and_leads_to_the_next_item(ann: Reviewer) -> None:
    item = on_screen(ann.open())

    response = ann.post(item, "submit", decision="approve", corrected_text="Refunds are instant.", note="")

    review = Review.objects.get(slot=item.slot)
    assert review.decision == "approve"
    assert response.status_code == 302
    following = ann.client.get(response.headers["Location"])
    assert on_screen(following).slot != item.slot
    assert f"/reviews/{review.pk}/undo" in following.content.decode()


def test_a_script_gets_the_undo_and_the_item_that_follows_those_on_its_screen(ann: Reviewer) -> None:
    first = on_screen(ann.open())
    second = on_screen(ann.ahead(beside=first.slot))

    response = ann.post(first, "submit", as_script=True, decision="approve", shown=second.slot)

    assert response.status_code == 200
    assert "data-undo" in response.content.decode()
    assert on_screen(response).slot not in (first.slot, second.slot)


def test_a_script_that_holds_enough_items_gets_no_further_one(ann: Reviewer) -> None:
    first = on_screen(ann.open())

    response = ann.post(first, "submit", as_script=True, decision="approve", next="no")

    assert "data-slot" not in response.content.decode()
    assert Slot.objects.filter(state=SlotState.LEASED).count() == 0


@pytest.mark.parametrize("as_script", [False, True])
def test_a_refused_review_comes_back_with_its_faults_and_all_that_was_typed(
    people: Cast, as_script: bool
) -> None:
    ann = Reviewer(people.ann, queue_in(people.project, form={**FORM, "questions": [TONE]}))
    waiting(ann.queue)
    item = on_screen(ann.open())

    response = ann.post(
        item,
        "submit",
        as_script=as_script,
        decision="reject",
        corrected_text="Refunds are instant.",
        note="so <b>",
    )

    page = response.content.decode()
    assert response.status_code == 422
    assert on_screen(response) == item
    assert "Choose at least one reason." in page
    assert "Answer this question." in page
    assert "so &lt;b&gt;</textarea>" in page
    assert 'value="reject" checked' in page
    assert not Review.objects.exists()


@pytest.mark.parametrize(
    ("output", "stored"),
    [
        ("one\ntwo", "one\nthree"),
        ("one\r\ntwo", "one\r\nthree"),
        ("no line end", "one\nthree"),
    ],
)
def test_line_ends_of_the_browser_become_those_of_the_output(people: Cast, output: str, stored: str) -> None:
    ann = Reviewer(people.ann, queue_in(people.project))
    waiting(ann.queue, output_text=output)
    item = on_screen(ann.open())

    ann.post(item, "submit", decision="correct", reasons=["vague"], corrected_text="one\r\nthree")

    assert Review.objects.get().corrected_text == stored


def test_a_text_that_differs_only_in_line_ends_is_no_correction(people: Cast) -> None:
    ann = Reviewer(people.ann, queue_in(people.project))
    waiting(ann.queue, output_text="one\ntwo\rthree")
    item = on_screen(ann.open())

    response = ann.post(
        item, "submit", decision="correct", reasons=["vague"], corrected_text="one\r\ntwo\r\nthree"
    )

    assert response.status_code == 422
    assert "The text is unchanged" in response.content.decode()


def test_sending_a_submit_twice_stores_one_review(ann: Reviewer) -> None:
    item = on_screen(ann.open())

    answers = [ann.post(item, "submit", as_script=True, decision="approve") for _ in range(2)]

    assert [answer.status_code for answer in answers] == [200, 200]
    assert Review.objects.count() == 1


def test_a_submit_after_the_lease_went_keeps_the_text_and_says_so(ann: Reviewer) -> None:
    item = on_screen(ann.open())
    ann.post(item, "give-back", as_script=True)

    response = ann.post(
        item, "submit", as_script=True, decision="correct", corrected_text="My text.", note="n"
    )

    assert response.status_code == 409
    assert "kept as a draft" in response.content.decode()
    assert Draft.objects.get().content["corrected_text"] == "My text."


@pytest.mark.parametrize("token", ["", "nonsense", "٣" * 32])
def test_a_form_without_a_lease_is_refused_with_a_sentence(ann: Reviewer, token: str) -> None:
    item = on_screen(ann.open())

    response = ann.client.post(
        f"{ann.project_url}/slots/{item.slot}/submit", {"token": token, "decision": "approve"}
    )

    assert response.status_code == 422
    assert "The form carries no lease." in response.content.decode()


def test_a_slot_of_another_project_is_not_there(ann: Reviewer, people: Cast) -> None:
    other = Reviewer(people.sam, queue_in(people.other))
    waiting(other.queue)
    theirs = on_screen(other.open())

    for action in ("submit", "draft", "heartbeat", "skip", "give-back"):
        assert ann.post(theirs, action, decision="approve", reason="broken").status_code == 404
    assert Slot.objects.get(pk=theirs.slot).state == SlotState.LEASED


def test_another_member_cannot_use_my_lease(ann: Reviewer, people: Cast) -> None:
    item = on_screen(ann.open())
    lee = Reviewer(people.lee, ann.queue)

    assert lee.post(item, "submit", as_script=True, decision="approve").status_code == 404
    assert lee.post(item, "heartbeat").status_code == 404
    assert not Review.objects.exists()


def test_a_skipped_item_goes_to_somebody_else(people: Cast) -> None:
    ann = Reviewer(people.ann, queue_in(people.project))
    lee = Reviewer(people.lee, ann.queue)
    waiting(ann.queue)
    item = on_screen(ann.open())

    response = ann.post(item, "skip", as_script=True, reason="too_hard")

    assert "Nothing waits for you" in response.content.decode()
    assert Skip.objects.get().reason == "too_hard"
    assert on_screen(lee.open()).slot == item.slot


def test_a_skip_without_one_of_the_reasons_keeps_the_item(ann: Reviewer) -> None:
    item = on_screen(ann.open())

    assert ann.post(item, "skip", reason="bored").status_code == 422
    assert on_screen(ann.open()) == item


def test_a_heartbeat_renews_the_lease_and_says_for_how_long(ann: Reviewer) -> None:
    first = on_screen(ann.open())
    second = on_screen(ann.ahead(beside=first.slot))
    before = until(second)

    answer = ann.post(second, "heartbeat", as_script=True)

    assert answer.json() == {"seconds": 600}
    assert until(second) > before


@pytest.mark.parametrize("as_script", [False, True])
def test_an_undone_review_is_back_on_the_screen_as_it_was(ann: Reviewer, as_script: bool) -> None:
    item = on_screen(ann.open())
    ann.post(
        item, "submit", as_script=True, decision="reject", reasons=["vague"], note="too short", next="no"
    )
    review = Review.objects.get()

    response = ann.undo(review.pk, as_script=as_script)
    if not as_script:
        response = ann.client.get(response.headers["Location"])

    page = response.content.decode()
    assert on_screen(response).slot == item.slot
    assert 'value="reject" checked' in page
    assert "too short</textarea>" in page
    assert Item.objects.get(pk=review.item_id).state == ItemState.IN_REVIEW
    review.refresh_from_db()
    assert review.withdrawn_at is not None


def test_from_the_history_the_undone_item_is_shown_and_not_another_that_is_held(ann: Reviewer) -> None:
    item = on_screen(ann.open())
    ann.post(item, "submit", decision="approve", next="no")
    assert on_screen(ann.open()).slot != item.slot

    answer = ann.undo(Review.objects.get().pk)

    assert on_screen(ann.client.get(answer.headers["Location"])).slot == item.slot


def test_nobody_undoes_the_review_of_another_person(ann: Reviewer, people: Cast) -> None:
    ann.post(on_screen(ann.open()), "submit", decision="approve")
    review = Review.objects.get()

    assert Reviewer(people.lee, ann.queue).undo(review.pk).status_code == 404
    assert Reviewer(people.sam, ann.queue).undo(review.pk).status_code == 404


@pytest.mark.parametrize("revision", [1, "", "2.0", "-1", "\u0662", "9" * 20, "2\0"])
def test_a_submit_over_another_windows_newer_draft_shows_both_texts(
    ann: Reviewer, revision: str | int
) -> None:
    item = on_screen(ann.open())
    for text in ("Older.", "The other window's."):
        ann.post(item, "draft", as_script=True, corrected_text=text)
    typed: dict[str, Any] = {
        "decision": "correct",
        "reasons": ["vague"],
        "corrected_text": "This window's.",
    }

    as_page = ann.post(item, "submit", revision=revision, **typed)
    as_fragment = ann.post(item, "submit", as_script=True, revision=revision, **typed)

    for answer in (as_page, as_fragment):
        text = answer.content.decode()
        assert answer.status_code == 409
        assert "This window&#x27;s." in text
        assert "The other window&#x27;s." in text
    assert 'name="revision" value="2"' in as_page.content.decode()
    assert "data-choose" in as_fragment.content.decode()
    assert Draft.objects.get().content["corrected_text"] == "The other window's."
    assert not Review.objects.exists()
    assert ann.post(item, "submit", revision=2, **typed).status_code == 302
    assert Review.objects.get().corrected_text == "This window's."


@pytest.mark.parametrize("action", ["submit", "draft"])
def test_a_field_that_the_form_does_not_have_is_refused_by_name(ann: Reviewer, action: str) -> None:
    item = on_screen(ann.open())

    response = ann.post(item, action, as_script=True, decision="approve", note="n", spans="[]")

    assert response.status_code == 422
    assert "/spans" in response.content.decode()
    assert not Review.objects.exists()


@pytest.mark.parametrize("action", ["submit", "draft"])
def test_answers_left_over_that_no_database_keeps_are_refused(ann: Reviewer, action: str) -> None:
    item = on_screen(ann.open())

    response = ann.post(item, action, decision="", left_over='{"x": "\\ud800"}')

    assert response.status_code == 422
    assert not Draft.objects.exists()
