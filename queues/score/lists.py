"""Writes of word lists: a new version, which is immutable, and which version is in force."""

import logging
import re
from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from accounts import events
from accounts.actor import SYSTEM, Actor
from accounts.models import Project
from queues.errors import Fault, Invalid, WrongState
from queues.models import LIST_NAME, WordList
from queues.reasons import is_reason
from queues.score import list_queries
from queues.score.list_document import parse

log = logging.getLogger(__name__)

ACTIVE_MOST = 50  # lists of one project: each costs microseconds per prediction
REASON_MOST = 2_000
_NAME = re.compile(rf"{LIST_NAME}\Z")
_RESERVED = frozenset({"new", "try"})  # addresses of pages


@transaction.atomic
def new_version(
    project_id: int, name: str, *, document: Mapping[str, Any], by: Actor, reason: str
) -> WordList:
    """Store the next version of the list `name`, not yet in force; a new name begins a new list."""
    faults = [*_faults_of_name(name), *_faults_of_reason(reason)]
    parsed = parse(document)
    if faults:
        raise Invalid(_("The list was not stored: correct what is named and send it again."), faults)
    _lock(project_id)
    latest = WordList.objects.filter(project=project_id, name=name).order_by("-version").first()
    row = WordList.objects.create(
        project_id=project_id,
        name=name,
        version=latest.version + 1 if latest else 1,
        kind=parsed.kind,
        entries=list(parsed.entries),
        category=parsed.category,
        severity=parsed.severity_number,
        target=parsed.target,
        locale=parsed.locale,
        author_id=by.person_id,
        reason=reason,
    )
    row.refresh_from_db(fields=["created_at"])  # the database's clock
    _record(row, "list.created", by, after={"name": name, "version": row.version}, reason=reason)
    return row


@transaction.atomic
def activate(project_id: int, name: str, version: int, *, by: Actor, reason: str) -> WordList:
    """Put one version in force for what arrives from now on."""
    _check_reason(reason)
    _lock(project_id)
    row = list_queries.version_of(project_id, name, version)
    if row.is_active:
        return row
    active = WordList.objects.filter(project=project_id, is_active=True)
    before = active.filter(name=name).values_list("version", flat=True).first()
    if before is None and active.count() >= ACTIVE_MOST:
        raise WrongState(
            _("%(max)d lists are active already. Switch one off first, or put entries together.")
            % {"max": ACTIVE_MOST}
        )
    active.filter(name=name).update(is_active=False)
    WordList.objects.filter(pk=row.pk).update(is_active=True, too_slow_ms=None)
    row.is_active, row.too_slow_ms = True, None
    after = {"name": name, "version": version}
    _record(row, "list.activated", by, before={"version": before}, after=after, reason=reason)
    return row


@transaction.atomic
def deactivate(project_id: int, name: str, *, by: Actor, reason: str) -> WordList:
    """Switch the list off; what it found stays found."""
    _check_reason(reason)
    _lock(project_id)
    row = WordList.objects.filter(project=project_id, name=name, is_active=True).first()
    if row is None:
        raise WrongState(_("No version of this list is active, so there is nothing to switch off."))
    WordList.objects.filter(pk=row.pk).update(is_active=False)
    row.is_active = False
    _record(row, "list.deactivated", by, before={"name": name, "version": row.version}, reason=reason)
    return row


def switch_off(list_id: int, *, milliseconds: int) -> bool:
    """The program's own switch: this version took too long on a text. Whether it was active until now."""
    with transaction.atomic():
        is_ours = WordList.objects.filter(pk=list_id, is_active=True).update(
            is_active=False, too_slow_ms=milliseconds
        )
        if not is_ours:
            return False
        row = WordList.objects.get(pk=list_id)
        told = {"name": row.name, "version": row.version, "milliseconds": milliseconds}
        reason = _("It took longer than its budget on a text.")
        _record(row, "list.switched_off", SYSTEM, after=told, reason=reason)
    log.warning("word list %d was switched off: %d ms on one text", list_id, milliseconds)
    return True


def _lock(project_id: int) -> None:
    """Until the end of the transaction nobody else changes this project's lists."""
    Project.objects.select_for_update(no_key=True).get(pk=project_id)


def _faults_of_name(name: str) -> list[Fault]:
    if _NAME.match(name) and name not in _RESERVED:
        return []
    detail = _("Use 1 to 60 small letters, digits and hyphens; not “new” or “try”.")
    return [Fault("/name", "list.name", detail)]


def _faults_of_reason(reason: str) -> list[Fault]:
    if is_reason(reason, most=REASON_MOST):
        return []
    detail = _("Say why, for those who will read the history, in at most %(max)d characters.")
    return [Fault("/reason", "reason.empty", detail % {"max": REASON_MOST})]


def _check_reason(reason: str) -> None:
    if faults := _faults_of_reason(reason):
        raise Invalid(_("A list is changed with a reason."), faults)


def _record(
    row: WordList,
    kind: str,
    by: Actor,
    *,
    before: events.Facts = None,
    after: events.Facts = None,
    reason: str,
) -> None:
    events.record(
        project_id=row.project_id,
        kind=kind,
        by=by,
        subject_kind="word_list",
        subject_id=row.pk,
        before=before,
        after=after,
        reason=reason,
    )
