"""One item's full story: in order and in words, and nothing that the reader may not know."""

import re
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

import queues
from accounts import events
from accounts.actor import Actor
from accounts.roles import Role
from queues import jobs, pipeline, reviewing
from queues.assign import actions as assign
from queues.assign.bulk import asking
from queues.audit import timeline
from queues.export import actions as export
from queues.models import Item, Job
from queues.review import notes
from queues.web import moments
from tests.factories.projects import Cast, member
from tests.factories.reviews import APPROVE, REJECT, leased, reviewed
from tests.factories.verdicts import settled
from tests.factories.work import queue_in, waiting
from tests.web.conftest import SignIn

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def reviews_stand_at_once(settings: Any) -> None:
    """As if the minute were over in which a review is taken back."""
    settings.BLIND_UNDO_SECONDS = 0


@pytest.fixture
def item(people: Cast) -> Item:
    """Held and given back by ben, reviewed by ann and ben who differ, settled by lee."""
    ben = member(people.project, Role.ANNOTATOR, name="Ben")
    queue = queue_in(people.project)
    found = waiting(queue, reviews_needed=2)
    lease = leased(queue, ben)
    assign.give_back(lease.slot_id, token=lease.token, by=Actor(ben.pk))
    reviewed(queue, people.ann, {**APPROVE, "note": "<b>fine</b>"})
    reviewed(queue, ben, {**REJECT, "note": "a secret of ben"})
    pipeline.settle_by_lead(
        found.pk,
        project=people.project,
        by=Actor(people.lee.pk),
        document={"decision": "reject", "reasons": ["factual"]},
        why="The policy says so.",
    )
    return found


def address(people: Cast, item: Item) -> str:
    return f"/projects/{people.project.slug}/items/{item.pk}/story"


def told(page: Any) -> list[tuple[str, str]]:
    return [(line.who, line.text) for line in page.context["lines"]]


def test_who_reads_the_project_is_told_everything_in_order(
    people: Cast, item: Item, signed_in: SignIn
) -> None:
    page = signed_in(people.lee).get(address(people, item))

    assert told(page) == [
        ("", "The prediction arrived."),
        ("", "Version 1 of the policy sent it to people. The rule “uncertain” picked it."),
        ("Ben", "Took the item."),
        ("Ben", "Gave the item back."),
        ("Ann", "Took the item."),
        ("Ann", "Submitted a review: Approve."),
        ("Ben", "Took the item."),
        ("Ben", "Submitted a review: Reject."),
        ("", "Its reviews do not agree: it went to a lead."),
        ("Lee", "Settled it as a lead: Reject."),
    ]
    assert "The policy says so." in page.content.decode()
    assert "a secret of ben" in page.content.decode()


def test_who_has_reviewed_it_is_told_their_own_part_and_what_became_of_it(
    people: Cast, item: Item, signed_in: SignIn
) -> None:
    page = signed_in(people.ann).get(address(people, item))

    assert told(page) == [
        ("", "The prediction arrived."),
        ("Ann", "Took the item."),
        ("Ann", "Submitted a review: Approve."),
        ("somebody else", "Submitted a review."),
        ("", "Its reviews do not agree: it went to a lead."),
        ("Lee", "Settled it as a lead: Reject."),
    ]
    text = page.content.decode()
    assert "&lt;b&gt;fine&lt;/b&gt;" in text
    assert "Ben" not in text and "a secret of ben" not in text and "uncertain" not in text


def test_only_who_reads_the_project_is_told_that_a_lead_read_a_suggestion(
    people: Cast, item: Item, signed_in: SignIn
) -> None:
    events.record(
        project_id=people.project.pk,
        kind="item.suggestion_read",
        by=Actor(people.lee.pk),
        subject_kind="item",
        subject_id=item.pk,
    )

    mine, whole = (told(signed_in(one).get(address(people, item))) for one in (people.ann, people.lee))

    said = ("Lee", "Read the suggestion of what the dispute probably is.")
    assert (said in mine, said in whole) == (False, True)


