"""New versions of a queue's form; a version never changes."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from accounts import events
from accounts.actor import Actor
from queues.errors import Invalid, NotFound, Taken
from queues.models import NO_REASON, FormVersion, Queue
from queues.reasons import faults_of_reason
from queues.review import comparability
from queues.review import form as forms
from queues.review.comparability import Mappings
from queues.review.question import Question
from queues.review.storable import unstorable

REASON_MAX = 2_000
OVERLAP = timedelta(minutes=1)


class FormChanged(Taken):
    """Another version was published since the one that a change was begun from."""


def versions(queue_id: int) -> QuerySet[FormVersion]:
    """All versions of a queue's form, the newest first."""
    found = FormVersion.objects.filter(queue=queue_id).select_related("author")
    return found.order_by("-version")


def version(queue_id: int, number: int) -> FormVersion:
    """One version of a queue's form."""
    found = versions(queue_id).filter(version=number).first()
    if found is None:
        raise NotFound(_("This form has no such version. Choose one of the list."))
    return found


def retired(queue_id: int) -> dict[str, Question]:
    """Questions of older versions that the present one does not ask any more, each as it was asked last."""
    documents = FormVersion.objects.filter(queue=queue_id).order_by("-version")
    asked = [forms.parse(document).questions for document in documents.values_list("document", flat=True)]
    present = {question.key for question in asked[0]} if asked else set()
    known: dict[str, Question] = {}
    for question in (question for questions in asked for question in questions):
        known.setdefault(question.key, question)
    return {key: question for key, question in known.items() if key not in present}


def held_since(form_id: int | None, queue_id: int, since: datetime | None) -> bool:
    """Whether this version was still the queue's form at a moment: the next one came later.

    The clocks of two transactions that overlapped may say either, so a little is granted.
    """
    if form_id is None or since is None:
        return False
    shown = FormVersion.objects.filter(pk=form_id, queue=queue_id).first()
    if shown is None:
        return False
    following = FormVersion.objects.filter(queue=queue_id, version=shown.version + 1)
    return following.filter(created_at__gte=since - OVERLAP).exists()


@transaction.atomic
def new_version(
    queue: Queue,
    *,
    document: Mapping[str, object],
    by: Actor,
    reason: str = NO_REASON,
    mappings: Mappings | None = None,
    base: int | None = None,
) -> FormVersion:
    """Check and store a form/1 document, and make it the queue's form from now on.

    base: the version that the change was begun from (0: none), None: not asked. What is published
    already is not published again: the present version comes back. Raises Invalid, with every fault, and
    FormChanged when `base` is not the present version.
    """
    Queue.objects.select_for_update().get(pk=queue.pk)
    present = versions(queue.pk).first()
    if present is not None and _says_the_same(present, document):
        return present
    if base is not None and base != (present.version if present else 0):
        raise FormChanged(
            _("This form was changed meanwhile. Look at its present version, and put your change on top.")
        )
    _check(present, document, reason=reason, mappings=mappings or {})
    form = FormVersion.objects.create(
        queue=queue,
        version=(present.version if present else 0) + 1,
        document=dict(document),
        author_id=by.person_id,
        reason=reason,
        mappings={key: dict(mapping) for key, mapping in (mappings or {}).items()},
    )
    Queue.objects.filter(pk=queue.pk).update(form=form)
    queue.form = form
    events.record(
        project_id=queue.project_id,
        kind="form.published",
        by=by,
        subject_kind="queue",
        subject_id=queue.pk,
        before={"form": present.pk, "version": present.version} if present else None,
        after={"form": form.pk, "version": form.version},
        reason=reason,
    )
    return form


def _says_the_same(present: FormVersion, document: Mapping[str, object]) -> bool:
    """Whether a document is the present version, whatever it says that goes without saying."""
    try:
        return forms.parse(document) == forms.of_version(present.pk)
    except Invalid:
        return False


def _check(
    present: FormVersion | None, document: Mapping[str, object], *, reason: str, mappings: Mappings
) -> None:
    why = faults_of_reason(reason, most=REASON_MAX, missing=_("Say why the form changes."))
    faults = [*why, *unstorable(mappings, "form", "/mappings")]
    try:
        after = forms.parse(document)
    except Invalid as error:
        raise Invalid(str(error), [*faults, *error.faults]) from error
    before = forms.of_version(present.pk) if present else None
    gone = retired(present.queue_id) if present else {}
    faults += comparability.faults_of(before, after, mappings, retired=gone)
    if faults:
        raise Invalid(_("This form was not published: see the listed places."), faults)
