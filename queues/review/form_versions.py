"""New versions of a queue's form; a version never changes."""

from collections.abc import Mapping

from django.db import transaction
from django.db.models import Max

from accounts import events
from accounts.actor import Actor
from queues.models import FormVersion, Queue
from queues.review import form as forms


@transaction.atomic
def new_version(queue: Queue, *, document: Mapping[str, object], by: Actor) -> FormVersion:
    """Check and store a form/1 document, and make it the queue's form from now on. Raises Invalid."""
    forms.parse(document)
    Queue.objects.select_for_update().get(pk=queue.pk)
    latest = FormVersion.objects.filter(queue=queue).aggregate(latest=Max("version"))["latest"] or 0
    form = FormVersion.objects.create(
        queue=queue, version=latest + 1, document=dict(document), author_id=by.person_id
    )
    Queue.objects.filter(pk=queue.pk).update(form=form)
    queue.form = form
    events.record(
        project_id=queue.project_id,
        kind="form.published",
        by=by,
        subject_kind="queue",
        subject_id=queue.pk,
        after={"form": form.pk, "version": form.version},
    )
    return form