def test_every_event_of_an_item_has_words() -> None:
    kinds = set[str]()
    for path in Path(queues.__file__).parent.rglob("*.py"):
        kinds |= set(re.findall(r'"((?:item|slot|review|draft|prediction)\.[a-z_]+)"', path.read_text()))
    no_events = {"item.missing", "item.reasons", "item.compared", "item.attached", "review.reason"}

    assert {kind for kind in kinds - no_events if not moments.has_words(kind)} == set()


def test_nobody_reads_it_before_their_own_review_nor_while_they_hold_it(
    people: Cast, signed_in: SignIn
) -> None:
    queue = queue_in(people.project)
    item = waiting(queue, reviews_needed=3)
    reviewed(queue, people.ann)
    ben = member(people.project, Role.ANNOTATOR)

    assert signed_in(ben).get(address(people, item)).status_code == 404
    assert signed_in(people.mel).get(address(people, item)).status_code == 200
    assert signed_in(people.sam).get(address(people, item)).status_code == 404
    leased(queue, people.lee)
    assert signed_in(people.lee).get(address(people, item)).status_code == 403


def test_what_others_decided_is_not_told_while_one_could_still_decide_anew(
    people: Cast, signed_in: SignIn
) -> None:
    queue = queue_in(people.project)
    item = waiting(queue, reviews_needed=3)
    reviewed(queue, people.ann)
    reviewed(queue, people.olga, REJECT)

    page = signed_in(people.ann).get(address(people, item)).content.decode()

    assert "Reject" not in page and "Olga" not in page


def test_notes_skips_changes_and_undoing_are_told_in_words(
    people: Cast, signed_in: SignIn, settings: Any
) -> None:
    settings.BLIND_UNDO_SECONDS = 60
    queue = queue_in(people.project)
    item = waiting(queue, reviews_needed=2)
    lease = leased(queue, people.olga)
    assign.skip(lease.slot_id, token=lease.token, by=Actor(people.olga.pk), reason="too_hard")
    review = reviewed(queue, people.ann)
    notes.write(item, project_id=people.project.pk, by=Actor(people.lee.pk), text="n", to=[people.ann.pk])
    asking.ask(queue, kind="priority", why="urgent", by=Actor(people.lee.pk), amount=90, state="in_review")
    jobs.run_job(Job.objects.get().pk)
    reviewing.undo(review.pk, project=people.project, by=Actor(people.ann.pk))

    said = told(signed_in(people.lee).get(address(people, item)))

    assert ("Olga", "Passed the item on: Too hard for me.") in said
    assert ("Lee", "Wrote a note to Ann.") in said
    assert ("Lee", "A change of many items raised its priority from 50 to 90.") in said
    assert ("Ann", "Took the review back.") in said


def test_an_event_that_has_no_words_yet_is_named_by_its_kind(
    people: Cast, item: Item, signed_in: SignIn
) -> None:
    events.record(
        project_id=people.project.pk,
        kind="item.polished",
        by=Actor(people.lee.pk),
        subject_kind="item",
        subject_id=item.pk,
    )

    assert told(signed_in(people.lee).get(address(people, item)))[-1] == ("Lee", "item.polished")


def test_a_release_ends_the_story_for_who_reads_the_project(people: Cast, signed_in: SignIn) -> None:
    verdict = settled(queue_in(people.project), corrected_text="Better.")
    mel = Actor(people.mel.pk)
    export.publish(
        export.create_dataset(people.project, name="refunds", format_name="trl_sft", by=mel), by=mel
    )
    jobs.run_job(Job.objects.latest("pk").pk)

    said = told(signed_in(people.lee).get(address(people, verdict.item)))

    assert said[-1][1].startswith("Published in refunds@1.0.0: line 1 of ")


def test_a_long_story_is_read_in_pages_with_as_many_statements(
    people: Cast, item: Item, signed_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(timeline, "PAGE", 3)
    lee = signed_in(people.lee)
    whole, place, counts = [], address(people, item), []
    while place:
        with CaptureQueriesContext(connection) as seen:
            page = lee.get(place)
        counts.append(len(seen))
        whole += [text for _who, text in told(page)]
        place = page.context["next_url"]

    assert len(counts) > 2
    assert max(counts[1:]) <= min(counts[1:]) + 1
    assert whole[0] == "The prediction arrived."
    assert whole[-1] == "Settled it as a lead: Reject."
    assert len(whole) == len(set(whole)) + whole.count("Took the item.") - 1
