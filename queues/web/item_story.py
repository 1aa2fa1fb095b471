"""One item's full story, for who may read the project and for who has reviewed it."""

from collections.abc import Iterable

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts.gate import ProjectRequest, needs
from accounts.roles import Permission
from queues.audit.queries import names_of
from queues.audit.timeline import Moment, Reader, timeline_of
from queues.models import ItemState
from queues.review import care, notes
from queues.web.labels import labels_of_versions
from queues.web.moments import line_of
from queues.web.paging import address, number


@needs(Permission.ENTER)
@require_safe
def item_story(request: ProjectRequest, *, item_id: int) -> HttpResponse:
    """What happened to an item, oldest first, with who and when; what the reader may not know is left out."""
    item = notes.item_of(request.project.pk, item_id)
    notes.check_can_read(item, request.actor, request.permissions)
    reader = Reader(request.user.pk, Permission.READ in request.permissions)
    after = number(request, "after") or 0
    found = timeline_of(item, reader, after=after)
    names = names_of(_people_in(found.moments))
    context = {
        "item": item,
        "output_text": item.prediction.payload.output_text,
        "veiled": care.veiled_of(item, person_id=request.user.pk),
        "lines": [line_of(moment, names) for moment in found.moments],
        "labels": labels_of_versions(moment.review.form for moment in found.moments if moment.review),
        "reads_all": reader.reads_all,
        "may_settle": Permission.SETTLE in request.permissions
        and item.state in (ItemState.DISPUTED, ItemState.SETTLED),
        "first_url": address(request, after=None) if after else "",
        "next_url": address(request, after=found.next_after) if found.next_after else "",
    }
    return render(request, "items/story.html", context)


def _people_in(moments: Iterable[Moment]) -> set[int | None]:
    people: set[int | None] = set()
    for moment in moments:
        people.add(moment.person_id)
        if moment.kind == "note.added" and isinstance(moment.after, dict):
            people.update(moment.after.get("mentions") or ())
    return people
