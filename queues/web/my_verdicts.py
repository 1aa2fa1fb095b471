"""What I have settled as a lead: what I decided, what became of it, and the way to reopen it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.functional import Promise
from django.views.decorators.http import require_safe

from accounts.actor import Actor
from accounts.gate import ProjectRequest, needs
from accounts.roles import Permission
from queues.audit import my_verdicts
from queues.audit.my_verdicts import Fate
from queues.models import Decision, Verdict
from queues.newest import PAGE_SIZE, Page
from queues.review import care
from queues.web.paging import number, pager
from queues.web.parameters import choice, takes
from queues.web.queue_of import narrowed_to, queues_of


@dataclass(frozen=True, slots=True)
class MyVerdict:
    """One verdict of mine; now: what holds instead, "" where mine does or nothing. Both may be reopened or
    settled on the desk of their item, by any lead.
    """

    verdict: Verdict
    fate: Fate
    now: str
    now_label: str | Promise


@needs(Permission.SETTLE)
@require_safe
@takes("queue", "became", "before")
def settled(request: ProjectRequest) -> HttpResponse:
    """All that I settled in this project, newest first; ?queue= and ?became= narrow it."""
    queues = queues_of(request)
    queue, became = narrowed_to(request, queues), choice(request, "became", Fate.values)
    page = settled_by(
        request.actor,
        [request.project.pk],
        queue_id=queue.pk if queue else None,
        fate=became,
        before=number(request, "before"),
    )
    context = {
        "settled": page.rows,
        "queues": queues,
        "queue": queue,
        "became": became,
        "fates": Fate.choices,
        "is_narrowed": bool(queue or became),
        "veiled": care.veiled_for(request.user.pk, [one.verdict.item.prediction_id for one in page.rows]),
        "pager": pager(request, page),
    }
    return render(request, "history/settled.html", context)


def settled_by(
    by: Actor,
    project_ids: Sequence[int],
    *,
    queue_id: int | None = None,
    fate: str = "",
    before: int | None = None,
    size: int = PAGE_SIZE,
) -> Page[MyVerdict]:
    """The newest that I settled in these projects; one statement."""
    page = my_verdicts.verdicts_of(
        by.as_person(), project_ids, queue_id=queue_id, fate=fate, before=before, size=size
    )
    return Page([_mine(one) for one in page.rows], page.next_before, page.has_more_matches)


def _mine(verdict: Verdict) -> MyVerdict:
    told: Any = verdict  # with what `verdicts_of` has noted on it
    fate = Fate(told.fate)
    now = told.now_decision if fate == Fate.REPLACED else ""
    return MyVerdict(verdict, fate, now, Decision(now).label if now else "")
