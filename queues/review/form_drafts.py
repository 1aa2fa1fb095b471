"""Drafts of forms: begun from the present version, saved at each change, thrown away or published."""

from collections.abc import Mapping
from typing import Any

import orjson
from django.db import transaction
from django.db.models import F
from django.db.models.functions import Now
from django.utils.translation import gettext as _

from accounts.actor import Actor
from queues.errors import Fault, Invalid, Taken
from queues.models import FormDraft, FormVersion, Queue
from queues.numbers import localized
from queues.review import form_versions
from queues.review.comparability import Mappings
from queues.review.storable import unstorable

LONGEST_BYTES = 512 * 1024
EMPTY: dict[str, Any] = {
    "schema": "form/1",
    "title": "",
    "decisions": ["approve", "correct", "reject", "escalate"],
    "questions": [],
}


class FormDraftChanged(Taken):
    """Another window saved this draft since it was read."""


def draft_of(queue: Queue, person_id: int) -> FormDraft:
    """This person's draft; one that is not stored yet (revision 0), begun from the present version."""
    found = FormDraft.objects.filter(queue=queue.pk, person=person_id).first()
    if found is not None:
        return found
    present = form_versions.versions(queue.pk).first()
    return FormDraft(
        queue=queue,
        person_id=person_id,
        document=present.document if present else EMPTY,
        base_version=present.version if present else 0,
        revision=0,
    )


def save(
    queue: Queue,
    *,
    by: Actor,
    document: Mapping[str, Any],
    revision: int,
    mappings: Mappings | None = None,
    base_version: int | None = None,
) -> FormDraft:
    """Keep what was written, with or without faults. FormDraftChanged unless `revision` is the one stored.

    base_version: the version that it is put on top of from now on; None: as before.
    """
    _check_storable({"document": document, "mappings": mappings or {}})
    draft = draft_of(queue, by.as_person())
    values = {
        "document": dict(document),
        "mappings": {key: dict(one) for key, one in (mappings or {}).items()},
        "base_version": draft.base_version if base_version is None else base_version,
    }
    if draft.pk is None and revision == 0:
        _draft, is_saved = FormDraft.objects.get_or_create(
            queue_id=queue.pk, person_id=draft.person_id, defaults=values
        )
    else:
        rows = FormDraft.objects.filter(queue=queue.pk, person=draft.person_id, revision=revision)
        is_saved = bool(rows.update(**values, revision=F("revision") + 1, saved_at=Now()))
    if not is_saved:
        raise FormDraftChanged(
            _("Your draft was changed in another window since this one was loaded. Look at it as it is now.")
        )
    return FormDraft.objects.get(queue=queue.pk, person=draft.person_id)


def discard(queue: Queue, *, by: Actor, revision: int) -> None:
    """Throw the draft away, if it is still the one that was seen."""
    own = FormDraft.objects.filter(queue=queue.pk, person=by.as_person())
    if not own.filter(revision=revision).delete()[0] and own.exists():
        raise FormDraftChanged(
            _("Your draft was changed in another window since. It was not thrown away: look at it first.")
        )


@transaction.atomic
def publish(queue: Queue, *, by: Actor, reason: str, revision: int) -> FormVersion:
    """The draft as the queue's form from now on; the draft is gone.

    Invalid while it has faults, FormChanged when another version was published since it was begun.
    """
    found = (
        FormDraft.objects.select_for_update()
        .filter(queue=queue.pk, person=by.as_person(), revision=revision)
        .first()
    )
    if found is None:
        raise FormDraftChanged(
            _("This draft is not there any more, or was changed in another window. Look at it as it is now.")
        )
    form = form_versions.new_version(
        queue,
        document=found.document,
        by=by,
        reason=reason,
        mappings=found.mappings,
        base=found.base_version,
    )
    found.delete()
    return form


def _check_storable(content: Mapping[str, Any]) -> None:
    faults = [*unstorable(content, "form")]
    if not faults and len(orjson.dumps(content)) > LONGEST_BYTES:
        detail = _("Write at most %(n)s bytes.") % {"n": localized(LONGEST_BYTES)}
        faults = [Fault("", "form.too_large", detail)]
    if faults:
        raise Invalid(_("The draft was not saved: the database cannot keep it like this."), faults)
