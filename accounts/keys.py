"""API keys: 256 random bits, shown once, found by their public prefix, compared by SHA-256."""

import hashlib
import hmac
import re
import secrets
from collections.abc import Collection
from datetime import datetime, timedelta

from django.contrib.postgres.expressions import ArraySubquery
from django.db import transaction
from django.db.models import OuterRef, Q, QuerySet
from django.db.models.functions import Now
from django.utils.translation import gettext as _

from accounts import events, permissions
from accounts.actor import Actor
from accounts.compiled import Argument, Compiled
from accounts.errors import Fault, Invalid, NotAllowed, NotFound
from accounts.models import ApiKey, Person, Project, ProjectUserObjectPermission
from accounts.roles import Permission

DEFAULT_DAYS = 90
MAX_DAYS = 366
_SHAPE = re.compile(r"rk_([0-9a-f]{12})_([0-9a-f]{64})", re.ASCII)
_NOTED_EVERY = timedelta(minutes=1)


@transaction.atomic
def create(
    project: Project,
    *,
    person: Person,
    name: str,
    scopes: Collection[Permission],
    now: datetime,
    days: int = DEFAULT_DAYS,
    by: Actor,
) -> tuple[ApiKey, str]:
    """A new key and its text, which must be shown now: only its hash is stored.

    Invalid when a scope is above what the person holds, there is none, or the time is out of bounds.
    """
    _check_scopes(scopes, permissions.held_by(person, project))
    if not 1 <= days <= MAX_DAYS:
        raise Invalid(
            _("The key cannot be made."),
            [Fault("/days", "days.out_of_range", _("Choose 1 to %(max)d days.") % {"max": MAX_DAYS})],
        )
    prefix, secret = secrets.token_hex(6), secrets.token_hex(32)
    key = ApiKey(
        project=project,
        person=person,
        name=name,
        prefix=prefix,
        secret_sha256=_digest(secret),
        scopes=sorted(scopes),
        expires_at=now + timedelta(days=days),
    )
    key.full_clean(validate_constraints=False)
    key.save()
    _record(key, "api_key.created", by=by, after={"scopes": key.scopes, "expires_at": key.expires_at})
    return key, f"rk_{prefix}_{secret}"


@transaction.atomic
def revoke(key: ApiKey, *, by: Actor) -> None:
    """End a key for good; nothing happens to one that has been revoked already."""
    may_revoke = by.is_system or key.person_id == by.person_id
    if not may_revoke and Permission.ADMIT not in permissions.held_by_actor(by, key.project):
        raise NotAllowed(_("You may revoke your own keys only. Ask an owner of the project."))
    if ApiKey.objects.filter(pk=key.pk, revoked_at=None).update(revoked_at=Now()):
        _record(key, "api_key.revoked", by=by)


def visible_to(person: Person, project: Project, held: Collection[Permission]) -> QuerySet[ApiKey]:
    """One's own keys in the project; everybody's for who may admit."""
    keys = ApiKey.objects.filter(project=project).select_related("person").order_by("-created_at", "-pk")
    return keys if Permission.ADMIT in held else keys.filter(person=person)


def find_visible(key_id: int, person: Person, project: Project, held: Collection[Permission]) -> ApiKey:
    """One key out of `visible_to`; NotFound for any other."""
    key = visible_to(person, project, held).filter(pk=key_id).first()
    if key is None:
        raise NotFound(_("There is no such key in this project. Load the list of keys again."))
    return key


def authenticate(text: str) -> ApiKey | None:
    """The living key with this text, its person and project, and `held`: what the person may do there.

    One statement. None for a key that is unknown, wrong, revoked, expired or of a disabled person:
    the caller cannot tell which.
    """
    shape = _SHAPE.fullmatch(text)
    if shape is None:
        return None
    prefix, secret = shape.groups()
    key = _LIVING.first(prefix=prefix)
    if key is None or not hmac.compare_digest(bytes(key.secret_sha256), _digest(secret)):
        return None
    return key


def _living() -> QuerySet[ApiKey]:
    held = ProjectUserObjectPermission.objects.filter(
        content_object=OuterRef("project_id"), user=OuterRef("person_id")
    )
    return (
        ApiKey.objects.filter(
            prefix=Argument("prefix"), revoked_at=None, expires_at__gt=Now(), person__is_active=True
        )
        .select_related("person", "project")
        .annotate(held=ArraySubquery(held.values("permission__codename")))
    )


_LIVING = Compiled(_living)  # every request of the API asks this


def note_use(key: ApiKey, *, now: datetime) -> None:
    """Remember when the key was last used, at most once a minute."""
    if key.last_used_at is None or now - key.last_used_at >= _NOTED_EVERY:
        stale = Q(last_used_at=None) | Q(last_used_at__lt=Now() - _NOTED_EVERY)
        ApiKey.objects.filter(stale, pk=key.pk).update(last_used_at=Now())


def _check_scopes(scopes: Collection[Permission], held: frozenset[Permission]) -> None:
    faults = [
        Fault("/scopes", "scopes.above_own", _("You do not hold “%(scope)s” yourself.") % {"scope": scope})
        for scope in sorted(set(scopes) - held)
    ]
    if not scopes:
        faults.append(Fault("/scopes", "scopes.missing", _("Choose at least one scope.")))
    if faults:
        raise Invalid(_("The key cannot be made: a key may do no more than its owner."), faults)


def _digest(secret: str) -> bytes:
    return hashlib.sha256(secret.encode()).digest()


def _record(key: ApiKey, kind: str, *, by: Actor, after: dict[str, object] | None = None) -> None:
    events.record(
        project_id=key.project_id, kind=kind, by=by, subject_kind="api_key", subject_id=key.pk, after=after
    )
