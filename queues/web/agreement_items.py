"""The items behind a figure of agreement: what was said of each, without who said it."""

from datetime import date

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
from queues.models import FormVersion
from queues.newest import PAGE_SIZE
from queues.review import care
from queues.web.agreement import is_drawn_only, value_words
from queues.web.agreement_groups import BY_WORDS, name_of
from queues.web.labels import labels_of_versions
from queues.web.paging import address, number
from queues.web.parameters import choice, is_asked, takes, wrong
from queues.web.queue_of import queue_shown


@needs(Permission.READ)
@require_safe
@takes("queue", "question", "by", "name", "version", "differing", "only", "person", "after")
def behind(request: ProjectRequest) -> HttpResponse:
    """?by= and ?name= choose a group, ?version= a version of the form, ?differing= where people differ.

    ?person= asks for what one person answered: for leads, whose look is recorded.
    """
    queue = queue_shown(request)
    wanted = _wanted(request)
    key = request.GET.get("question") or DECISION
    who = _person(request, wanted)
    if wanted.version and not FormVersion.objects.filter(queue=queue, version=wanted.version).exists():
        raise NotFound(_("The form of this queue has no such version. Choose one on the page by guideline."))
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
    by, name = _group_asked(request)
    return Wanted(
        by=by,
        name=name,
        version=number(request, "version"),
        differing=is_asked(request, "differing"),
        drawn_only=is_drawn_only(request),
        person_id=number(request, "person"),
    )


def _group_asked(request: ProjectRequest) -> tuple[By, str]:
    """What items are told apart by, and the name of the group; a name may be empty, as a language can be."""
    by, name = choice(request, "by", BY_WORDS), request.GET.get("name")
    if name is None:  # "week" without a day is meant for the page of weeks: here it asks for all
        return By.ALL, ""
    if not by:
        raise wrong("by", _("Choose one of: %(choices)s.") % {"choices": ", ".join(BY_WORDS)})
    if by == By.WEEK and not _is_day(name):
        raise wrong("name", _("Give the Monday of the week, as in 2026-11-23."))
    return By(by), name


def _is_day(text: str) -> bool:
    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False


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
    """The group in words."""
    if wanted.by == By.ALL:
        return ""
    return f"{BY_WORDS[wanted.by].head}: {name_of(wanted.name, wanted.by)}"
