"""A project in which every page has something to show, and the addresses of all its pages, from the routes.

A page that is added to the routes is among them by itself; where it names a thing that is not there yet, the
lookup fails and says which.
"""

import re
from collections.abc import Iterator
from typing import Any

from django.db.models.functions import Now
from django.test import Client

from accounts.actor import SYSTEM, Actor
from accounts.checks import every_route
from accounts.roles import ROLES, Role
from queues import jobs
from queues.adjudicate import alike
from queues.export import actions as export
from queues.export.recalls import previewing
from queues.models import (
    BulkChange,
    Delivery,
    Draft,
    DryRun,
    Golden,
    Item,
    Job,
    Queue,
    RecallPreview,
    Release,
    ReleaseRow,
    Selection,
    Webhook,
    WebhookEvent,
)
from queues.review import notes
from queues.route.dry_run import asking
from queues.score import lists
from tests.accounts.test_every_route import ROUTES
from tests.factories.golden import golden_record, verified
from tests.factories.judgements import flag
from tests.factories.labels import judged
from tests.factories.policies import first_policy
from tests.factories.projects import Cast
from tests.factories.questions import question
from tests.factories.reviews import APPROVE, reviewed
from tests.factories.verdicts import record_of, settled
from tests.factories.work import FORM, queue_in, waiting

# Not pages that a person reads: probes, files, and what a script fetches for a page that is in the list.
NOT_PAGES = re.compile(r"healthz|readyz|\.csv$|\.json$|/export$|/progress$|/ahead$|/releases/<|^api/")


def furnish(people: Cast, text: str = "Refunds are instant.") -> Queue:
    """Something on every page; every text that people or models can write is this one. The queue."""
    project, lee, mel = people.project, Actor(people.lee.pk), Actor(people.mel.pk)
    queue = queue_in(project, form={**FORM, "questions": [question("short_text")]})
    first_policy(project, [queue])
    said = {"decision": "reject", "reasons": ["factual"], "note": text, "answers": {"short_text": text[:400]}}
    answered = {**APPROVE, "answers": {"short_text": text[:400]}}
    verdict = settled(queue, output_text=text, corrected_text=text + " Corrected.", record=record_of(text))
    plain = "They take five days."  # what is golden, as the text is below, is in no release
    settled(queue, output_text=text, corrected_text=plain, record=record_of("How long do they take?"))
    for _ in range(alike.LEAST):
        disputed = waiting(queue, reviews_needed=2, output_text=text, record=record_of(text))
        reviewed(queue, people.ann, answered)
        reviewed(queue, people.lee, said)
    for item in (verdict.item, disputed):
        flag(item, "filter", "violence")
    notes.add(disputed.pk, project=project, by=lee, held=ROLES[Role.LEAD], text=f"@Olga {text}"[:4_000])
    Draft.objects.create(item=disputed, person=people.olga, content={"corrected_text": text, "note": text})
    verified(project, golden_record(input={"prompt": text}, target=[text]), by=lee)
    words = {"kind": "words", "entries": ["free delivery"], "category": "promise"}
    lists.activate(
        project.pk,
        "promises",
        lists.new_version(project.pk, "promises", document=words, by=lee, reason=text[:200]).version,
        by=lee,
        reason=text[:200],
    )
    Webhook.objects.create(project=project, url="https://hook.example/told", wants=WebhookEvent.values)
    dataset = export.create_dataset(project, name="refunds", format_name="trl_sft", by=mel)
    export.publish(dataset, by=mel)
    asking.ask(project.pk, last=1_000, version=1, by=SYSTEM)
    Selection.objects.create(
        project=project, queue=queue, asked_by=people.lee, why=text[:200], by="coverage", last=100, size=5,
        priority=50, due_hours=24, reviews_needed=1,
    )  # fmt: skip
    waiting(queue, output_text=text, record=record_of(text), kinds=("uncertain", "random_audit"))
    _change_one(people, queue, text)
    for job in Job.objects.exclude(kind="selection").order_by("pk"):
        jobs.run_job(job.pk)
    _again, job = export.publish(dataset, by=mel)
    jobs.run_job(job.pk)
    previewing.ask(project, by_what="predictions", named=[verdict.item.prediction.prediction_id], by=mel)
    jobs.run_job(Job.objects.get(kind=previewing.KIND).pk)
    Delivery.objects.update(state="failed", attempts=10, problem="refused", finished_at=Now())
    judged(queue)
    return queue


def _change_one(people: Cast, queue: Queue, text: str) -> None:
    """A bulk change, asked for on the page."""
    client = Client()
    client.force_login(people.lee)
    chosen = waiting(queue, output_text=text)
    asked = {"which": "chosen", "item": [chosen.pk], "kind": "priority", "amount_priority": "90"}
    client.post(
        f"/projects/{people.project.slug}/queues/{queue.slug}/items/change", {**asked, "why": text[:200]}
    )


def pages_of(people: Cast, queue: Queue) -> dict[str, str]:
    """route → address of every page that can be read, in a furnished project."""
    return {route: _address(route, people, queue) for route in _readable()}


def _address(route: str, people: Cast, queue: Queue) -> str:
    address = "/" + re.sub(r"<\w+:(\w+)>", lambda found: _thing(route, found[1], people, queue), route)
    if route.endswith("agreement/differing/"):
        return f"{address}?queue={queue.slug}&question=decision&one={people.ann.pk}&other={people.lee.pk}"
    return address


def _readable() -> Iterator[str]:
    for route, _view in every_route():
        if "GET" in ROUTES[route] and not NOT_PAGES.search(route):
            yield route


def _thing(route: str, name: str, people: Cast, queue: Queue) -> str:
    """What stands for this part of a route's address."""
    disputed = Item.objects.filter(queue=queue, state="disputed")
    if name == "item_id" and "/rows/" in route:
        return str(ReleaseRow.objects.values_list("item_id", flat=True)[0])
    known: dict[str, Any] = {
        "slug": people.project.slug,
        "queue_slug": queue.slug,
        "version": 1,
        "person_id": people.ann.pk,
        "item_id": disputed.values_list("pk", flat=True).first(),
        "prediction_id": disputed.values_list("prediction_id", flat=True).first(),
        "name": "promises" if "/lists/" in route else "refunds",
        "draft_id": Draft.objects.values_list("pk", flat=True).first(),
        "release_id": Release.objects.values_list("pk", flat=True).first(),
    }
    numbers = {
        "changes/": BulkChange,
        "selections/": Selection,
        "golden/": Golden,
        "dry-runs/": DryRun,
        "webhooks/": Webhook,
        "previews/": RecallPreview,
    }
    if name == "key":
        return alike.batches_of(queue, person_id=people.olga.pk)[0].key
    if name == "number":
        found = next((model for part, model in numbers.items() if part in route), None)
        return str(found.objects.latest("pk").pk if found else 1)  # type: ignore[attr-defined]
    return str(known[name])
