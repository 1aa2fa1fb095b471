"""The items behind a figure of agreement: what was said of each, without who said it."""

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts.gate import ProjectRequest, needs
from accounts.models import Person
from accounts.roles import Permission
from queues.agree import behind as agree
from queues.agree.asked import DECISION
from queues.agree.behind import Wanted
from queues.agree.histogram import By
from queues.agree.people import note_reading
from queues.agree.shared_items import LOOK_AT
from queues.errors import NotFound
from queues.ingest.queries import beginnings_of
from queues.newest import PAGE_SIZE
from queues.review import care
from queues.web.agreement import chosen_of, is_drawn_only, queues_of, value_words
from queues.web.agreement_groups import BY_WORDS, name_of
from queues.web.labels import labels_of_versions
from queues.web.paging import address, number


@needs(Permission.READ)
@require_safe
def behind(request: ProjectRequest) -> HttpResponse:
    """?by= and ?name= choose a group, ?version= a version of the form, ?differing= where people differ.

    ?person= asks for what one person answered: for leads, whose look is recorded.
    """
    queue = chosen_of(request, queues_of(request))
    if queue is None:
        raise NotFound(_("There is no such queue in this project. Choose one from the list of queues."))
    wanted = _wanted(request)
    key = request.GET.get("question") or DECISION
    who = _person(request, wanted)
    found = agree.behind(queue, key=key, wanted=wanted)
    if who and request.method == "GET":
        note_reading(queue, by=request.actor, key=key, people=[who.pk])
    labels = labels_of_versions([queue.form])
    start = number(request, "after") or 0
    rows = found.rows[start : start + PAGE_SIZE]
    shown = [row.item.prediction_id for row in rows]
    context = {
        "queue": queue,
        "beginnings": beginnings_of(shown),
        "veiled": care.veiled_for(request.user.pk, shown),
        "asked": found.asked,
        "n_items": len(found.rows),
        "rows": [(row, [value_words(key, answer, labels) for answer in row.answers]) for row in rows],
        "is_all": found.is_all,
        "look_at": LOOK_AT,
        "wanted": wanted,
        "who": who,
        "group": _group(wanted),
        "differing_url": address(request, differing=None if wanted.differing else "yes", after=None),
        "previous_url": address(request, after=None) if start else "",
        "next_url": address(request, after=start + PAGE_SIZE) if len(found.rows) > start + PAGE_SIZE else "",
    }
    return render(request, "agreement/items.html", context)


def _wanted(request: ProjectRequest) -> Wanted:
    """ "week" without a day is meant for the page of weeks: here it asks for all."""
    by, name = request.GET.get("by", ""), request.GET.get("name")
    is_group = by in BY_WORDS and name is not None
    return Wanted(
        by=By(by) if is_group else By.ALL,
        name=name or "" if is_group else "",
        version=number(request, "version"),
        differing="differing" in request.GET,
        drawn_only=is_drawn_only(request),
        person_id=number(request, "person"),
    )


def _person(request: ProjectRequest, wanted: Wanted) -> Person | None:
    """Whose items are asked for; nobody but leads learns who answered what."""
    if wanted.person_id is None:
        return None
    may_see = Permission.SETTLE in request.permissions
    found = Person.objects.filter(pk=wanted.person_id, memberships__project=request.project).first()
    if found is None or not may_see:
        raise NotFound(_("There is no such person in this project, or their figures are not yours to see."))
    return found


def _group(wanted: Wanted) -> str:
    """The group in words; a week that is none stands as it was sent."""
    if wanted.by == By.ALL:
        return ""
    try:
        return f"{BY_WORDS[wanted.by].head}: {name_of(wanted.name, wanted.by)}"
    except ValueError:
        return wanted.name
