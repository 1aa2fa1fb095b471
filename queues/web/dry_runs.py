"""Dry runs on pages: ask, follow, read the report, ask no more."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.gate import ProjectRequest, needs
from accounts.roles import Permission
from queues.errors import Fault, Invalid
from queues.route import drafts
from queues.route.dry_run import asking
from queues.route.dry_run.report import Example, QueueCount, Report, RuleCount
from queues.web.policy import LASTS
from queues.web.sentences import label_of, reason_of
from queues.web.under_way import progress_of, standing

MATRIX_MOST = 8  # rules; beyond that pairs are listed
PAIRS_SHOWN = 30
DAYS_SHOWN = 31
_A_DAY_AT_LEAST = 1 / 24  # of a day: what came within less says nothing about a day


@dataclass(frozen=True, slots=True)
class Load:
    """What a queue would get a day against what its people do. None: it cannot be told."""

    count: QueueCount
    items_a_day: float | None
    reviews_a_day: float | None

    @property
    def grows_by(self) -> float | None:
        """Reviews a day more than people do; negative: it shrinks."""
        if self.reviews_a_day is None or self.count.pace is None:
            return None
        return self.reviews_a_day - self.count.pace

    @property
    def empties_in_days(self) -> float | None:
        grows = self.grows_by
        return self.count.waiting / -grows if grows is not None and grows < 0 else None


@dataclass(frozen=True, slots=True)
class ShownExample:
    """One prediction with its reasons in words."""

    example: Example
    reasons: Sequence[tuple[str, str]]


@needs(Permission.TUNE)
@require_POST
def ask(request: ProjectRequest) -> HttpResponse:
    """Ask what one's draft, or a version, would have sent of the last predictions."""
    last, version = _last(request), request.POST.get("version", "")
    if version:
        number = int(version) if version.isascii() and version.isdigit() and len(version) < 10 else 0
        asked = asking.ask(request.project.pk, last=last, by=request.actor, version=number)
    else:
        draft = drafts.draft_of(request.project.pk, request.user.pk)
        asked = asking.ask(request.project.pk, last=last, by=request.actor, document=draft.document)
    return redirect("web:dry-run", request.project.slug, asked.run.pk)


@needs(Permission.READ)
@require_safe
def dry_run(request: ProjectRequest, *, number: int) -> HttpResponse:
    """How far it is, or what it found."""
    asked = asking.asked_for(request.project.pk, number)
    context = standing(request, asked)
    if (report := asked.report) is not None:
        context |= report_context(report)
    return render(request, "policy/dry_run.html", context)


@needs(Permission.READ)
@require_safe
def progress(request: ProjectRequest, *, number: int) -> HttpResponse:
    """How far it is, as a fragment that asks again; when it is over the page is loaded anew."""
    asked = asking.asked_for(request.project.pk, number)
    return progress_of(request, asked, template="policy/_progress.html")


@needs(Permission.TUNE)
@require_POST
def cancel(request: ProjectRequest, *, number: int) -> HttpResponse:
    """Ask no more."""
    asking.cancel(request.project.pk, number, by=request.actor)
    return redirect("web:dry-run", request.project.slug, number)


def report_context(report: Report) -> dict[str, Any]:
    """What the page of a finished dry run shows."""
    difference = report.difference
    return {
        "report": report,
        "share": report.sent / report.looked_at if report.looked_at else None,
        "rules": [
            (line, label_of(line.kind), [_example(one) for one in line.examples]) for line in report.rules
        ],
        "matrix": _matrix(report),
        "pairs": report.overlaps[:PAIRS_SHOWN],
        "loads": [_load(line, report.days) for line in report.queues],
        "days": _days(report),
        "differences": [
            (label, number, [_example(one) for one in difference.examples.get(name, ())])
            for name, label, number in (
                ("newly_sent", _("newly sent"), difference.newly_sent),
                ("no_longer_sent", _("no longer sent"), difference.no_longer_sent),
                ("moved", _("sent to another queue"), difference.moved),
            )
        ]
        if difference
        else [],
        "missing": [(name, n) for name, n in report.missing.items() if n],
    }


def _last(request: ProjectRequest) -> int:
    text = request.POST.get("last", "")
    if text not in {str(last) for last in LASTS}:
        fault = Fault("/last", "dry_run.last", _("Choose one of the numbers offered."))
        raise Invalid(_("The dry run was not asked for: say over how many predictions."), [fault])
    return int(text)


def _example(example: Example) -> ShownExample:
    return ShownExample(example, [(reason["rule"], reason_of(reason)) for reason in example.reasons])


def _load(count: QueueCount, days: float) -> Load:
    if days < _A_DAY_AT_LEAST:
        return Load(count, None, None)
    return Load(count, (count.items - count.repeats) / days, count.reviews / days)


def _matrix(report: Report) -> list[tuple[RuleCount, list[int | None]]]:
    """Rule × rule: how many both picked; None on the diagonal. Empty when there are too many, or too few."""
    if not 2 <= len(report.rules) <= MATRIX_MOST:
        return []
    both = {frozenset(overlap.rules): overlap.picked for overlap in report.overlaps}
    names = [rule.name for rule in report.rules]
    return [
        (rule, [None if rule.name == name else both.get(frozenset((rule.name, name)), 0) for name in names])
        for rule in report.rules
    ]


def _days(report: Report) -> list[tuple[date, list[int]]]:
    """Day → items of each queue, in the order of the queues; the newest DAYS_SHOWN."""
    by_queue = [dict(line.days) for line in report.queues]
    days = sorted({day for counts in by_queue for day in counts})[-DAYS_SHOWN:]
    return [(day, [counts.get(day, 0) for counts in by_queue]) for day in days]
