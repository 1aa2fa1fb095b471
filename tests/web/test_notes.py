"""The thread of an item: after one's own review, for members, never changed; and past items like it."""

from typing import Any

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from accounts.models import Event
from accounts.roles import Role
from queues.models import Item, Mention, Note
from queues.review.notes import named_in
from tests.factories.projects import Cast, member
from tests.factories.reviews import leased, reviewed
from tests.factories.work import queue_in, waiting
from tests.web.conftest import SignIn

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def reviews_stand_at_once(settings: Any) -> None:
    """As if the minute were over in which a review is taken back."""
    settings.BLIND_UNDO_SECONDS = 0


@pytest.fixture
def item(people: Cast) -> Item:
    """An item that needs two reviews; ann has given one."""
    queue = queue_in(people.project)
    found = waiting(queue, reviews_needed=2)
    reviewed(queue, people.ann)
    return found


def address(people: Cast, item: Item, what: str = "notes") -> str:
    return f"/projects/{people.project.slug}/items/{item.pk}/{what}"


def test_who_has_reviewed_an_item_reads_and_writes_its_notes(
    people: Cast, item: Item, signed_in: SignIn
) -> None:
    text = "Is it <b>instant</b>?\u202e\nI think not."

    answer = signed_in(people.ann).post(address(people, item), {"text": text}, follow=True)

    note = Note.objects.get()
    assert (note.text, note.author, note.item) == (text, people.ann, item)
    assert "&lt;b&gt;instant&lt;/b&gt;?\u202e\nI think not." in answer.content.decode()
    assert Event.objects.get(kind="note.added").after == {"note": note.pk, "mentions": []}


@pytest.mark.parametrize("what", ["notes", "similar"])
def test_nobody_reads_before_their_own_review(people: Cast, item: Item, signed_in: SignIn, what: str) -> None:
    ben = member(people.project, Role.ANNOTATOR)

    assert signed_in(ben).get(address(people, item, what)).status_code == 404
    assert signed_in(people.lee).get(address(people, item, what)).status_code == 200
    leased(item.queue, people.lee)
    refused = signed_in(people.lee).get(address(people, item, what))

    assert refused.status_code == 403
    assert "after you have submitted" in refused.content.decode()
    assert signed_in(people.lee).post(address(people, item), {"text": "x"}).status_code == 403
    assert not Note.objects.exists()


@pytest.mark.parametrize("what", ["notes", "similar"])
def test_a_stranger_finds_nothing(people: Cast, item: Item, signed_in: SignIn, what: str) -> None:
    assert signed_in(people.sam).get(address(people, item, what)).status_code == 404


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "Write what you want to say."),
        (" \n ", "Write what you want to say."),
        ("x" * 4_001, "At most 4,000 characters."),
        ("a\0b", "NUL and lone surrogates"),
    ],
)
def test_what_is_no_note_is_refused_and_kept_in_the_field(
    people: Cast, item: Item, signed_in: SignIn, text: str, said: str
) -> None:
    answer = signed_in(people.ann).post(address(people, item), {"text": text})

    assert answer.status_code == 422
    assert said in answer.content.decode()
    assert answer.context["text"] == text
    assert not Note.objects.exists()


def test_a_member_is_named_and_finds_it_in_the_mentions(people: Cast, item: Item, signed_in: SignIn) -> None:
    signed_in(people.ann).post(address(people, item), {"text": f"@{people.lee.name.upper()}, please look."})

    page = signed_in(people.lee).get(f"/projects/{people.project.slug}/mentions/")

    assert [mention.person for mention in Mention.objects.all()] == [people.lee]
    assert "please look." in page.content.decode()
    assert "Nobody has named you" in (
        signed_in(people.ann).get(f"/projects/{people.project.slug}/mentions/").content.decode()
    )


def test_who_could_still_review_the_item_cannot_be_named(people: Cast, item: Item, signed_in: SignIn) -> None:
    ben = member(people.project, Role.ANNOTATOR)

    answer = signed_in(people.ann).post(address(people, item), {"text": f"See this, @{ben.name}"})

    assert answer.status_code == 422
    assert ben.name in answer.content.decode()
    assert not Note.objects.exists()
    reviewed(item.queue, ben)
    assert signed_in(people.ann).post(address(people, item), {"text": f"@{ben.name}"}).status_code == 302


