"""Full text: found in its own language and project only, newest first, page by page, with bounded work."""

from collections.abc import Sequence

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts.models import Project
from queues.ingest import documents
from queues.ingest.documents import Matches, matching
from queues.ingest.snippets import Piece, snippets
from queues.models import Payload, Prediction, SearchDocument
from tests.factories.arrivals import arrived
from tests.factories.projects import Cast, cast
from tests.factories.search import indexed

pytestmark = pytest.mark.django_db


@pytest.fixture
def people() -> Cast:
    return cast()


def said(project: Project, text: str, *, asked: str = "", locale: str = "en") -> int:
    """A prediction whose model answered with this text, findable."""
    record = {"input": {"prompt": asked}, "output": {"text": text}}
    id_ = arrived(project, record, locale=locale)
    indexed(id_)
    return id_


def ids(project: Project, text: str) -> Sequence[int]:
    return matching(project.pk, text, at_most=50).ids


def test_words_are_stemmed_in_the_language_of_the_prediction(people: Cast) -> None:
    english = said(people.project, "Refunds take five days.", locale="en-GB")
    german = said(people.project, "Die Erstattungen dauern fünf Tage.", locale="de")
    other = said(people.project, "Lunettes remboursées", locale="fr")

    assert ids(people.project, "refund") == [english]
    assert ids(people.project, "Erstattung") == [german]
    assert ids(people.project, "remboursées") == [other]
    assert ids(people.project, "rembourser") == []


def test_what_was_asked_is_found_too(people: Cast) -> None:
    found = said(people.project, "Five days.", asked="How long do refunds take?")

    assert ids(people.project, "refunds") == [found]


def test_a_conversation_is_found_by_what_the_user_said_in_any_turn(people: Cast) -> None:
    def turn(role: str, text: str) -> dict[str, object]:
        return {"role": role, "parts": [{"type": "text", "content": text}]}

    messages = [turn("system", "hidden"), turn("user", "about trousers"), turn("user", "and boots")]
    found = arrived(people.project, {"input": {"messages": messages}, "output": {"text": "Yes."}})
    indexed(found)

    assert ids(people.project, "trousers boots") == [found]
    assert ids(people.project, "hidden") == []


@pytest.mark.parametrize(
    ("text", "which"),
    [
        ("refunds days", [0]),
        ("refunds or boots", [1, 0]),
        ('"five days"', [0]),
        ('"days five"', []),
        ("days -refunds", [1]),
        ("the", []),
        ("'p1 10 0'", []),
        ("!!! & | ( :*", []),
        ("", []),
        ("\x00", []),
    ],
)
def test_the_words_are_read_as_search_engines_do(people: Cast, text: str, which: list[int]) -> None:
    both = [
        said(people.project, "Refunds take five days."),
        said(people.project, "Your boots: ten days at most."),
    ]

    assert ids(people.project, text) == [both[n] for n in which]


def test_another_project_is_never_found_nor_read(people: Cast) -> None:
    for _ in range(3):
        said(people.other, "boots boots boots")
    mine = said(people.project, "shoes")

    assert ids(people.project, "boots") == []
    assert ids(people.project, "shoes") == [mine]
    assert len(ids(people.other, "boots")) == 3


def test_no_text_can_pose_as_another_project_or_language(people: Cast) -> None:
    said(people.other, f"p{people.project.pk} 10 0 'p{people.project.pk} 10 0' l english boots")

    assert ids(people.project, "boots") == []


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=40, deadline=None)
@given(st.text(max_size=80))
def test_any_text_can_be_searched(people: Cast, text: str) -> None:
    if "\ud800" <= max(text, default="") <= "\udfff":
        return

    assert isinstance(matching(people.project.pk, text, at_most=5), Matches)


def test_pages_of_a_common_word_follow_each_other_without_gap_or_repeat(
    people: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(documents, "STEPS", (3, 7, 11))
    all_of_them = [said(people.project, "boots") for _ in range(25)]

    seen: list[int] = []
    before: int | None = None
    while page := matching(people.project.pk, "boots", before=before, at_most=4):
        seen += page.ids
        before = page.looked_to
        if before is None:
            break

    assert seen == all_of_them[::-1]


def test_a_rare_word_far_back_is_found_by_going_on(people: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(documents, "STEPS", (2, 3))
    rare = said(people.project, "unicorn")
    for _ in range(9):
        said(people.project, "boots")

    first = matching(people.project.pk, "unicorn", at_most=4)
    assert first.ids == []
    assert first.looked_to is not None
    second = matching(people.project.pk, "unicorn", before=first.looked_to, at_most=4)

    assert second == Matches([rare], None)


def test_ranges_of_ids_are_covered_by_few_lexemes(people: Cast) -> None:
    for first, last in [(1, 1), (1, 40_000), (5, 2**40), (2**33, 2**33 + 10_000_000)]:
        places = documents._places(7, first, last).split(" | ")

        assert len(places) <= 17 or last - first > 17 << 30


def test_what_is_huge_or_erased_breaks_nothing(people: Cast) -> None:
    huge = said(people.project, "wörter " + " ".join(f"wört{n}" for n in range(60_000)))
    erased = arrived(people.project)
    Payload.objects.filter(prediction=erased).update(erased_at=Prediction.objects.get(pk=erased).received_at)
    indexed(erased)

    assert ids(people.project, "wörter") == [huge]
    assert not SearchDocument.objects.filter(prediction=erased).exists()


def test_what_is_forgotten_is_not_found(people: Cast) -> None:
    id_ = said(people.project, "boots")

    documents.forget([id_])

    assert ids(people.project, "boots") == []


def test_a_snippet_marks_the_hits_and_keeps_hostile_text_as_text(people: Cast) -> None:
    id_ = said(
        people.project, "<b>bold</b> Refunds <script>alert(1)</script> are instant, [0123456789abcdef]."
    )

    (piece,) = [piece for piece in snippets([id_], "refund")[id_].pieces if piece.is_hit]

    assert piece == Piece("Refunds", is_hit=True)
    assert not snippets([id_], "refund")[id_].is_asked


def test_a_snippet_is_of_what_was_asked_when_the_answer_has_no_hit(people: Cast) -> None:
    id_ = said(people.project, "Five days.", asked="How long do refunds take?")

    snippet = snippets([id_], "refunds")[id_]

    assert snippet.is_asked
    assert Piece("refunds", is_hit=True) in snippet.pieces
    assert snippets([id_], "nothing") == {}
