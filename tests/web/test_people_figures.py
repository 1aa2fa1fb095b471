"""Figures of people: for leads and for oneself, each with n and interval, every look in the log."""

import csv
import re
from datetime import timedelta
from html import escape
from io import StringIO
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.actor import Actor
from accounts.models import Event, Person
from accounts.roles import Role
from queues import pipeline
from queues.assign.policy import Paused
from queues.audit.people import queries as figures
from queues.audit.people import reading
from queues.audit.people.habits import Habit
from queues.models import Item, Queue, WorkProfile
from tests.audit.test_people_habits import calibrated, scored
from tests.factories.projects import Cast, ProjectFactory, member
from tests.factories.reviews import disputed, leased, reviewed
from tests.factories.shared import Given, Shared, shared
from tests.factories.work import FORM, queue_in, waiting
from tests.web.conftest import SignIn

pytestmark = pytest.mark.django_db

OUTPUT = "Refunds take five working days after the parcel has arrived here."


@pytest.fixture
def queue(people: Cast) -> Queue:
    return queue_in(people.project)


@pytest.fixture
def bo(people: Cast) -> Person:
    return member(people.project, Role.ANNOTATOR, name="Bo <i>")


def forty(people: Cast, bo: Person) -> list[Shared]:
    """Ann takes half a minute and corrects; Bo takes two seconds, and repeats the model. They agree on 30."""
    rows = []
    for place in range(40):
        word = "approve" if place % 2 else "correct"
        bos = word if place < 30 else ("correct" if word == "approve" else "approve")
        rows.append(
            Shared(
                [
                    Given(people.ann, word, corrected_text="We refund in five days.", seconds=30 + place),
                    Given(bo, bos, corrected_text=OUTPUT + ".", seconds=2),
                ],
                output=OUTPUT,
                fingerprint=bytes([place // 4]) * 16,
            )
        )
    return rows


def address(people: Cast, tail: str = "figures/") -> str:
    return f"/projects/{people.project.slug}/people/{tail}"


def test_each_person_has_their_figures_with_n_and_interval(
    people: Cast, signed_in: SignIn, queue: Queue, bo: Person
) -> None:
    shared(queue, forty(people, bo))

    page = signed_in(people.lee).get(address(people))

    found = {line.person.pk: line for line, _habits in page.context["lines"]}
    ann, bos = found[people.ann.pk], found[bo.pk]
    assert (ann.work.n, bos.work.n) == (40, 40)
    assert people.lee in page.context["idle"] and people.lee.pk not in found
    assert bos.agreement is not None and bos.agreement.n_units == 40
    assert bos.agreement.low < bos.agreement.value < bos.agreement.high
    assert (ann.work.median.value, bos.work.median.value) == (49.5, 2.0)
    assert ann.work.median.low < 49.5 < ann.work.median.high
    assert (ann.work.copied.rate, bos.work.copied.rate) == (0.0, 1.0)
    assert ann.work.steady.n == 30  # ten times four that say the same
    assert "Bo &lt;i&gt;" in page.content.decode()


def test_a_talk_is_suggested_from_two_habits_on(
    people: Cast, signed_in: SignIn, queue: Queue, bo: Person
) -> None:
    shared(queue, forty(people, bo))

    page = signed_in(people.lee).get(address(people))

    habits = {line.person.pk: [str(one) for one in habits] for line, habits in page.context["lines"]}
    assert habits[people.ann.pk] == []
    assert "corrections that repeat the model" in habits[bo.pk]


def test_checks_that_a_later_stage_brings_stand_beside_the_rest(
    people: Cast, queue: Queue, bo: Person
) -> None:
    shared(queue, forty(people, bo))
    checks = {bo.pk: (12, 30), people.ann.pk: (0, 30), people.lee.pk: (0, 0)}

    found = {one.person.pk: one for one in figures.figures_of_people(queue, checks=checks).people}

    missed = found[bo.pk].missed
    assert missed is not None and (missed.k, missed.n) == (12, 30)
    assert Habit.CHECKS in found[bo.pk].habits and Habit.CHECKS not in found[people.ann.pk].habits
    assert found[people.lee.pk].missed is None


def test_the_table_is_there_as_csv(people: Cast, signed_in: SignIn, queue: Queue, bo: Person) -> None:
    shared(queue, forty(people, bo))

    answer = signed_in(people.lee).get(address(people, "figures.csv"))

    rows = {row["person_id"]: row for row in csv.DictReader(StringIO(answer.content.decode()))}
    assert rows[str(bo.pk)]["median_seconds"] == "2.0"
    assert rows[str(bo.pk)]["copied"] == "1.0"
    assert rows[str(people.lee.pk)]["agreement"] == ""


def test_the_slope_on_the_evidence_has_its_interval_and_n_or_says_why_not(
    people: Cast, signed_in: SignIn, queue: Queue, bo: Person
) -> None:
    scored(queue, [people.ann, bo], [(-1) ** n * (n % 7 + 1) / 4 for n in range(60)])
    lee, ann = signed_in(people.lee), signed_in(people.ann)

    before = ann.get(address(people, f"{people.ann.pk}/figures")).content.decode()
    calibrated(queue, "mean_nll", brier=0.12, slope=2.0)
    own = ann.get(address(people, f"{people.ann.pk}/figures")).content.decode()
    table = lee.get(address(people)).content.decode()
    [row] = [
        row
        for row in csv.DictReader(StringIO(lee.get(address(people, "figures.csv")).content.decode()))
        if row["person_id"] == str(people.ann.pk)
    ]

    assert "not defined: no measure of these outputs is calibrated" in before
    assert "not defined: no queue has a goal of the day" in own
    assert own.count("60 decisions") == 1 and "HC3" in own
    assert "overrides rise with the evidence" in table and table.count("60 decisions") == 2
    low, value, high = (float(row[f"evidence_slope{end}"]) for end in ("_low", "", "_high"))
    assert low < value < high
    assert (row["evidence_decisions"], row["near_goal_of"]) == ("60", "0")


def test_each_look_of_a_lead_is_in_the_log_and_the_person_sees_it(
    people: Cast, signed_in: SignIn, queue: Queue, bo: Person
) -> None:
    shared(queue, forty(people, bo))
    lee = signed_in(people.lee)

    lee.get(address(people))
    lee.get(address(people, f"{bo.pk}/figures"))
    own = signed_in(bo).get(address(people, f"{bo.pk}/figures")).content.decode()

    assert Event.objects.filter(kind="people.figures_read", actor_person_id=people.lee.pk).count() == 1
    assert Event.objects.filter(kind="person.figures_read", subject_id=bo.pk).count() == 1  # not one's own
    assert "Who looked at this page" in own and "Lee" in own
    assert "look closer" not in own


@pytest.mark.parametrize("who", ["ann", "mel", "sam"])
def test_figures_of_others_are_for_leads_only(
    people: Cast, signed_in: SignIn, queue: Queue, bo: Person, who: str
) -> None:
    client = signed_in(getattr(people, who))

    statuses = {client.get(address(people, tail)).status_code for tail in ("figures/", "figures.csv")}
    of_one = client.get(address(people, f"{bo.pk}/figures")).status_code

    assert statuses <= {403, 404}
    assert of_one in (403, 404)
    assert not Event.objects.filter(kind__contains="figures_read").exists()


def test_a_person_of_another_project_has_no_page(people: Cast, signed_in: SignIn, queue: Queue) -> None:
    assert signed_in(people.lee).get(address(people, f"{people.sam.pk}/figures")).status_code == 404


def test_where_a_lead_decided_otherwise_opens_the_item(people: Cast, signed_in: SignIn, bo: Person) -> None:
    item = disputed(people, people.ann, bo)
    pipeline.settle_by_lead(
        item.pk,
        project=people.project,
        by=Actor(people.lee.pk),
        document={"decision": "reject", "reasons": ["factual"]},
        why="It is wrong.",
    )

    page = signed_in(people.ann).get(address(people, f"{people.ann.pk}/figures"))

    (case,) = page.context["found"].overruled
    assert (case.item_id, case.decision, case.settled) == (item.pk, "approve", "reject")
    assert f"/items/{item.pk}/notes" in page.content.decode()
    assert item.prediction.payload.output_text in page.content.decode()


def test_a_lead_can_pause_from_the_page(people: Cast, signed_in: SignIn, queue: Queue, bo: Person) -> None:
    shared(queue, forty(people, bo))
    lee = signed_in(people.lee)

    page = lee.get(address(people, f"{bo.pk}/figures")).content.decode()
    lee.post(address(people, f"{bo.pk}/pause"), {"reason": "Let us talk first.", "until": ""})

    assert f"/people/{bo.pk}/pause" in page
    assert "Let us talk first." in signed_in(bo).get(address(people, f"{bo.pk}/figures")).content.decode()


def test_a_paused_person_is_marked_with_since_when_and_why_and_can_go_on_from_there(
    people: Cast, signed_in: SignIn, queue: Queue, bo: Person
) -> None:
    shared(queue, forty(people, bo))
    lee = signed_in(people.lee)
    lee.post(address(people, f"{bo.pk}/pause"), {"reason": "Let us <talk>.", "until": ""})
    lee.post(address(people, f"{people.ann.pk}/pause"), {"reason": "Over by itself.", "until": ""})
    yesterday = timezone.now() - timedelta(days=1)
    WorkProfile.objects.filter(person=people.ann).update(
        paused_at=yesterday - timedelta(hours=1), paused_until=yesterday
    )

    row = rows_of(lee.get(address(people)))
    one = lee.get(address(people, f"{bo.pk}/figures")).content.decode()
    to_resume = {"back": "figures", "queue": queue.slug}
    after = lee.post(address(people, f"{bo.pk}/resume"), to_resume, follow=True)

    assert "paused" in row[bo.pk] and "Let us &lt;talk&gt;." in row[bo.pk] and "Lee" in row[bo.pk]
    assert f'action="{address(people, f"{bo.pk}/resume")}"' in row[bo.pk]
    assert "paused" not in row[people.ann.pk]
    assert "Let us &lt;talk&gt;." in one and f"{bo.pk}/resume" in one
    assert after.redirect_chain[-1][0] == f"{address(people)}?queue={queue.slug}"
    assert "paused" not in rows_of(after)[bo.pk]


def rows_of(page: Any) -> dict[int, str]:
    """Person → the head of their row in the table."""
    heads = re.findall(r'<th scope="row">.*?</th>', page.content.decode(), re.DOTALL)
    return {int(re.search(r"/people/(\d+)/figures", head)[1]): head for head in heads}  # type: ignore[index]


def test_empty_pages_say_what_to_do(people: Cast, signed_in: SignIn) -> None:
    lee = signed_in(people.lee)

    first = lee.get(address(people)).content.decode()
    assert "There is no queue yet" in first
    assert f'href="/projects/{people.project.slug}/queues/new"' in first
    mels = signed_in(people.mel).get(f"/projects/{people.project.slug}/agreement/").content.decode()
    assert "There is no queue yet" in mels
    assert "queues/new" not in mels  # may read and not tune
    queue_in(people.project)
    assert "Nobody has reviewed anything here" in lee.get(address(people)).content.decode()
    own = signed_in(people.ann).get(address(people, f"{people.ann.pk}/figures")).content.decode()
    assert "No reviews yet" in own


@pytest.mark.parametrize("tail", ["figures/", "{bo}/figures"])
def test_figures_cost_the_same_statements_however_much_was_done(
    people: Cast, signed_in: SignIn, queue: Queue, bo: Person, tail: str
) -> None:
    client = signed_in(people.lee)
    where = address(people, tail.format(bo=bo.pk))
    shared(queue, forty(people, bo)[:20])
    client.get(where)
    with CaptureQueriesContext(connection) as few:
        client.get(where)
    shared(queue, forty(people, bo))

    with CaptureQueriesContext(connection) as many:
        client.get(where)

    assert len(many) == len(few)


def test_a_person_who_is_asked_to_read_again_goes_on_by_themselves(
    people: Cast, signed_in: SignIn, bo: Person
) -> None:
    queue = queue_in(people.project, form={**FORM, "guideline": "Insults are **rude**."})
    shared(queue, forty(people, bo)[:3])
    signed_in(people.lee).post(
        address(people, f"{bo.pk}/pause"), {"reason": "Too fast.", "until": "", "until_read": "on"}
    )
    waiting(queue)
    client = signed_in(bo)

    with pytest.raises(Paused, match="read the guidelines again"):
        leased(queue, bo)
    page = client.get(address(people, f"{bo.pk}/figures")).content.decode()
    answer = client.post(address(people, f"{bo.pk}/have-read"))

    assert "Please read again" in page and "<strong>rude</strong>" in page
    assert answer.status_code == 302
    assert leased(queue, bo)
    assert Event.objects.get(kind="person.resumed").actor_person_id == bo.pk


def test_nobody_ends_another_pause_by_reading(people: Cast, signed_in: SignIn, bo: Person) -> None:
    lee = signed_in(people.lee)
    lee.post(address(people, f"{bo.pk}/pause"), {"reason": "Let us talk.", "until": ""})

    own = signed_in(bo).post(address(people, f"{bo.pk}/have-read"))
    anothers = signed_in(people.ann).post(address(people, f"{bo.pk}/have-read"))

    assert (own.status_code, anothers.status_code) == (409, 404)
    assert WorkProfile.objects.get(person=bo).paused_at is not None


def test_a_pause_has_an_end_or_something_to_read_and_not_both(
    people: Cast, signed_in: SignIn, bo: Person
) -> None:
    answer = signed_in(people.lee).post(
        address(people, f"{bo.pk}/pause"),
        {"reason": "Too fast.", "until": "2099-01-01T10:00", "until_read": "on"},
    )

    assert answer.status_code == 422
    with pytest.raises(IntegrityError, match="work_profile_until_read_is_a_pause"), transaction.atomic():
        WorkProfile.objects.create(project=people.project, person=bo, until_read=True)


def test_the_newest_reviews_are_those_of_this_project_and_queue(
    people: Cast, queue: Queue, bo: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reading, "LOOK_AT", 3)
    other, elsewhere = queue_in(people.project), queue_in(ProjectFactory.create())
    alone = [Shared([Given(people.ann, "approve")]) for _ in range(4)]
    shared(queue, alone[:2])
    shared(other, alone[:2])
    shared(elsewhere, alone)

    here = reading.done_by(people.project.pk, [people.ann.pk], queue_id=queue.pk)
    everywhere = reading.done_by(people.project.pk, [people.ann.pk])

    assert [one.queue_id for one in here[people.ann.pk]] == [queue.pk] * 2
    assert sorted(one.queue_id for one in everywhere[people.ann.pk]) == [queue.pk] + [other.pk] * 2


def test_each_figure_opens_as_many_reviews_as_it_counts(
    people: Cast, signed_in: SignIn, queue: Queue, bo: Person
) -> None:
    shared(queue, forty(people, bo))
    lee = signed_in(people.lee)
    page = lee.get(address(people))
    work = {line.person.pk: line for line, _habits in page.context["lines"]}[bo.pk]
    links = page.context["behind"][bo.pk]

    opened = {name: lee.get(url) for name, url in links._asdict().items()}
    assert {answer.status_code for answer in opened.values()} == {200}

    tabs = {name: [int(re.sub(r"\D", "", tab["label"])) for tab in opened[name].context["tabs"]]
            for name in ("reviews", "again", "corrected")}  # fmt: skip
    counted = [work.work.n, 0, 0, work.work.steady.n, work.work.copied.n]
    assert tabs == dict.fromkeys(tabs, counted)
    assert len(opened["reviews"].context["rows"]) == 40
    assert len(opened["again"].context["rows"]) == work.work.steady.n
    assert opened["shared"].context["n_items"] == work.agreement.n_units
    assert f'href="{escape(links.shared)}"' in page.content.decode()
    assert Event.objects.filter(kind="person.figures_read", subject_id=bo.pk).count() == 4
    assert Event.objects.filter(kind="agreement.people_read", after__people=[bo.pk]).count() == 1


@pytest.mark.parametrize("who", ["ann", "mel", "sam"])
def test_what_one_person_said_is_opened_by_leads_only(
    people: Cast, signed_in: SignIn, queue: Queue, bo: Person, who: str
) -> None:
    shared(queue, forty(people, bo))
    client = signed_in(getattr(people, who))
    items = f"/projects/{people.project.slug}/agreement/items/?queue={queue.slug}&person={bo.pk}"

    assert client.get(address(people, f"{bo.pk}/reviews")).status_code in (403, 404)
    assert client.get(items).status_code in (403, 404)
    assert not Event.objects.filter(kind__contains="_read").exists()


def test_a_lead_is_not_told_what_was_decided_on_an_item_that_is_still_under_review(
    people: Cast, signed_in: SignIn
) -> None:
    queue = queue_in(people.project)
    waiting(queue, reviews_needed=2)
    fix = {"decision": "correct", "reasons": ["factual"], "corrected_text": "Refunds take five days."}
    reviewed(queue, people.ann, fix)
    lee = signed_in(people.lee)

    page = lee.get(address(people, f"{people.ann.pk}/reviews"))
    corrected = lee.get(address(people, f"{people.ann.pk}/reviews?only=corrected"))

    table = page.content.decode().partition("<tbody>")[2]
    assert [is_hidden for _one, is_hidden in page.context["rows"]] == [True]
    assert "not told: under review" in table
    assert "Correct" not in table.partition("</table>")[0]
    assert corrected.context["rows"] == []
    assert "1 more is counted and not listed" in corrected.content.decode()
    assert "counted and not listed" not in page.content.decode()


def twice(people: Cast, bo: Person, state: str) -> list[Shared]:
    """The same output two times: Ann approves it first, and rejects it on the item with this state."""
    first = Shared([Given(people.ann, "approve"), Given(bo, "approve")], fingerprint=b"s" * 16)
    return [first, first._replace(said=[Given(people.ann, "reject"), Given(bo, "correct")], state=state)]


@pytest.mark.parametrize("state", ["in_review", "open"])
def test_decided_differently_is_told_to_nobody_else_while_one_of_the_items_is_under_review(
    people: Cast, signed_in: SignIn, queue: Queue, bo: Person, state: str
) -> None:
    _settled, under_review = shared(queue, twice(people, bo, state))
    lee, own = signed_in(people.lee), address(people, f"{people.ann.pk}/figures")

    to_lead = lee.get(own).content.decode().partition("<main")[2]
    Item.objects.filter(pk=under_review).update(state="settled", settled_at=timezone.now())
    afterwards = lee.get(own).content.decode().partition("<main")[2]

    assert "The same, decided differently" not in to_lead
    assert f"Item {under_review}" not in to_lead and "Reject" not in to_lead
    assert "The same, decided differently" in afterwards and f"Item {under_review}" in afterwards


@pytest.mark.parametrize("state", ["in_review", "open"])
def test_ones_own_page_tells_what_one_said_and_not_what_others_did(
    people: Cast, signed_in: SignIn, queue: Queue, bo: Person, state: str
) -> None:
    shared(queue, twice(people, bo, state))
    ann = signed_in(people.ann)

    figures_page = ann.get(address(people, f"{people.ann.pk}/figures"))
    pages = [figures_page, ann.get(f"/projects/{people.project.slug}/my-work")]
    texts = [page.content.decode().partition("<main")[2] for page in pages]

    assert {page.status_code for page in pages} == {200}
    assert "Approve" in texts[0] and "Reject" in texts[0]  # her own words say nothing new to her
    assert "Correct<" not in "".join(texts) and "Bo &lt;i&gt;" not in "".join(texts)
    assert figures_page.context["found"].overruled == []
    (own,) = figures_page.context["found"].queues
    assert own.agreement is None or own.agreement.n_units == 1  # the other one is not in it yet
