"""Raw or rendered: who may ask for whose text, and what is kept."""

import pytest

from tests.factories.projects import Cast
from tests.factories.work import queue_in, waiting
from tests.web.reviewing import Reviewer, on_screen

pytestmark = pytest.mark.django_db


@pytest.fixture
def ann(people: Cast) -> Reviewer:
    reviewer = Reviewer(people.ann, queue_in(people.project))
    waiting(reviewer.queue, output_text="It is **instant**.")
    waiting(reviewer.queue, output_text="x" * 30_000)
    return reviewer


def test_a_script_gets_the_output_rendered_and_the_choice_is_kept(ann: Reviewer) -> None:
    item = on_screen(ann.open())

    answer = ann.post(item, "view", as_script=True, view="rendered")

    assert answer.status_code == 200
    assert "<strong>instant</strong>" in answer.content.decode()
    page = ann.open().content.decode()
    assert "<strong>instant</strong>" in page
    assert "data-output>It is **instant**.</div>" in page
    assert ann.post(item, "view", as_script=True, view="raw").status_code == 204
    assert "<strong>" not in ann.open().content.decode()


def test_a_long_text_is_not_rendered_ahead(ann: Reviewer) -> None:
    item = on_screen(ann.open())
    ann.post(item, "view", as_script=True, view="rendered")

    ahead = ann.ahead(beside=item.slot)

    assert 'data-prefers="rendered"' in ahead.content.decode()
    assert "data-rendered" not in ahead.content.decode()
    assert "<p>xxx" in ann.post(on_screen(ahead), "view", as_script=True, view="rendered").content.decode()


def test_a_text_that_is_not_laid_out_stays_below_the_sentence_that_says_why(people: Cast) -> None:
    ann = Reviewer(people.ann, queue_in(people.project))
    waiting(ann.queue, output_text="*a" * 9_000)

    ann.post(on_screen(ann.open()), "view", as_script=True, view="rendered")
    page = ann.open().content.decode()

    assert "This text has 9,000 signs of Markdown." in page
    assert page.index("signs of Markdown") < page.index("data-output>*a*a")
    assert "<em>" not in page


def test_the_text_of_an_item_that_one_does_not_hold_is_not_told(ann: Reviewer, people: Cast) -> None:
    item = on_screen(ann.open())

    other = Reviewer(people.lee, ann.queue)

    assert other.post(item, "view", as_script=True, view="rendered").status_code == 404


def test_anything_else_than_rendered_is_raw(ann: Reviewer) -> None:
    item = on_screen(ann.open())

    assert ann.post(item, "view", as_script=True, view="<script>").status_code == 204
    assert 'data-prefers="raw"' in ann.open().content.decode()
