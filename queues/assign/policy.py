"""May this person work in this queue now? What they can do, and what a lead has said."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.compiled import Argument, Compiled
from queues.assign.orders.language import UNKNOWN
from queues.errors import NotAllowed
from queues.models import Queue, Review, WorkProfile


class MayNotWork(NotAllowed):
    """This person may not take an item of this queue now; what they have done stands."""

    title: Promise = gettext_lazy("You cannot work here now")


class Paused(MayNotWork):
    """A lead has paused this person in the project."""

    code = "paused"
    title: Promise = gettext_lazy("You are paused here")


class Unfit(MayNotWork):
    """The queue needs a language or a skill that the person's profile does not name."""

    code = "unfit"
    title: Promise = gettext_lazy("This queue needs something else")


class EnoughToday(MayNotWork):
    """The person has done as many reviews today as a lead has set for them."""

    code = "enough_today"
    title: Promise = gettext_lazy("Enough for today")


@dataclass(frozen=True, slots=True)
class Fit:
    """That a person may work in a queue. lanes: those of a queue with lanes that they may take.

    refused: groups of harmful content that they do not want to see.
    """

    lanes: Sequence[str]
    refused: frozenset[str] = frozenset()


_PROFILE = Compiled(
    lambda: WorkProfile.objects.filter(project=Argument("project"), person=Argument("person"))
)


def check_may_work(queue: Queue, person_id: int) -> Fit:
    """Raises Paused, Unfit or EnoughToday; one statement, two for who has a daily limit."""
    profile = _PROFILE.first(project=queue.project_id, person=person_id)
    check_fit(queue, profile)
    if profile is not None and profile.daily_limit is not None:
        _check_daily_limit(profile, profile.daily_limit)
    return Fit(lanes_of(profile), frozenset(profile.refused if profile else ()))


def check_not_paused(project_id: int, person_id: int) -> None:
    """Raises Paused."""
    profile = _PROFILE.first(project=project_id, person=person_id)
    if profile is not None and is_paused(profile):
        raise Paused(_paused_text(profile))


def check_fit(queue: Queue, profile: WorkProfile | None) -> None:
    """Paused or Unfit, for a profile that was read already; None: nobody has written one."""
    if profile is not None and is_paused(profile):
        raise Paused(_paused_text(profile))
    has = profile or WorkProfile()
    if missing := [*_missing(queue.languages, has.languages), *_missing(queue.skills, has.skills)]:
        raise Unfit(
            _("The queue “%(queue)s” needs %(missing)s. Ask a lead to add to your profile what you have.")
            % {"queue": queue.name, "missing": ", ".join(missing)}
        )


def lanes_of(profile: WorkProfile | None) -> list[str]:
    """The lanes that a person may take: their languages, and what names none."""
    return [*(profile.languages if profile else ()), UNKNOWN, ""]


def profiles_of(person_id: int, project_ids: Iterable[int]) -> Mapping[int, WorkProfile]:
    """Project → the person's profile in it; one statement."""
    found = WorkProfile.objects.filter(person=person_id, project__in=list(project_ids))
    return {profile.project_id: profile for profile in found}


def is_paused(profile: WorkProfile) -> bool:
    """Whether a pause holds now; one whose end has passed is over by itself."""
    if profile.paused_at is None:
        return False
    return profile.paused_until is None or profile.paused_until > timezone.now()


def start_of_day() -> datetime:
    """Midnight in the time zone of the person who asks."""
    return timezone.localtime().replace(hour=0, minute=0, second=0, microsecond=0)


def _paused_text(profile: WorkProfile) -> str:
    until = profile.paused_until
    said = {"reason": profile.pause_reason}
    if profile.until_read:
        return (
            _("A lead asks you to read the guidelines again: %(reason)s. Open “My figures” under “My work”.")
            % said
        )
    if until is None:
        return _("A lead has paused you in this project: %(reason)s. Ask a lead when you can go on.") % said
    said["until"] = date_format(timezone.localtime(until), "DATETIME_FORMAT")
    return _("A lead has paused you in this project until %(until)s: %(reason)s.") % said


def _missing(needed: Sequence[str], there: Sequence[str]) -> list[str]:
    return [one for one in needed if one not in there]


def _check_daily_limit(profile: WorkProfile, limit: int) -> None:
    standing = Review.objects.filter(
        submitted_at__gte=start_of_day(),
        person=profile.person_id,
        withdrawn_at=None,
        item__queue__project=profile.project_id,
    )
    if standing[:limit].count() >= limit:  # counted in the database, and no further than the limit
        raise EnoughToday(
            _("You have done %(n)d reviews today, as many as a lead has set for you. Go on tomorrow.")
            % {"n": limit}
        )
