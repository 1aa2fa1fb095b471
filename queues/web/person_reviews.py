"""The reviews behind the figures of one person, for leads; each look is in the audit log."""

from collections.abc import Mapping

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.views.decorators.http import require_safe

from accounts.gate import ProjectRequest, needs
from accounts.models import Person
from accounts.roles import Permission
from queues.audit.people import queries as people
from queues.audit.people.behind import Only, reviews_behind
from queues.audit.people.reading import LOOK_AT
from queues.errors import NotFound
from queues.ingest.queries import beginnings_of
from queues.models import Decision
from queues.newest import PAGE_SIZE
from queues.review import care
from queues.web.paging import address, number
from queues.web.parameters import one_of, takes
from queues.web.queue_of import narrowed_to, queues_of

TABS: Mapping[Only, Promise] = {
    Only.ALL: lazy("All reviews (%(n)d)"),
    Only.JUDGED: lazy("A lead judged (%(n)d)"),
    Only.OVERRULED: lazy("Decided otherwise (%(n)d)"),
    Only.AGAIN: lazy("The same again (%(n)d)"),
    Only.CORRECTED: lazy("Corrections compared (%(n)d)"),
}


@needs(Permission.SETTLE)
@require_safe
@takes("queue", "only", "after")
def reviews(request: ProjectRequest, *, person_id: int) -> HttpResponse:
    """?queue= of one queue, ?only= which of them, ?after= turns the page."""
    who = Person.objects.filter(pk=person_id, memberships__project=request.project).first()
    if who is None:
        raise NotFound(_("There is no such person in this project, or their figures are not yours to see."))
    queue = narrowed_to(request, queues_of(request))
    if request.method == "GET":
        people.note_reading(request.project.pk, by=request.actor, person_id=person_id)
    behind = reviews_behind(request.project.pk, person_id, queue_id=queue.pk if queue else None)
    only = one_of(request, "only", Only, Only.ALL)
    start = number(request, "after") or 0
    rows = behind.lists[only][start : start + PAGE_SIZE]
    shown = [one.prediction_id for one in rows]
    context = {
        "who": who,
        "queue": queue,
        "tabs": [
            {
                "label": words % {"n": len(behind.lists[one])},
                "url": address(request, only=one.value or None, after=None),
                "is_current": one == only,
            }
            for one, words in TABS.items()
        ],
        "rows": [(one, one.item_id in behind.under_review) for one in rows],
        "beginnings": beginnings_of(shown),
        "n_held_back": behind.n_held_back if only == Only.CORRECTED else 0,
        "veiled": care.veiled_for(request.user.pk, shown),
        "labels": {decision.value: decision.label for decision in Decision},
        "look_at": LOOK_AT,
        "previous_url": address(request, after=None) if start else "",
        "next_url": address(request, after=start + PAGE_SIZE)
        if len(behind.lists[only]) > start + PAGE_SIZE
        else "",
    }
    return render(request, "people/reviews.html", context)
