"""The `check` words of form_posts.jsonl: each is a question to the database and to the page."""

import json
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import urlsplit

from django.test import Client
from django.utils import timezone

from accounts.actor import SYSTEM
from accounts.models import Event, Membership, Person
from accounts.roles import Role
from queues.export import actions as export
from queues.export import reading
from queues.models import Dataset, Draft, Item, Release, Review
from queues.review.line_ends import like
from tests.bad_inputs.corpus import Row
from tests.bad_inputs.desks import EARLIER, ORIGINAL, REVISION
from tests.bad_inputs.form_posts import SPANS, Posted
from tests.bad_inputs.pages import Page, page_of
from tests.factories.projects import member

Check = Callable[[Row, Posted], Iterator[str]]
CHECKS: dict[str, Check] = {}
_KEPT_AS_TYPED = {"lease_expired", "item_closed"}  # states in which what was posted becomes the draft


def complaints_of(row: Row, posted: Posted) -> Iterator[str]:
    """What the row's own checks find wrong, in the order of this file; an unknown check is wrong too."""
    wanted = set(row.get("check", ()))
    yield from (f"the check {name} is not known" for name in wanted - CHECKS.keys())
    for function in dict.fromkeys(asked for name, asked in CHECKS.items() if name in wanted):
        for complaint in function(row, posted):
            yield f"{function.__name__}: {complaint}"


def check(*names: str) -> Callable[[Check], Check]:
    def note(function: Check) -> Check:
        CHECKS.update(dict.fromkeys(names, function))
        return function

    return note


def reviews_of(posted: Posted) -> list[Review]:
    return list(Review.objects.filter(item=posted.desk.item, person=posted.desk.ann).order_by("pk"))


def _draft(posted: Posted) -> dict[str, Any] | None:
    draft = Draft.objects.filter(item=posted.desk.item, person=posted.desk.ann).first()
    return draft.content if draft else None


def _is_earlier_draft(posted: Posted) -> bool:
    kept = Draft.objects.filter(item=posted.desk.item, person=posted.desk.ann).first()
    return kept is not None and (kept.content, kept.revision) == (EARLIER, REVISION)


@check("no_5xx", "under_1s")
def _asked_of_every_row(row: Row, posted: Posted) -> Iterator[str]:
    yield from ()


@check("nothing_stored", "nothing_overwritten")
def _nothing_stored(row: Row, posted: Posted) -> Iterator[str]:
    already = {"own_second_vote": 1, "own_adjudication": 1}.get(row["payload"]["state"], 0)
    if len(reviews_of(posted)) != already:
        yield "a review was stored"
    if _draft(posted) is not None and not _is_earlier_draft(posted):
        yield f"the draft is now {_draft(posted)}"
    if posted.desk.item.verdicts.exists() and not already:
        yield "there is a verdict"


@check("form_redrawn_with_input")
def _redrawn(row: Row, posted: Posted) -> Iterator[str]:
    if (
        "body" in row["payload"]
    ):  # thousands of fields, none of them the form's: only what was typed before counts
        if not _is_earlier_draft(posted):
            yield "the draft was changed"
        return
    if posted.outcome.was_taken:
        return
    shown = posted.page.fields
    for name in ("corrected_text", "note"):
        if posted.values(name) and shown[name] != [like("", posted.value(name))]:
            yield f"{name} was typed and is not in the form"
    known = {"factually_incorrect", "too_vague", "wrong_tone"}
    if set(shown["reasons"]) != set(posted.values("reasons")) & known:
        yield f"the reasons in the form are {shown['reasons']}"
    if posted.value("decision") in ("approve", "correct", "reject", "escalate") and shown["decision"] != [
        posted.value("decision")
    ]:
        yield f"the decision in the form is {shown['decision']}"


@check("text_and_decision_agree")
def _agree(row: Row, posted: Posted) -> Iterator[str]:
    for review in reviews_of(posted):
        if (review.decision == "correct") != (review.corrected_text not in (None, ORIGINAL)):
            yield f"{review.decision} is stored with {review.corrected_text!r}"


