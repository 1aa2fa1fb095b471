"""Signed links to files of releases: whoever has one may download the file for a short while, without a key.

Nothing is stored: the link says what it is for and when it ends, and our secret key signs it. It is dead as
soon as the person behind it may not pull any more, or the key that asked for it is revoked.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.core import signing
from django.utils.translation import gettext as _

from accounts import permissions
from accounts.actor import Actor
from accounts.models import ApiKey, Person
from accounts.roles import Permission
from queues.errors import NotFound
from queues.models import ReleaseFile

SECONDS, SECONDS_MIN, SECONDS_MAX = 600, 10, 86_400
_SALT = "queues.export.links"


@dataclass(frozen=True, slots=True)
class Signed:
    """A link that is good now: the file, and who answers for the download."""

    file: ReleaseFile
    actor: Actor


def sign(file: ReleaseFile, *, by: Actor, until: datetime) -> str:
    """The token of a link."""
    told = [file.pk, by.as_person(), by.key_id, int(until.timestamp())]
    return signing.dumps(told, salt=_SALT)


def until_of(now: datetime, seconds: int) -> datetime:
    return now + timedelta(seconds=seconds)


def read(token: str, path: str, *, now: datetime) -> Signed:
    """What a token stands for; NotFound when it has ended, was never ours, or its person lost the right."""
    try:
        file_id, person_id, key_id, end = signing.loads(token, salt=_SALT)
    except (signing.BadSignature, ValueError, TypeError):
        raise _dead() from None
    file = ReleaseFile.objects.select_related("release__dataset__project").filter(pk=file_id).first()
    if file is None or file.path != path or now.timestamp() >= end:
        raise _dead()
    if not _may_pull(file, person_id) or (key_id is not None and not _is_good(key_id, now)):
        raise _dead()
    return Signed(file, Actor(person_id, key_id))


def _may_pull(file: ReleaseFile, person_id: int) -> bool:
    person = Person.objects.filter(pk=person_id, is_active=True).first()
    project = file.release.dataset.project
    return person is not None and Permission.PULL in permissions.held_by(person, project)


def _is_good(key_id: int, now: datetime) -> bool:
    return ApiKey.objects.filter(pk=key_id, revoked_at=None, expires_at__gt=now).exists()


def _dead() -> NotFound:
    return NotFound(_("This link has ended, or it never was one. Ask for a new one, or download with a key."))
