"""Drafts of policies: begun from a version, saved at each change, thrown away or stored as a version."""

from collections.abc import Mapping
from typing import Any

import orjson
from django.db import transaction
from django.db.models import F, QuerySet
from django.db.models.functions import Now
from django.utils.translation import gettext as _

from accounts.actor import Actor
from queues.errors import Fault, Invalid, Taken
from queues.models import Policy, PolicyDraft
from queues.numbers import localized
from queues.route import policies, queries
from queues.route.policy_document import SCHEMA, unstorable

LONGEST_BYTES = 256 * 1024


class DraftChanged(Taken):
    """Another window saved this draft since it was read."""


def drafts_of(project_id: int) -> QuerySet[PolicyDraft]:
    """Everybody's drafts in a project, the last saved first."""
    drafts = PolicyDraft.objects.filter(project=project_id)
    return drafts.select_related("person").order_by("-saved_at", "-id")


def draft_of(project_id: int, person_id: int) -> PolicyDraft:
    """This person's draft; one that is not stored yet (revision 0), begun from the version in force."""
    found = drafts_of(project_id).filter(person=person_id).first()
    if found is not None:
        return found
    active = queries.versions(project_id).filter(is_active=True).first()
    return _begun(project_id, person_id, active)


def save(project_id: int, *, by: Actor, document: Mapping[str, Any], revision: int) -> PolicyDraft:
    """Keep what was written, with or without faults. DraftChanged unless `revision` is the one stored."""
    _check_storable(document)
    draft = draft_of(project_id, by.as_person())
    if revision == 0 and draft.pk is None:
        draft.document = dict(document)
        fields = {"document": draft.document, "base_version": draft.base_version}
        _draft, is_new = PolicyDraft.objects.get_or_create(
            project_id=project_id, person_id=draft.person_id, defaults=fields
        )
        changed = int(is_new)
    else:
        rows = PolicyDraft.objects.filter(project=project_id, person=draft.person_id, revision=revision)
        changed = rows.update(document=document, revision=F("revision") + 1, saved_at=Now())
    if not changed:
        raise DraftChanged(
            _("Your draft was changed in another window since this one was loaded. Look at it as it is now.")
        )
    return drafts_of(project_id).get(person=draft.person_id)


@transaction.atomic
def begin(project_id: int, *, by: Actor, version: int | None, revision: int) -> PolicyDraft:
    """Begin anew from a version (None: from nothing) in place of the draft of this `revision`."""
    policy = queries.version(project_id, version) if version is not None else None
    fresh = _begun(project_id, by.as_person(), policy)
    draft = save(project_id, by=by, document=fresh.document, revision=revision)
    PolicyDraft.objects.filter(pk=draft.pk).update(base_version=version)
    return drafts_of(project_id).get(pk=draft.pk)


def rebase(project_id: int, *, by: Actor, revision: int) -> None:
    """Take note that another version is in force now; what was written stays."""
    active = queries.versions(project_id).filter(is_active=True).first()
    PolicyDraft.objects.filter(project=project_id, person=by.as_person(), revision=revision).update(
        base_version=active.version if active else None
    )


def discard(project_id: int, *, by: Actor, revision: int) -> None:
    """Throw the draft away, if it is still the one that was seen."""
    own = PolicyDraft.objects.filter(project=project_id, person=by.as_person())
    if not own.filter(revision=revision).delete()[0] and own.exists():
        raise DraftChanged(
            _("Your draft was changed in another window since. It was not thrown away: look at it first.")
        )


@transaction.atomic
def store(project_id: int, *, by: Actor, reason: str, revision: int) -> Policy:
    """The draft as the next version, not yet in force; the draft is gone. Invalid while it has faults."""
    draft = PolicyDraft.objects.select_for_update().filter(
        project=project_id, person=by.as_person(), revision=revision
    )
    found = draft.first()
    if found is None:
        raise DraftChanged(
            _("This draft is not there any more, or was changed in another window. Look at it as it is now.")
        )
    policy = policies.new_version(project_id, document=found.document, by=by, reason=reason)
    found.delete()
    return policy


def _begun(project_id: int, person_id: int, policy: Policy | None) -> PolicyDraft:
    return PolicyDraft(
        project_id=project_id,
        person_id=person_id,
        document=policy.document if policy else {"schema": SCHEMA, "rules": []},
        base_version=policy.version if policy else None,
        revision=0,
    )


def _check_storable(document: Mapping[str, Any]) -> None:
    faults = unstorable(document)
    if len(orjson.dumps(document)) > LONGEST_BYTES if not faults else False:
        detail = _("Write at most %(n)s bytes.") % {"n": localized(LONGEST_BYTES)}
        faults = [Fault("", "policy.too_large", detail)]
    if faults:
        raise Invalid(_("The draft was not saved: the database cannot keep it like this."), faults)
