"""What a lead says of a person's work in a project: languages, skills, how much, and pauses."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.actor import Actor
from accounts.models import Membership, Person
from queues.assign import further, person_events
from queues.assign.actions import free_held_by
from queues.assign.policy import is_paused
from queues.errors import Fault, Invalid, NotFound, WrongState
from queues.models import DAILY_LIMIT_MOST, WorkProfile
from queues.numbers import localized
from queues.reasons import is_reason
from queues.score.detectors import taxonomy

LANGUAGE = re.compile(r"[a-z]{2,3}")
SKILL = re.compile(r"[a-z0-9][a-z0-9_-]{0,39}")
MOST = 20  # languages, and skills
REASON_LONGEST = 500


def profile_of(project_id: int, person: Person) -> WorkProfile:
    """The person's profile in the project; one that nobody has written yet is empty and not stored."""
    found = WorkProfile.objects.select_related("paused_by").filter(project=project_id, person=person).first()
    return found or WorkProfile(project_id=project_id, person=person)


def paused_among(project_id: int, person_ids: Iterable[int]) -> Mapping[int, WorkProfile]:
    """Person → their profile, of those whose pause in the project holds now; one statement."""
    stored = WorkProfile.objects.select_related("paused_by").filter(
        project=project_id, person__in=list(person_ids), paused_at__isnull=False
    )
    return {profile.person_id: profile for profile in stored if is_paused(profile)}


@transaction.atomic
def change_profile(
    project_id: int,
    *,
    person: Person,
    languages: Sequence[str],
    skills: Sequence[str],
    daily_limit: int | None,
    by: Actor,
) -> WorkProfile:
    """Write down what the person can do and how much; leases that they hold stay theirs."""
    asked = {"languages": list(languages), "skills": list(skills), "daily_limit": daily_limit}
    if faults := list(_faults(languages, skills, daily_limit)):
        raise Invalid(_("The profile was not stored: see the marked places."), faults)
    profile = _locked(project_id, person)
    changes = {name: value for name, value in asked.items() if getattr(profile, name) != value}
    if changes:
        before = {name: getattr(profile, name) for name in changes}
        WorkProfile.objects.filter(pk=profile.pk).update(**changes)
        further.forget(person_id=person.pk, project_id=project_id)
        person_events.record(project_id, person.pk, "person.work_changed", by, before=before, after=changes)
    return WorkProfile.objects.get(pk=profile.pk)


@transaction.atomic
def change_care(
    project_id: int, *, person: Person, veils: bool, refused: Sequence[str], by: Actor
) -> WorkProfile:
    """What the person wants to be spared: their own choice. The event tells that, not what."""
    if set(refused) - set(taxonomy.groups()):
        faults = [Fault("/refused", "work.group", _("Choose among the groups of the list."))]
        raise Invalid(_("The choice was not stored: see the marked places."), faults)
    profile = _locked(project_id, person)
    if (profile.veils, profile.refused) != (veils, sorted(refused)):
        WorkProfile.objects.filter(pk=profile.pk).update(veils=veils, refused=sorted(refused))
        further.forget(person_id=person.pk, project_id=project_id)
        person_events.record(project_id, person.pk, "person.care_changed", by)
    return WorkProfile.objects.get(pk=profile.pk)


@transaction.atomic
def pause(
    project_id: int,
    *,
    person: Person,
    until: datetime | None,
    reason: str,
    now: datetime,
    by: Actor,
    until_read: bool = False,
) -> WorkProfile:
    """No more items for this person until then, or until a lead ends it; what they hold goes back.

    What they have typed stays as their drafts. until_read: they end it themselves, when they have read the
    guidelines again and the items on which leads decided otherwise.
    """
    faults = []
    if until_read and until is not None:
        faults.append(Fault("/until", "pause.both", _("Leave the time out, or do not ask them to read.")))
    if until is not None and until <= now:
        faults.append(Fault("/until", "pause.until", _("Choose a time that is still to come.")))
    if not is_reason(reason.strip(), most=REASON_LONGEST):
        detail = _("Say why, in at most %(max)d characters: the person reads it.") % {"max": REASON_LONGEST}
        faults.append(Fault("/reason", "pause.reason", detail))
    if faults:
        raise Invalid(_("The person was not paused: see the marked places."), faults)
    profile = _locked(project_id, person)
    WorkProfile.objects.filter(pk=profile.pk).update(
        paused_at=now,
        paused_until=until,
        until_read=until_read,
        paused_by=by.as_person(),
        pause_reason=reason.strip(),
    )
    freed = free_held_by(person.pk, project_id=project_id, by=by)
    after = {"until": until, "taken_back": freed} | ({"until_read": True} if until_read else {})
    person_events.record(project_id, person.pk, "person.paused", by, after=after, reason=reason.strip())
    return WorkProfile.objects.get(pk=profile.pk)


@transaction.atomic
def have_read(project_id: int, *, person: Person, by: Actor) -> WorkProfile:
    """A person says that they have read what they were asked to read: their pause ends.

    Raises WrongState when it is no such pause: a lead ends the others.
    """
    profile = _locked(project_id, person)
    if not (profile.until_read and is_paused(profile)):
        raise WrongState(_("There is nothing that you were asked to read. A lead ends every other pause."))
    return resume(project_id, person=person, by=by)


@transaction.atomic
def resume(project_id: int, *, person: Person, by: Actor) -> WorkProfile:
    """End a pause; nothing happens when there is none."""
    profile = _locked(project_id, person)
    if profile.paused_at is not None:
        was_paused = is_paused(profile)
        WorkProfile.objects.filter(pk=profile.pk).update(
            paused_at=None, paused_until=None, until_read=False, paused_by=None, pause_reason=""
        )
        if was_paused:
            person_events.record(
                project_id, person.pk, "person.resumed", by, before={"until": profile.paused_until}
            )
    return WorkProfile.objects.get(pk=profile.pk)


def _locked(project_id: int, person: Person) -> WorkProfile:
    """The profile of a member, made now if need be, and locked."""
    if not Membership.objects.filter(project=project_id, person=person).exists():
        raise NotFound(_("This person is not a member of the project. Load the list of members again."))
    WorkProfile.objects.get_or_create(project_id=project_id, person=person)
    return WorkProfile.objects.select_for_update().get(project=project_id, person=person)


def _faults(languages: Sequence[str], skills: Sequence[str], daily_limit: int | None) -> Iterator[Fault]:
    yield from word_faults("languages", languages)
    yield from word_faults("skills", skills)
    if daily_limit is not None and not 1 <= daily_limit <= DAILY_LIMIT_MOST:
        detail = _("Choose a number between %(low)s and %(high)s.")
        yield Fault(
            "/daily_limit", "work.daily_limit", detail % {"low": 1, "high": localized(DAILY_LIMIT_MOST)}
        )


def word_faults(name: str, words: Sequence[Any]) -> Iterator[Fault]:
    """What is wrong with a list of languages or of skills, by the place in it."""
    shape, told = {
        "languages": (LANGUAGE, _("Write languages as two or three small letters, such as “de”.")),
        "skills": (SKILL, _("Write skills as words of small letters, digits and hyphens.")),
    }[name]
    if len(words) > MOST:
        yield Fault(f"/{name}", "work.too_many", _("Name at most %(max)d.") % {"max": MOST})
    for place, word in enumerate(words):
        if not (isinstance(word, str) and shape.fullmatch(word)):
            yield Fault(f"/{name}/{place}", "work.word", told)
        elif word in words[:place]:
            yield Fault(f"/{name}/{place}", "work.twice", _("Name each once."))
