"""Writes of policies: a new version, which is immutable, and which version is in force."""

import secrets
from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from accounts import events
from accounts.actor import Actor
from accounts.models import Project
from queues.errors import Fault, Invalid, Taken, WrongState
from queues.models import Policy, PolicyActivation, Queue
from queues.reasons import is_reason
from queues.route import queries
from queues.route.policy_document import PolicyDocument, parse

ANY_VERSION = 0  # as `instead_of`: whichever is in force
REASON_MOST = 2_000
_SALT_BYTES = 32  # stored as 64 hexadecimal digits


@transaction.atomic
def new_version(
    project_id: int,
    *,
    document: Mapping[str, Any],
    by: Actor,
    reason: str,
    rotate_salt: bool = False,
    first_salt: str | None = None,
) -> Policy:
    """Store the next version of a project's policy, not yet in force.

    It keeps the audit salt of the version before, so that the same predictions stay in the audit sample;
    rotate_salt draws a new one. What the document left out is written down as it is today. first_salt: of a
    project's first policy, where draws that anybody can foresee do no harm: example data.
    """
    parsed = parse(document)
    _check_reason(reason)
    _check_queues(project_id, parsed)
    lock(project_id)
    latest = Policy.objects.filter(project=project_id).order_by("-version").first()
    salt = latest.salt if latest and not rotate_salt else secrets.token_hex(_SALT_BYTES)
    policy = Policy.objects.create(
        project_id=project_id,
        version=latest.version + 1 if latest else 1,
        document=parsed.model_dump(mode="json", by_alias=True),
        salt=first_salt if first_salt and latest is None else salt,
        author_id=by.person_id,
        reason=reason,
    )
    policy.refresh_from_db(fields=["created_at"])  # the database's clock
    events.record(
        project_id=project_id,
        kind="policy.created",
        by=by,
        subject_kind="policy",
        subject_id=policy.pk,
        after={"version": policy.version, "salt_rotated": rotate_salt or latest is None},
        reason=reason,
    )
    return policy


@transaction.atomic
def activate(
    project_id: int, number: int, *, by: Actor, reason: str, instead_of: int | None = ANY_VERSION
) -> Policy:
    """Put one version in force from now on; what was routed before stays as it is.

    instead_of: the version that was in force when the caller looked (None: none was). Taken when another one
    is by now. WrongState when the rules of this version cannot work any more.
    """
    _check_reason(reason)
    lock(project_id)
    policy = queries.version(project_id, number)
    if policy.is_active:
        return policy
    present = Policy.objects.filter(project=project_id, is_active=True).defer("salt", "document").first()
    before = present.version if present else None
    if instead_of not in (ANY_VERSION, before):
        raise Taken(
            _(
                "Another version was put in force since you looked. Look at what would change now, and decide"
                " again."
            )
        )
    _check_usable(policy)
    Policy.objects.filter(project=project_id, is_active=True).update(is_active=False)
    Policy.objects.filter(pk=policy.pk).update(is_active=True)
    policy.is_active = True
    PolicyActivation.objects.create(
        project_id=project_id, policy=policy, before=present, by_id=by.person_id, reason=reason
    )
    events.record(
        project_id=project_id,
        kind="policy.activated",
        by=by,
        subject_kind="policy",
        subject_id=policy.pk,
        before={"version": before},
        after={"version": policy.version},
        reason=reason,
    )
    return policy


def lock(project_id: int) -> None:
    """Until the end of the transaction nobody else changes this project's policies."""
    Project.objects.select_for_update(no_key=True).get(pk=project_id)


def _check_reason(reason: str) -> None:
    if not is_reason(reason, most=REASON_MOST):
        detail = _("Say why, for those who will read the history, in at most %(n)d characters.")
        fault = Fault("/reason", "reason.empty", detail % {"n": REASON_MOST})
        raise Invalid(_("A policy is changed with a reason."), [fault])


def _check_usable(policy: Policy) -> None:
    """A version that was stored long ago may say what this program, or this project, no longer knows."""
    try:
        _check_queues(policy.project_id, parse(policy.document))
    except Invalid as error:
        names = sorted({str(_queue_at(policy, fault)) for fault in error.faults if _is_unknown_queue(fault)})
        if not names:
            raise WrongState(
                _("Version %(n)s is not valid any more. Edit it as a draft and store it as a new version.")
                % {"n": policy.version}
            ) from error
        raise WrongState(
            _(
                "Version %(n)s sends to queues that this project does not have: %(queues)s. Edit it as a"
                " draft and store it as a new version."
            )
            % {"n": policy.version, "queues": ", ".join(names)}
        ) from error


def _is_unknown_queue(fault: Fault) -> bool:
    return fault.code == "policy.queue_unknown"


def _queue_at(policy: Policy, fault: Fault) -> object:
    """The queue that the rule of this fault names."""
    return policy.document["rules"][int(fault.pointer.split("/")[2])]["queue"]


def _check_queues(project_id: int, document: PolicyDocument) -> None:
    """Rules send to queues of this project only, and to none that was closed."""
    there = Queue.objects.filter(project=project_id, slug__in=document.queues, archived_at=None)
    found = set(there.values_list("slug", flat=True))
    faults = [
        Fault(f"/rules/{place}/queue", "policy.queue_unknown", _("This project has no queue of this name."))
        for place, rule in enumerate(document.rules)
        if rule.queue not in found
    ]
    if faults:
        raise Invalid(_("The policy names queues that this project does not have."), faults)
