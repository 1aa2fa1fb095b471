"""An annotator in front of an item, in each of the states that the corpus speaks of."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

from django.test import Client
from django.utils import timezone

from accounts import actions as accounts
from accounts.actor import SYSTEM, Actor
from accounts.models import Person, Project
from accounts.roles import Role
from queues import jobs, reviewing
from queues.export import actions as export
from queues.models import FormVersion, Item, ItemState, Queue, Release, Slot
from queues.review import drafts
from tests.bad_inputs.pages import Page, page_of
from tests.factories.projects import member
from tests.factories.questions import question
from tests.factories.reviews import APPROVE, leased, reviewed
from tests.factories.verdicts import record_of
from tests.factories.work import FORM, queue_in, waiting

ORIGINAL = "Open Settings.\nThen choose Security."
EMOJI = "a\U0001f600b"
EARLIER = {"decision": "", "corrected_text": "Typed before this.", "note": "An earlier note."}
REVISION = 3  # the corpus's current `version`
_REASONS = [{"value": value, "label": value} for value in ("factually_incorrect", "too_vague", "wrong_tone")]
_RETIRED = {"value": "retired_reason", "label": "Of the form before"}
_REJECT = {"decision": "reject", "reasons": ["factually_incorrect"]}


@dataclass
class Desk:
    """ann at one item of a queue of its own, with a draft that has been saved three times."""

    project: Project
    ann: Person
    queue: Queue
    item: Item
    client: Client
    slot: int = 0
    token: str = ""
    csrf: str = ""
    release: Release | None = None
    address: str = ""
    more: dict[str, str] = field(default_factory=dict)

    @property
    def root(self) -> str:
        return f"/projects/{self.project.slug}"

    @property
    def by(self) -> Actor:
        return Actor(self.ann.pk)

    def get(self, path: str) -> Any:
        return self.client.get(f"{self.root}/{path}")

    def hold(self) -> Page:
        """Open the review page as a browser does, and note what its form carries."""
        page = page_of(self.get(f"queues/{self.queue.slug}/review"))
        self.csrf, self.token = page.fields["csrfmiddlewaretoken"][0], page.fields["token"][0]
        self.slot = Slot.objects.get(lease_token=self.token).pk
        self.address = f"{self.root}/slots/{self.slot}/submit"
        for _save in range(REVISION):
            drafts.keep(self.item.pk, by=self.by, content=EARLIER)
        return page

    def submit(self, document: dict[str, Any]) -> int:
        """A review under the lease, by the front door; its id."""
        done = reviewing.submit(
            self.slot, project=self.project, token=UUID(self.token), by=self.by, submission=document
        )
        return done.review_id


def take_seat(project: Project, state: str) -> Desk:
    """A new person at a new item, in this state."""
    spans = question("spans", categories=_REASONS, severities=[], on=["output"])
    form = {**FORM, "reasons": _REASONS, "questions": [spans]}
    queue = queue_in(project, form={**form, "reasons": [*_REASONS, _RETIRED]})
    queue.form = FormVersion.objects.create(queue=queue, version=2, document=form)
    queue.save()
    kinds = ("safety_flagged",) if state == "safety_flagged" else ("uncertain",)
    needed = 2 if state in _BY_TWO else 1
    output = EMOJI if state == "item_text_emoji" else ORIGINAL
    item = waiting(queue, output_text=output, record=record_of(), kinds=kinds, reviews_needed=needed)
    ann = member(project, Role.LEAD if state == "own_adjudication" else Role.ANNOTATOR)
    client = Client(enforce_csrf_checks=True, raise_request_exception=False)
    client.force_login(ann)
    desk = Desk(project, ann, queue, item, client)
    if state in _NOT_HELD:
        _NOT_HELD[state](desk)
    else:
        desk.hold()
        STATES[state](desk)
    return desk


def _another(desk: Desk) -> Person:
    return member(desk.project, Role.ANNOTATOR)


def _ended(desk: Desk) -> None:
    long_ago = timezone.now() - timedelta(hours=1)
    Slot.objects.filter(pk=desk.slot).update(leased_at=long_ago, lease_until=long_ago)


def _closed(desk: Desk) -> None:
    Item.objects.filter(pk=desk.item.pk).update(state=ItemState.SETTLED, settled_at=timezone.now())


def _withdrawn(desk: Desk) -> None:
    Item.objects.filter(pk=desk.item.pk).update(state=ItemState.WITHDRAWN)


def _answered(desk: Desk) -> None:
    desk.submit(APPROVE)
    desk.token = str(uuid4())


def _session_ended(desk: Desk) -> None:
    desk.client.session.flush()


def _exported(desk: Desk) -> None:
    """Own review → verdict → published release."""
    desk.more["own_review"] = str(
        desk.submit({**_REJECT, "decision": "correct", "corrected_text": "Better."})
    )
    by = Actor(member(desk.project, Role.ML_ENGINEER).pk)
    dataset = export.create_dataset(desk.project, name=f"of-{desk.queue.slug}", format_name="trl_sft", by=by)
    asked, job = export.publish(dataset, by=by)
    jobs.run_job(job.pk)
    desk.release = Release.objects.get(pk=asked.pk, state="published")


def _of_nobody(desk: Desk) -> None:
    desk.csrf = page_of(desk.get("queues/")).fields["csrfmiddlewaretoken"][0]
    desk.slot, desk.token = Slot.objects.filter(item=desk.item).values_list("pk")[0][0], str(uuid4())
    desk.address = f"{desk.root}/slots/{desk.slot}/submit"


def _of_another(desk: Desk) -> None:
    lease = leased(desk.queue, _another(desk))
    _of_nobody(desk)
    desk.token = str(lease.token)


def _own_dispute(desk: Desk) -> None:
    reviewed(desk.queue, desk.ann, APPROVE)
    reviewed(desk.queue, _another(desk), _REJECT)
    _of_nobody(desk)
    desk.address = f"{desk.root}/items/{desk.item.pk}/settle"
    desk.more |= {"source": "written", "why": "Because I say so."}


_BY_TWO = {"own_second_vote", "own_adjudication"}
_NOT_HELD: dict[str, Callable[[Desk], None]] = {
    "no_lease": _of_nobody,
    "lease_of_other": _of_another,
    "own_adjudication": _own_dispute,
}
STATES: dict[str, Callable[[Desk], None]] = {
    "lease_held": lambda desk: None,
    "safety_flagged": lambda desk: None,
    "item_text_emoji": lambda desk: None,
    "lease_expired": _ended,
    "item_closed": _closed,
    "item_withdrawn": _withdrawn,
    "own_second_vote": _answered,
    "membership_revoked": lambda desk: accounts.remove(desk.project, person=desk.ann, by=SYSTEM),
    "account_disabled": lambda desk: accounts.set_active(desk.ann, is_active=False, by=SYSTEM),
    "session_expired": _session_ended,
    "item_exported": _exported,
}