def test_a_name_is_meant_as_a_whole_and_the_longer_one_wins(people: Cast) -> None:
    ann, ann_lee = people.ann, people.lee
    ann.name, ann_lee.name = "Ann", "Ann Lee"
    ann.save()
    ann_lee.save()

    def named(text: str) -> list[str]:
        return [one.person.name for one in named_in(text, people.project.pk)]

    assert named("@Ann Lee: see") == ["Ann Lee"]
    assert named("@ann (not Lee)") == ["Ann"]
    assert sorted(named("@Ann and @Ann Lee")) == ["Ann", "Ann Lee"]
    assert named("mail@Ann @Annika @@Ann ann") == []
    assert named(f"@{people.sam.name}") == []


def test_others_notes_are_read_once_ones_own_review_stands(
    people: Cast, item: Item, signed_in: SignIn, settings: Any
) -> None:
    settings.BLIND_UNDO_SECONDS = 60
    note = Note.objects.create(item=item, author=people.lee, text="I think not.")
    Mention.objects.create(note=note, person=people.ann)
    ann, named = signed_in(people.ann), f"/projects/{people.project.slug}/mentions/"

    for what in ("notes", "story", "similar"):
        assert ann.get(address(people, item, what)).status_code == 403
    assert "I think not." not in ann.get(named).content.decode()
    assert "I think not." not in ann.get("/").content.decode()
    settings.BLIND_UNDO_SECONDS = 0
    assert "I think not." in ann.get(named).content.decode()


def test_who_took_their_review_back_is_not_shown_where_they_are_named(
    people: Cast, signed_in: SignIn, settings: Any
) -> None:
    settings.BLIND_UNDO_SECONDS = 60
    queue = queue_in(people.project)
    item = waiting(queue, reviews_needed=2)
    note = Note.objects.create(item=item, author=people.mel, text="I think not.")
    Mention.objects.create(note=note, person=people.lee)
    review, lee = reviewed(queue, people.lee), signed_in(people.lee)
    named = f"/projects/{people.project.slug}/mentions/"

    assert "I think not." in lee.get(named).content.decode()
    lee.post(f"/projects/{people.project.slug}/reviews/{review.pk}/undo")
    assert "I think not." not in lee.get(named).content.decode()
    assert "I think not." not in lee.get("/").content.decode()


def test_a_name_that_two_members_have_names_nobody(people: Cast, item: Item, signed_in: SignIn) -> None:
    assert people.lee.name == "Lee"
    member(people.project, Role.LEAD, name="\uff2c\uff45\uff45")

    answer = signed_in(people.ann).post(address(people, item), {"text": "@Lee, please look."})

    assert answer.status_code == 422
    assert "Several members are called " in answer.content.decode()
    assert not Note.objects.exists()


def test_notes_are_never_changed_or_removed_nor_empty(people: Cast, item: Item) -> None:
    note = Note.objects.create(item=item, author=people.ann, text="x")
    Mention.objects.create(note=note, person=people.lee)

    for write in (
        lambda: Note.objects.update(text="y"),
        lambda: Note.objects.all()._raw_delete("default"),
        lambda: Mention.objects.all()._raw_delete("default"),
    ):
        with pytest.raises(DatabaseError), transaction.atomic():
            write()
    for text, constraint in (("", "note_says_something"), ("x" * 4_001, "note_at_most_4000_characters")):
        with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
            Note.objects.create(item=item, author=people.ann, text=text)
    with pytest.raises(IntegrityError, match="mention_once_per_note_and_person"), transaction.atomic():
        Mention.objects.create(note=note, person=people.lee)


def test_a_long_thread_takes_no_more_statements(people: Cast, item: Item, signed_in: SignIn) -> None:
    client = signed_in(people.ann)
    client.get(address(people, item))
    counts = []
    for _round in range(2):
        for number in range(20):
            note = Note.objects.create(item=item, author=people.ann, text=f"Note {number}")
            Mention.objects.create(note=note, person=people.lee)
        with CaptureQueriesContext(connection) as seen:
            client.get(address(people, item))
        counts.append(len(seen))

    assert counts[0] == counts[1]
