"""Nothing typed is ever lost: drafts, their revisions, and two windows."""

import pytest

from queues.models import Draft
from tests.web.reviewing import Reviewer, on_screen

pytestmark = pytest.mark.django_db


def test_a_draft_is_kept_and_is_there_when_the_page_opens_again(ann: Reviewer) -> None:
    item = on_screen(ann.open())

    answer = ann.post(
        item, "draft", as_script=True, decision="correct", corrected_text="Half a sent", note=""
    )

    assert answer.json() == {"revision": 1}
    page = ann.open().content.decode()
    assert "Half a sent</textarea>" in page
    assert 'value="correct" checked' in page
    assert 'name="revision" value="1"' in page


def test_each_save_counts_the_revision_up(ann: Reviewer) -> None:
    item = on_screen(ann.open())
    ann.post(item, "draft", as_script=True, note="one")

    answer = ann.post(item, "draft", as_script=True, note="one two", revision=1)

    assert answer.json() == {"revision": 2}


def test_an_older_window_gets_both_versions_and_overwrites_nothing(ann: Reviewer) -> None:
    item = on_screen(ann.open())
    ann.post(item, "draft", as_script=True, corrected_text="The other window's text.")
    ann.post(item, "draft", as_script=True, corrected_text="The other window's newer text.", revision=1)

    answer = ann.post(item, "draft", as_script=True, corrected_text="This window's <text>.", revision=1)

    page = answer.content.decode()
    assert answer.status_code == 409
    assert "This window&#x27;s &lt;text&gt;." in page
    assert "The other window&#x27;s newer text." in page
    assert 'data-revision="2"' in page
    assert Draft.objects.get().content["corrected_text"] == "The other window's newer text."


def test_a_page_from_before_the_first_draft_counts_as_the_older_window(ann: Reviewer) -> None:
    item = on_screen(ann.open())
    ann.post(item, "draft", as_script=True, note="first", revision=0)

    assert ann.post(item, "draft", as_script=True, note="second", revision=0).status_code == 409


def test_text_typed_under_a_lost_lease_is_kept_all_the_same(ann: Reviewer) -> None:
    item = on_screen(ann.open())
    ann.post(item, "give-back", as_script=True)

    answer = ann.post(item, "draft", as_script=True, corrected_text="Typed too late.")

    assert answer.status_code == 409
    assert "data-refusal" in answer.content.decode()
    assert Draft.objects.get().content["corrected_text"] == "Typed too late."


def test_without_a_script_a_draft_is_saved_by_a_button(ann: Reviewer) -> None:
    item = on_screen(ann.open())

    answer = ann.post(item, "draft", note="for later")

    assert answer.status_code == 302
    assert "for later</textarea>" in ann.client.get(answer.headers["Location"]).content.decode()


def test_the_draft_of_an_item_is_gone_once_it_is_submitted(ann: Reviewer) -> None:
    item = on_screen(ann.open())
    ann.post(item, "draft", as_script=True, note="hm")

    ann.post(item, "submit", as_script=True, decision="approve")

    assert not Draft.objects.exists()
