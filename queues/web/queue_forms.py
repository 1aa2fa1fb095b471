"""A queue's form: its present version as annotators see it, all versions, and what each changed."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts.gate import ProjectRequest, needs
from accounts.roles import Permission
from queues.models import FormDraft, FormVersion, Queue
from queues.review import comparability, form_versions
from queues.review import form as forms
from queues.review.comparability import Comparison
from queues.review.form_templates import templates
from queues.web.form_preview import preview_of
from queues.web.queue_of import queue_of

VERSIONS_SHOWN = 50


@dataclass(frozen=True, slots=True)
class VersionLine:
    """One version in the list, with what it changed."""

    form: FormVersion
    changes: Sequence[Comparison]
    is_present: bool

    @property
    def differing(self) -> list[Comparison]:
        return [one for one in self.changes if one.what != "same"]


@needs(Permission.READ)
@require_safe
def form(request: ProjectRequest, *, queue_slug: str) -> HttpResponse:
    """The present version, the versions before it, and what to begin from."""
    queue = queue_of(request, queue_slug)
    found = list(form_versions.versions(queue.pk)[: VERSIONS_SHOWN + 1])
    present = forms.of_version(queue.form_id) if queue.form_id else None
    context = {
        "queue": queue,
        "slug": request.project.slug,
        "present": found[0] if found else None,
        "versions": _lines(found, queue),
        "has_more_versions": len(found) > VERSIONS_SHOWN,
        "preview": preview_of(present) if present else None,
        "templates": templates().values(),
        "drafts": list(FormDraft.objects.filter(queue=queue).select_related("person").order_by("pk")[:20]),
        "own_revision": _own_revision(request, queue),
        "may_tune": Permission.TUNE in request.permissions,
    }
    return render(request, "forms/page.html", context)


@needs(Permission.READ)
@require_safe
def version(request: ProjectRequest, *, queue_slug: str, version: int) -> HttpResponse:
    """One version: what annotators saw, what it changed, its document."""
    queue = queue_of(request, queue_slug)
    found = form_versions.version(queue.pk, version)
    before = form_versions.versions(queue.pk).filter(version=version - 1).first()
    context = {
        "queue": queue,
        "slug": request.project.slug,
        "version": found,
        "is_present": found.pk == queue.form_id,
        "changes": _changes(before, found),
        "before": before,
        "preview": preview_of(forms.of_version(found.pk)),
        "text": json.dumps(found.document, ensure_ascii=False, indent=2),
        "may_tune": Permission.TUNE in request.permissions,
        "draft": _own(request, queue),
        "own_revision": _own_revision(request, queue),
    }
    return render(request, "forms/version.html", context)


@needs(Permission.READ)
@require_safe
def export(request: ProjectRequest, *, queue_slug: str, version: int) -> HttpResponse:
    """A version's document as a file."""
    queue = queue_of(request, queue_slug)
    found = form_versions.version(queue.pk, version)
    text = json.dumps(found.document, ensure_ascii=False, indent=2) + "\n"
    answer = HttpResponse(text, content_type="application/json; charset=utf-8")
    answer.headers["Content-Disposition"] = f'attachment; filename="{queue.slug}-form-{version}.json"'
    return answer


def _own(request: ProjectRequest, queue: Queue) -> FormDraft | None:
    return FormDraft.objects.filter(queue=queue, person=request.user.pk).first()


def _own_revision(request: ProjectRequest, queue: Queue) -> int:
    """The revision of one's own draft, which a new one takes the place of; 0: there is none."""
    own = _own(request, queue)
    return own.revision if own else 0


def _lines(found: Sequence[FormVersion], queue: Queue) -> list[VersionLine]:
    """Newest first; the one more that was read is only compared with."""
    before = {later.pk: earlier for later, earlier in pairwise(found)}
    return [
        VersionLine(form, _changes(before.get(form.pk), form), form.pk == queue.form_id)
        for form in found[:VERSIONS_SHOWN]
    ]


def _changes(before: FormVersion | None, after: FormVersion) -> list[Comparison]:
    earlier = forms.of_version(before.pk) if before else None
    return comparability.compare(earlier, forms.of_version(after.pk), after.mappings)