@check("not_counted_as_edit")
def _nothing_taken(row: Row, posted: Posted) -> Iterator[str]:
    if posted.outcome.was_taken or reviews_of(posted):
        yield "was taken"


@check("span_text_matches_export", "span_on_code_point_border")
def _spans_as_posted(row: Row, posted: Posted) -> Iterator[str]:
    """What is stored are the spans that were sent, none dropped, each within the text; or nothing at all."""
    length = len(posted.desk.item.prediction.payload.output_text)
    for review in reviews_of(posted):
        sent = {_span(span) for span in json.loads(posted.value(SPANS) or "[]")}
        stored = {_span(span) for span in review.answers.get("spans", [])}
        if stored != sent or not all(0 <= start < end <= length for start, end, *_said in stored):
            yield f"{stored} are stored"


def _span(span: dict[str, Any]) -> tuple[Any, ...]:
    return span["start"], span["end"], span["category"], span.get("comment") or ""


@check("draft_kept")
def _draft_kept(row: Row, posted: Posted) -> Iterator[str]:
    kept = _draft(posted) or {}
    wanted = EARLIER["corrected_text"]
    if row["payload"]["state"] in _KEPT_AS_TYPED:
        wanted = posted.value("corrected_text")
    if kept.get("corrected_text") != wanted:
        yield f"the draft is {kept}"


@check("both_texts_kept")
def _both_kept(row: Row, posted: Posted) -> Iterator[str]:
    if posted.page.fields["corrected_text"] != [posted.value("corrected_text")]:
        yield "what was typed here is not in the form"
    if EARLIER["corrected_text"] not in posted.page.text or not _is_earlier_draft(posted):
        yield "what was saved in the other window is lost"


@check("stored_once")
def _stored_once(row: Row, posted: Posted) -> Iterator[str]:
    if len(reviews_of(posted)) != 1 or posted.desk.item.verdicts.count() != 1:
        yield f"{len(reviews_of(posted))} reviews, {posted.desk.item.verdicts.count()} verdicts"
    submitted = Event.objects.filter(kind="review.submitted", subject_id=posted.desk.item.pk).count()
    if submitted != 1:
        yield f"{submitted} events"


@check("same_answer_twice")
def _same_answer(row: Row, posted: Posted) -> Iterator[str]:
    told = {(answer.status_code, answer.headers.get("Location"), answer.content) for answer in posted.answers}
    if len(told) != 1:
        yield f"{len(told)} different answers"


@check("first_kept")
def _first_kept(row: Row, posted: Posted) -> Iterator[str]:
    if [review.decision for review in reviews_of(posted)] != ["approve"]:
        yield "the first answer does not stand alone"


@check("no_effect_on_privileged_field")
def _no_effect(row: Row, posted: Posted) -> Iterator[str]:
    ann = Person.objects.get(pk=posted.desk.ann.pk)
    member_as = list(Membership.objects.filter(person=ann).values_list("project_id", "role"))
    if member_as != [(posted.desk.project.pk, Role.ANNOTATOR)] or ann.is_staff or ann.is_superuser:
        yield "the person has another role"
    if posted.outcome.was_refused:
        yield from _nothing_stored(row, posted)
        return
    for review in reviews_of(posted):
        if (
            abs((timezone.now() - review.submitted_at).total_seconds()) > 60
            or review.opened_at > timezone.now()
        ):
            yield "the time is the client's"
    if Item.objects.get(pk=posted.desk.item.pk).queue_id != posted.desk.queue.pk:
        yield "the item has moved"


