"""Changing who is told: an address is added, its events or secret changed, disabled, something sent again."""

from collections.abc import Iterator, Sequence
from datetime import timedelta

from django.db import transaction
from django.db.models import Q
from django.db.models.functions import Coalesce, Now
from django.utils.translation import gettext as _

from accounts import events
from accounts.actor import Actor
from accounts.models import Project
from queues.doorbell import ring
from queues.errors import Fault, Invalid, NotFound, WrongState
from queues.export.webhooks import address, signing
from queues.models import Delivery, DeliveryState, Webhook, WebhookEvent, WebhookSecret, WhyDisabled

MOST = 20  # addresses of a project
SECRETS_MOST = 5  # that live at once
OVERLAP = timedelta(hours=24)  # for which a replaced secret still signs
_LOOK_UP_SECONDS = 2.0  # a thread of the web waits for it


def add(project: Project, *, url: str, wants: Sequence[str], by: Actor) -> tuple[Webhook, str]:
    """A new address, and its secret, which must be shown now: nobody is shown it again."""
    if faults := [*_faults_in_url(url), *_faults_in_wants(wants)]:
        raise Invalid(_("Nothing was added: correct what is marked and send it again."), faults)
    text = signing.new_secret()
    with transaction.atomic():
        Project.objects.select_for_update(no_key=True).get(pk=project.pk)
        _check_room(project, url)
        webhook = Webhook.objects.create(
            project=project, url=url, wants=_in_order(wants), created_by_id=by.person_id
        )
        WebhookSecret.objects.create(webhook=webhook, text=text)
        _record(webhook, "webhook.added", by, after={"origin": _origin(url), "events": webhook.wants})
    return webhook, text


def change_events(webhook: Webhook, *, wants: Sequence[str], by: Actor) -> None:
    """Of what it is told from now on; what is owed already stays owed."""
    if faults := list(_faults_in_wants(wants)):
        raise Invalid(_("Nothing was changed: correct what is marked and send it again."), faults)
    with transaction.atomic():
        locked = _locked(webhook)
        before, locked.wants = locked.wants, _in_order(wants)
        if locked.wants != before:
            locked.save(update_fields=["wants"])
            _record(locked, "webhook.changed", by, before={"events": before}, after={"events": locked.wants})


def rotate(webhook: Webhook, *, by: Actor, at_once: bool = False) -> str:
    """A new secret, which must be shown now. The old one signs as well for a day; at_once: no more."""
    text = signing.new_secret()
    with transaction.atomic():
        _locked(webhook)
        theirs = WebhookSecret.objects.filter(webhook=webhook)
        theirs.filter(ends_at__lte=Now()).delete()
        if at_once:
            theirs.delete()
        elif theirs.count() >= SECRETS_MOST:
            raise WrongState(
                _("It has %(max)d secrets that still sign. Wait until one has ended, or end all old ones.")
                % {"max": SECRETS_MOST}
            )
        theirs.filter(ends_at=None).update(ends_at=Now() + OVERLAP)
        WebhookSecret.objects.create(webhook=webhook, text=text)
        _record(webhook, "webhook.secret_rotated", by, after={"old_ends_at_once": at_once})
    return text


def disable(webhook: Webhook, *, by: Actor) -> None:
    """Nothing is sent there any more, and nothing new is owed; what is owed waits.

    Of one that is gone: somebody has seen it and leaves it so, and no alarm names it any more.
    """
    with transaction.atomic():
        others = Webhook.objects.filter(pk=webhook.pk).exclude(disabled_why=WhyDisabled.BY_HAND)
        since = Coalesce("disabled_at", Now())
        if others.update(disabled_at=since, disabled_why=WhyDisabled.BY_HAND):
            _record(webhook, "webhook.disabled", by, after={"why": WhyDisabled.BY_HAND})


def enable(webhook: Webhook, *, by: Actor) -> None:
    """It is told again, of what it was owed first."""
    with transaction.atomic():
        disabled = Webhook.objects.filter(pk=webhook.pk, disabled_at__isnull=False)
        if disabled.update(disabled_at=None, disabled_why="", rests_until=None):
            _record(webhook, "webhook.enabled", by)
            ring("queues.tasks.deliver", webhook.pk)


def replay(webhook: Webhook, delivery_id: int, *, by: Actor) -> Delivery:
    """Send a delivery once more, under the id that it has: a receiver that knows it already can tell."""
    with transaction.atomic():
        if not _locked(webhook).is_enabled:
            raise WrongState(_("This webhook is disabled. Enable it, then send the delivery again."))
        theirs = Delivery.objects.filter(webhook=webhook, pk=delivery_id)
        again = theirs.exclude(state=DeliveryState.WAITING).update(
            state=DeliveryState.WAITING, attempts=0, due_at=Now(), finished_at=None
        )
        found = theirs.first()
        if found is None:
            raise NotFound(_("There is no such delivery of this webhook. Look at the list of deliveries."))
        if not again:
            raise WrongState(_("This delivery is on its way already. Look at the list of deliveries."))
        _record(webhook, "webhook.replayed", by, after={"delivery": delivery_id})
        ring("queues.tasks.deliver", webhook.pk)
    return found


def _locked(webhook: Webhook) -> Webhook:
    return Webhook.objects.select_for_update(no_key=True).get(pk=webhook.pk)


def _check_room(project: Project, url: str) -> None:
    theirs = Webhook.objects.filter(project=project)
    if theirs.filter(url=url).exists():
        detail = _("There is a webhook with this address. Change that one, or enable it again.")
        raise Invalid(_("Nothing was added: the address is taken."), [Fault("/url", "url.taken", detail)])
    if theirs.filter(Q(disabled_at=None)).count() >= MOST:
        raise WrongState(
            _("A project has at most %(max)d webhooks that are enabled. Disable one first.") % {"max": MOST}
        )


def _faults_in_url(url: str) -> Iterator[Fault]:
    try:
        address.resolve(address.target_of(url), seconds=_LOOK_UP_SECONDS)
    except address.Refused as refusal:
        yield Fault("/url", refusal.code, address.sentence_of(refusal.code))


def _faults_in_wants(wants: Sequence[str]) -> Iterator[Fault]:
    known = _("Use one of: %(known)s.") % {"known": ", ".join(WebhookEvent.values)}
    if not wants:
        yield Fault("/events", "events.missing", known)
    for index, name in enumerate(wants):
        if name not in WebhookEvent.values:
            yield Fault(f"/events/{index}", "events.unknown", known)


def _in_order(wants: Sequence[str]) -> list[str]:
    return [name for name in WebhookEvent.values if name in wants]


def _origin(url: str) -> str:
    """Without its path: that may be a secret of the receiver, and events stay for good."""
    return address.target_of(url).origin


def _record(
    webhook: Webhook,
    kind: str,
    by: Actor,
    *,
    before: dict[str, object] | None = None,
    after: dict[str, object] | None = None,
) -> None:
    events.record(
        project_id=webhook.project_id,
        kind=kind,
        by=by,
        subject_kind="webhook",
        subject_id=webhook.pk,
        before=before,
        after=after,
    )
