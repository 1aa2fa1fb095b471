"""What happens to a person's work when the account is deactivated: one transaction, and nothing is lost.

And when they are removed from a project, there.
"""

from dataclasses import dataclass

from django.db import transaction
from django.db.models import QuerySet
from django.db.models.functions import Now
from django.utils.translation import gettext as _

from accounts import actions as accounts
from accounts.actor import Actor
from accounts.models import ApiKey, Membership, Person, Project
from queues.assign.actions import free_held_by
from queues.errors import Invalid
from queues.models import Draft, Slot, SlotState
from queues.reasons import faults_of_reason

REASON_LONGEST = 500


@dataclass(frozen=True, slots=True)
class Holdings:
    """What a person has, in all projects: items that they hold, drafts, living API keys, memberships."""

    leases: int
    drafts: int
    keys: int
    projects: int


def holdings_of(person: Person) -> Holdings:
    """Four counts, each over the rows of this person only."""
    living = ApiKey.objects.filter(person=person, revoked_at=None, expires_at__gt=Now())
    return Holdings(
        leases=_held(person).count(),
        drafts=Draft.objects.filter(person=person).count(),
        keys=living.count(),
        projects=Membership.objects.filter(person=person).count(),
    )


@transaction.atomic
def deactivate(person: Person, *, by: Actor, reason: str) -> int:
    """Nobody acts as this person any more; how many items went back to the others. Drafts stay.

    Keys are refused and sessions end at once. What a request of theirs takes at this very moment goes back
    when its lease ends. Raises NotAllowed and WrongState as `accounts.actions.set_active` does.
    """
    _check_reason(reason, _("The account was not deactivated."))
    accounts.set_active(person, is_active=False, by=by, reason=reason.strip())
    project_ids = sorted(set(_held(person).values_list("queue__project", flat=True)))
    return sum(free_held_by(person.pk, project_id=project_id, by=by) for project_id in project_ids)


def reactivate(person: Person, *, by: Actor, reason: str) -> None:
    """The person signs in again, with the password they had; drafts and living keys are there."""
    _check_reason(reason, _("The account was not reactivated."))
    accounts.set_active(person, is_active=True, by=by, reason=reason.strip())


@transaction.atomic
def remove(person: Person, project: Project, *, by: Actor) -> int:
    """The person is no member of this project any more; how many items of it went back. Drafts stay.

    The membership ends first, so that what was claimed before that is seen. Raises what ending it does.
    """
    accounts.remove(project, person=person, by=by)
    return free_held_by(person.pk, project_id=project.pk, by=by)


def _check_reason(reason: str, refusal: str) -> None:
    missing = _("Say why: it is kept in the log.")
    if faults := faults_of_reason(reason.strip(), most=REASON_LONGEST, missing=missing):
        raise Invalid(refusal, faults)


def _held(person: Person) -> QuerySet[Slot]:
    return Slot.objects.filter(person=person, state=SlotState.LEASED)
