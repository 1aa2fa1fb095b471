"""Two projects with everything in them that a program could ask for, and every kind of caller."""

from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from django.apps import apps
from django.test import Client

from accounts import actions as accounts
from accounts import keys
from accounts.actor import SYSTEM, Actor
from accounts.models import Event, Project
from accounts.roles import Permission, Role
from queues import jobs
from queues.export import actions as export
from queues.models import Queue, Release, Review, Verdict, Webhook, WebhookEvent
from queues.route import policies
from tests.bad_inputs.canonical import PROJECT
from tests.factories.people import api_key, expired
from tests.factories.projects import ProjectFactory, member
from tests.factories.verdicts import settled
from tests.factories.work import queue_in

SECRET = "only-theirs"  # in every text of the other tenant
UNKNOWN = "999999999"
_POLICY = {
    "schema": "policy/1",
    "rules": [{"kind": "random_audit", "name": "audit", "queue": "audit", "rate": 0.05}],
}
_SCOPES = {
    "ingest_only": (Permission.PUSH,),
    "export_only": (Permission.PULL,),
    "read_only": (Permission.READ,),
    "tuner": (Permission.TUNE, Permission.READ),
}
_ROLES = {"annotator_session": Role.ANNOTATOR, "lead_session": Role.LEAD}


@dataclass
class Tenant:
    """A project with a queue, three settled items, a dataset and its release, of which a webhook tells."""

    project: Project
    queue: Queue
    verdict: Verdict
    release: Release

    def ids(self, prefix: str) -> dict[str, str]:
        """The placeholders that name this tenant's things."""
        review = Review.objects.get(item=self.verdict.item)
        event = Event.objects.filter(project_id=self.project.pk).latest("pk")
        hook = Webhook.objects.get(project=self.project)
        named = {
            "hook": hook.pk,
            "export": self.release.pk,
            "queue": self.queue.pk,
            "review": review.pk,
            "event": event.pk,
        }
        return {f"{prefix}{name}": str(value) for name, value in named.items()}


@dataclass
class World:
    """ours, whose keys the callers hold, and theirs, of which nobody may learn anything."""

    ours: Tenant
    theirs: Tenant
    keys: dict[str, str] = field(default_factory=dict)
    clients: dict[str, Client] = field(default_factory=dict)

    @property
    def root(self) -> str:
        return f"/api/v1/projects/{self.ours.project.slug}"

    def caller(self, name: str) -> Client:
        """A client with this caller's key or session."""
        if name in self.clients:
            return self.clients[name]
        text = self.keys.get(name)
        return Client(
            raise_request_exception=False, headers={"Authorization": f"Bearer {text}"} if text else {}
        )


def tenant(slug: str, text: str) -> Tenant:
    project = ProjectFactory.create(slug=slug)
    queue = queue_in(project, slug="audit")
    engineer = Actor(member(project, Role.ML_ENGINEER).pk)
    for _version in range(2):
        policies.new_version(project.pk, document=_POLICY, by=engineer, reason="for the test")
    policies.activate(project.pk, 1, by=engineer, reason="for the test")
    verdicts = [settled(queue, corrected_text=f"{text} {number}") for number in range(3)]
    Webhook.objects.create(project=project, url=f"https://{slug}.example/", wants=WebhookEvent.values)
    dataset = export.create_dataset(project, name=f"{slug}-set", format_name="trl_sft", by=engineer)
    asked, job = export.publish(dataset, by=engineer)
    jobs.run_job(job.pk)
    return Tenant(project, queue, verdicts[-1], Release.objects.get(pk=asked.pk, state="published"))


def world() -> World:
    made = World(tenant(PROJECT, "ours"), tenant("other-tenant", SECRET))
    project = made.ours.project
    engineer, owner = member(project, Role.ML_ENGINEER), member(project, Role.OWNER)
    for name in ("ml_key", "another_ml_key"):
        made.keys[name] = api_key(project, engineer)[1]
    for name, scopes in _SCOPES.items():
        made.keys[name] = api_key(project, owner, *scopes)[1]
    for name, role in _ROLES.items():
        made.clients[name] = Client(raise_request_exception=False)
        made.clients[name].force_login(member(project, role))
    return made


def dead_keys(made: World) -> dict[str, str]:
    """The placeholders of keys that are worth nothing any more."""
    project = made.ours.project
    engineer, gone = member(project, Role.ML_ENGINEER), member(project, Role.ML_ENGINEER)
    revoked, revoked_text = api_key(project, engineer)
    keys.revoke(revoked, by=SYSTEM)
    old, old_text = api_key(project, engineer)
    expired(old)
    _key, orphan_text = api_key(project, gone)
    accounts.set_active(gone, is_active=False, by=SYSTEM)
    return {"revoked_key": revoked_text, "expired_key": old_text, "key_of_disabled_user": orphan_text}


def contents() -> Counter[str]:
    """How many rows each table of the product holds, the log and the limits apart."""
    left_out = {"Event", "RateBucket", "StoredAnswer", "ApiKey"}
    models = [*apps.get_app_config("queues").get_models(), *apps.get_app_config("accounts").get_models()]
    return Counter({m.__name__: m._default_manager.count() for m in models if m.__name__ not in left_out})


def told_of(rows: Any) -> list[Any]:
    """The ids in a list's answer."""
    return [row["id"] for row in rows["items"]]
