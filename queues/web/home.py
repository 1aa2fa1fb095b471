"""Home: my projects, and my queues as an annotator sees them."""

from datetime import timedelta

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts import permissions
from accounts.actor import Actor
from accounts.gate import PersonRequest, signed_in
from accounts.models import Person, Project
from accounts.roles import Permission
from queues.adjudicate import queries as adjudicate
from queues.assign import aside
from queues.assign import queries as assign
from queues.assign.policy import start_of_day
from queues.curate.checks import questions
from queues.models import UNFINISHED, Draft, ItemState, Mention, Queue, Slot
from queues.review import care, my_drafts, notes
from queues.review.my_drafts import Standing
from queues.web.drafts import excerpt_of
from queues.web.history import last_decisions
from queues.web.my_verdicts import settled_by
from queues.web.way_in import put_on_cards

DRAFTS_SHOWN = 10
DECISIONS_SHOWN = 8
SETTLED_SHOWN = 3
MENTIONS_SHOWN = 3
MENTIONS_FOR = timedelta(days=7)


@signed_in
@require_safe
def home(request: PersonRequest) -> HttpResponse:
    """My projects; one card per queue I may review in; my drafts and my last decisions."""
    projects = list(permissions.annotate_held(permissions.of_person(request.user), request.user.pk))
    mine = [project for project in projects if Permission.REVIEW in permissions.noted_on(project)]
    cards = assign.cards_for(request.user.pk, _queues_of(mine), today=start_of_day())
    decisions = last_decisions(request.actor, [one.pk for one in mine], size=DECISIONS_SHOWN).rows
    drafts = _drafts_of(request.user, mine)
    settled = settled_by(request.actor, _ids(projects, Permission.SETTLE), size=SETTLED_SHOWN).rows
    texts = [one.review.item for one in decisions] + [one.verdict.item for one in settled]
    texts += [draft.item for draft, _standing, _text in drafts]
    reads = frozenset(one.pk for one in mine if Permission.READ in permissions.noted_on(one))
    context = {
        "ways": put_on_cards(cards, request.user.pk, reads=reads),
        "veiled": care.veiled_for(request.user.pk, [item.prediction_id for item in texts]),
        "projects": [(one, Permission.READ in permissions.noted_on(one)) for one in projects],
        "cards": cards,
        "first": next((card for card in cards if card.can_start), None),
        "reviews": bool(mine),
        "mine": mine,
        "own_project": mine[0] if len(mine) == 1 else None,
        "kept": _kept_by(request.actor, mine),
        "mentions": _mentions_of(request.user, projects),
        "drafts": drafts,
        "for_leads": _for_leads(projects),
        "decisions": decisions,
        "settled": settled,
    }
    return render(request, "home/page.html", context)


def _ids(projects: list[Project], permission: Permission) -> list[int]:
    return [one.pk for one in projects if permission in permissions.noted_on(one)]


def _for_leads(projects: list[Project]) -> list[tuple[Project, int, int]]:
    """(project, disputes, questions about hidden checks) where something waits for this person as a lead."""
    leads = [one for one in projects if Permission.SETTLE in permissions.noted_on(one)]
    disputes = adjudicate.counts_of([one.pk for one in leads])
    asked = questions.counts_of([one.pk for one in leads])
    lines = [(one, disputes.get(one.pk, 0), asked.get(one.pk, 0)) for one in leads]
    return [line for line in lines if line[1] or line[2]]


def _queues_of(projects: list[Project]) -> list[Queue]:
    there = Queue.objects.filter(project__in=projects, archived_at=None)
    return list(there.select_related("project").order_by("project__name", "name"))


def _drafts_of(person: Person, projects: list[Project]) -> list[tuple[Draft, Standing, str]]:
    """The drafts on which the person may still go on, with where each stands; not those kept for later."""
    project_ids = [project.pk for project in projects]
    found = my_drafts.drafts_of(person.pk, project_ids, but_for=[Standing.KEPT])
    drafts = found.filter(item__state__in=(*UNFINISHED, ItemState.CHECK)).order_by("-saved_at")
    is_over = {"item__state": ItemState.CHECK, "standing": Standing.OVER}
    drafts = drafts.exclude(**is_over)
    return [(draft, my_drafts.standing_of(draft), excerpt_of(draft)) for draft in drafts[:DRAFTS_SHOWN]]


def _mentions_of(person: Person, projects: list[Project]) -> list[Mention]:
    """The newest notes that name the person, such as a lead's answer to a question."""
    found = notes.mentions_of(person.pk, *(project.pk for project in projects))
    new = found.filter(note__created_at__gte=timezone.now() - MENTIONS_FOR)
    return list(new.order_by("-id")[:MENTIONS_SHOWN])


def _kept_by(by: Actor, projects: list[Project]) -> list[Slot]:
    """What the person keeps for later."""
    kept = aside.kept_by(by, *(project.pk for project in projects))
    return list(kept.select_related("queue__project", "item__prediction"))