@check("export_same_text")
def _exported(row: Row, posted: Posted) -> Iterator[str]:
    """Asked before the pages, which end with an undo. A note leaves in no format, so it is read as stored."""
    if posted.outcome.was_refused:
        return
    review = reviews_of(posted)[-1]
    if review.note != posted.value("note"):
        yield f"the note is stored as {review.note!r}"
    dataset = Dataset.objects.filter(project=posted.desk.project, name="all").first()
    dataset = dataset or export.create_dataset(
        posted.desk.project, name="all", format_name="trl_sft", demanded={"personal_data": "keep"}, by=SYSTEM
    )
    lines = b"".join(reading.lines_of(dataset)).split(b"\n")
    answers = [json.loads(line)["messages"][-1]["content"] for line in lines if line]
    if posted.value("corrected_text") not in answers:
        yield f"is exported as {answers[-1:]}"


@check("escaped_in_html", "no_script", "no_external_request")
def _escaped(row: Row, posted: Posted) -> Iterator[str]:
    hostile = _hostile(row, posted)
    pages = [posted.page] if posted.outcome.was_refused else _pages_with_it(posted)
    for page in pages:
        if page.acting:
            yield f"the page holds {page.acting}"
        if "decision-bar" in page.ids:
            yield "the text has become an element"
    if not any(_is_read(hostile, page) for page in pages):
        yield "the text cannot be read on any page"


def _hostile(row: Row, posted: Posted) -> str:
    return posted.value("note" if row["why"].startswith("comment") else "corrected_text")


def _is_read(text: str, page: Page) -> bool:
    """Whether the page shows it as text; browsers read a lone CR as a line end."""
    return any(shown in page.text for shown in (text, text.replace("\r", "\n"), text.replace("\r", "")))


def _pages_with_it(posted: Posted) -> list[Page]:
    """The annotator's history, the prediction's story for a lead, and the form itself after an undo."""
    desk = posted.desk
    lead = Client()
    lead.force_login(member(desk.project, Role.LEAD))
    story = lead.get(f"{desk.root}/predictions/{desk.item.prediction_id}/")
    history = desk.get("history/")
    undone = desk.client.post(
        f"{desk.root}/reviews/{reviews_of(posted)[-1].pk}/undo", headers={"X-CSRFToken": desk.csrf}
    )
    return [page_of(story), page_of(history), page_of(desk.client.get(undone.headers["Location"]))]


@check("no_reflection")
def _not_reflected(row: Row, posted: Posted) -> Iterator[str]:
    told = posted.answer.content.decode() + repr(posted.answer.headers)
    for name, value in row["payload"]["headers"].items():
        if len(value) > len("true") and value in told:
            yield f"{name} is repeated"


@check("full_page_answer")
def _full_page(row: Row, posted: Posted) -> Iterator[str]:
    following = posted.desk.client.get(posted.answer.headers["Location"])
    if following.status_code != 200 or not following.content.lstrip().startswith(b"<!doctype html>"):
        yield f"answered {following.status_code}, no page"


@check("no_offsite_redirect")
def _stays_here(row: Row, posted: Posted) -> Iterator[str]:
    target = urlsplit(posted.answer.headers.get("Location", "/"))
    if target.netloc or target.scheme or not target.path.startswith(f"{posted.desk.root}/"):
        yield f"leads to {posted.answer.headers['Location']}"
    if "Set-Cookie" in str(target):
        yield "a header was added"


@check("nothing_changed")
def _nothing_changed(row: Row, posted: Posted) -> Iterator[str]:
    if Review.objects.filter(pk=posted.desk.more["review"], withdrawn_at=None).count() != 1:
        yield "the review was withdrawn"


@check("export_version_unchanged")
def _release_unchanged(row: Row, posted: Posted) -> Iterator[str]:
    release = posted.desk.release
    assert release
    now = Release.objects.get(pk=release.pk)
    if (now.state, now.manifest_sha256, now.rows) != (release.state, release.manifest_sha256, release.rows):
        yield "the release is another"


@check("audit_has_both_events")
def _both_events(row: Row, posted: Posted) -> Iterator[str]:
    kinds = list(
        Event.objects.filter(subject_kind="item", subject_id=posted.desk.item.pk).values_list(
            "kind", flat=True
        )
    )
    if kinds.count("review.submitted") != 1 or kinds.count("review.withdrawn") != 1:
        yield f"the log holds {sorted(kinds)}"
