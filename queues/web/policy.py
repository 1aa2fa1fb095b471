"""The policy of a project: the rules in force as sentences and what they did; versions, drafts, dry runs."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from itertools import pairwise
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts.gate import ProjectRequest, needs
from accounts.roles import Permission
from queues.models import Policy, PolicyActivation
from queues.monitor.rule_activity import Activity, Did, activity
from queues.route import drafts, queries
from queues.route.changes import Change, changes
from queues.route.dry_run import asking
from queues.route.rule import Rule
from queues.web.policy_changes import ShownChange, in_words
from queues.web.policy_text import text_of
from queues.web.sentences import label_of, rules_of, sentence_of, terms_of
from queues.web.sentences.words import Text

VERSIONS_SHOWN = 50
DRY_RUNS_SHOWN = 5
UNDO_WITHIN = timedelta(minutes=10)
LASTS = (1_000, 10_000, 100_000)


@dataclass(frozen=True, slots=True)
class RuleLine:
    """One rule in words, and what it did."""

    rule: Rule
    sentence: str
    terms: str
    label: Text
    did: Did


@dataclass(frozen=True, slots=True)
class VersionLine:
    """One version with what it changed against the one before, counted."""

    policy: Policy
    changes: Sequence[Change]

    def _count(self, what: str) -> int:
        return sum(change.what == what for change in self.changes)

    @property
    def added(self) -> int:
        return self._count("added")

    @property
    def removed(self) -> int:
        return self._count("removed")

    @property
    def changed(self) -> int:
        return self._count("changed") + self._count("moved")


@needs(Permission.READ)
@require_safe
def policy(request: ProjectRequest) -> HttpResponse:
    """The active policy in words; the salt never leaves the server."""
    project_id = request.project.pk
    versions = list(queries.versions(project_id)[: VERSIONS_SHOWN + 1])
    active = queries.versions(project_id).filter(is_active=True).first()
    did = activity(project_id, now=timezone.now()) if active else Activity()
    activations = list(queries.activations(project_id)[:20])
    context = {
        "versions": _lines(versions),
        "has_more_versions": len(versions) > VERSIONS_SHOWN,
        "active": active,
        "rules": rule_lines(active.document, did) if active else [],
        "activity": did,
        "activations": activations,
        "undo": undo_of(activations, request),
        "drafts": list(drafts.drafts_of(project_id)[:20]),
        "dry_runs": asking.newest(project_id, DRY_RUNS_SHOWN),
        "may_tune": Permission.TUNE in request.permissions,
        "lasts": LASTS,
    }
    return render(request, "policy/page.html", context)


@needs(Permission.READ)
@require_safe
def version(request: ProjectRequest, *, version: int) -> HttpResponse:
    """One version: its rules, what it changed, and what can be done with it."""
    found = queries.version(request.project.pk, version)
    against, shown = _against(request, found)
    own = drafts.draft_of(request.project.pk, request.user.pk)
    context = {
        "policy": found,
        "rules": rule_lines(found.document, Activity()),
        "against": against,
        "changes": shown,
        "others": list(queries.versions(request.project.pk).exclude(pk=found.pk)[:VERSIONS_SHOWN]),
        "draft": own if own.pk else None,
        "text": text_of(found.document),
        "may_tune": Permission.TUNE in request.permissions,
        "lasts": LASTS,
    }
    return render(request, "policy/version.html", context)


def rule_lines(document: Mapping[str, Any], did: Activity) -> list[RuleLine]:
    """The rules of a stored document, each with what it did; empty when this program cannot read it."""
    return [
        RuleLine(rule, sentence_of(rule), terms_of(rule), label_of(rule.kind), did.of(rule.name))
        for rule in rules_of(document)
    ]


def undo_of(activations: Sequence[PolicyActivation], request: ProjectRequest) -> PolicyActivation | None:
    """The activation that this person has just made and may take back."""
    last = activations[0] if activations else None
    if last is None or last.before is None or last.by_id != request.user.pk:
        return None
    is_fresh = timezone.now() - last.at < UNDO_WITHIN
    return last if is_fresh and Permission.TUNE in request.permissions else None


def _lines(versions: Sequence[Policy]) -> list[VersionLine]:
    """Newest first; the one more that was read is only compared with."""
    before = {later.version: earlier for later, earlier in pairwise(versions)}
    return [
        VersionLine(
            policy,
            changes(before[policy.version].document if policy.version in before else {}, policy.document),
        )
        for policy in versions[:VERSIONS_SHOWN]
    ]


def _against(request: ProjectRequest, found: Policy) -> tuple[Policy | None, list[ShownChange]]:
    """The version to compare with, by default the one before, and what changed since."""
    asked = request.GET.get("against", "")
    number = int(asked) if asked.isascii() and asked.isdigit() and len(asked) < 10 else found.version - 1
    against = queries.version(request.project.pk, number) if number > 0 else None
    return against, in_words(changes(against.document if against else {}, found.document))
