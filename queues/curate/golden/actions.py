"""Writes of golden items: a new one, a new version, retired, restored. What stood before stays."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import orjson
from django.db import IntegrityError, transaction
from django.db.models.functions import Now
from django.utils.translation import gettext as _

from accounts import events
from accounts.actor import Actor
from queues.bulk import Value, reserve_ids, write_rows
from queues.curate.golden.record import CheckedGolden
from queues.errors import Fault, Invalid, NotFound, WrongState
from queues.models import Golden, GoldenVersion
from queues.reasons import is_reason

Status = Literal["created", "updated", "duplicate", "conflict", "retired"]
REASON_CHARACTERS = 2_000
_RACES_ENDURED = 4


@dataclass(frozen=True, slots=True)
class StoredGolden:
    """What became of one record; version: the current one now.

    created, updated: stored as version 1, as the next version. duplicate: the current version is the same.
    conflict: the current version is another, and no new one was asked for. retired: restore it first.
    """

    id: int
    version: int
    status: Status


@dataclass(frozen=True, slots=True)
class _Known:
    id: int
    version: int
    content_hash: bytes
    is_retired: bool = False
    current_id: int | None = None  # of the version that stands in the database


def store(
    project_id: int, records: Sequence[CheckedGolden], *, by: Actor, reason: str, as_new_version: bool = False
) -> list[StoredGolden]:
    """Store these items, all or none, and say of each what became of it.

    as_new_version: an item that is there with another content gets a new version; else it is a conflict.
    """
    check_reason(reason)
    for _attempt in range(_RACES_ENDURED):
        try:
            with transaction.atomic():
                return _store(project_id, records, by, reason, as_new_version=as_new_version)
        except IntegrityError:
            continue
    with transaction.atomic():
        return _store(project_id, records, by, reason, as_new_version=as_new_version)


def retire(golden_id: int, *, project_id: int, by: Actor, reason: str) -> Golden:
    """Hold nothing against it any more; it stays, with the reason. golden_id: our number."""
    check_reason(reason)
    return _move(golden_id, project_id, by, reason, is_retired=True)


def restore(golden_id: int, *, project_id: int, by: Actor, reason: str) -> Golden:
    """Use a retired item again."""
    check_reason(reason)
    return _move(golden_id, project_id, by, reason, is_retired=False)


def check_reason(reason: str) -> None:
    """Invalid unless the reason says something: who reads the history asks for it."""
    if not is_reason(reason, most=REASON_CHARACTERS):
        detail = _("Say why, in at most %(max)d characters.") % {"max": REASON_CHARACTERS}
        raise Invalid(detail, [Fault("/reason", "reason.empty", detail)])


def _store(
    project_id: int, records: Sequence[CheckedGolden], by: Actor, reason: str, *, as_new_version: bool
) -> list[StoredGolden]:
    known = _locked(project_id, {record.golden_id for record in records})
    before = set(known)
    fresh = iter(reserve_ids(Golden, len({record.golden_id for record in records} - before)))
    told: list[StoredGolden] = []
    versions: list[tuple[_Known, CheckedGolden]] = []
    for record in records:
        there = known.get(record.golden_id)
        status = _status(record, there, as_new_version=as_new_version)
        if status in ("created", "updated"):
            version = (there.version if there else 0) + 1
            id_ = there.id if there else next(fresh)
            there = _Known(id_, version, record.content_hash, current_id=there.current_id if there else None)
            known[record.golden_id] = there
            versions.append((there, record))
        told.append(StoredGolden(there.id if there else 0, there.version if there else 0, status))
    _write(project_id, versions, [id_ for id_ in known if id_ not in before], known, by, reason)
    _record_event(project_id, told, by, reason)
    return told


def _status(record: CheckedGolden, there: _Known | None, *, as_new_version: bool) -> Status:
    if there is None:
        return "created"
    if there.content_hash == record.content_hash:
        return "duplicate"
    if there.is_retired:
        return "retired"
    return "updated" if as_new_version else "conflict"


def _locked(project_id: int, golden_ids: set[str]) -> dict[str, _Known]:
    """Those that are there, locked in one order, with their current versions."""
    rows = Golden.objects.filter(project_id=project_id, golden_id__in=golden_ids).order_by("golden_id")
    found = {golden.pk: golden for golden in rows.select_for_update()}
    current = GoldenVersion.objects.filter(golden__in=found, is_current=True)
    return {
        found[golden_pk].golden_id: _Known(
            golden_pk, version, bytes(content_hash), found[golden_pk].retired_at is not None, pk
        )
        for golden_pk, version, content_hash, pk in current.values_list(
            "golden_id", "version", "content_hash", "pk"
        )
    }


_COLUMNS = (
    "golden_id",
    "project_id",
    "version",
    "content_hash",
    "input",
    "prompt",
    "prompt_sha256",
    "normalised_sha256",
    "targets",
    "rule",
    "rubric",
    "context",
    "locale",
    "tags",
    "author_id",
    "reason",
    "is_current",
)


def _write(
    project_id: int,
    versions: Sequence[tuple[_Known, CheckedGolden]],
    new: Sequence[str],
    known: dict[str, _Known],
    by: Actor,
    reason: str,
) -> None:
    if not versions:
        return
    replaced = [there.current_id for there, _record in versions if there.current_id]
    GoldenVersion.objects.filter(pk__in=replaced).update(is_current=False)
    write_rows(
        Golden,
        ("id", "project_id", "golden_id", "retired_why"),
        [(known[id_].id, project_id, id_, "") for id_ in new],
    )
    last = {there.id: there.version for there, _record in versions}
    rows = [
        _row(project_id, there, record, by, reason, is_current=last[there.id] == there.version)
        for there, record in versions
    ]
    write_rows(GoldenVersion, _COLUMNS, rows)


def _row(
    project_id: int, there: _Known, record: CheckedGolden, by: Actor, reason: str, *, is_current: bool
) -> tuple[Value, ...]:
    return (
        there.id,
        project_id,
        there.version,
        record.content_hash,
        orjson.dumps(record.input).decode(),
        record.prompt,
        record.prompt_sha256,
        record.normalised_sha256,
        orjson.dumps(record.targets).decode(),
        orjson.dumps(record.rule).decode(),
        record.rubric,
        record.context,
        record.locale,
        orjson.dumps(record.tags).decode(),
        by.person_id,
        reason.strip(),
        is_current,
    )


def _record_event(project_id: int, told: Sequence[StoredGolden], by: Actor, reason: str) -> None:
    """One event per batch, and no text of an item: ids and counts."""
    ids = [one.id for one in told if one.status in ("created", "updated")]
    if ids:
        events.record(
            project_id=project_id,
            kind="golden.stored",
            by=by,
            subject_kind="golden",
            subject_id=ids[0],
            after={
                "created": sum(one.status == "created" for one in told),
                "updated": sum(one.status == "updated" for one in told),
                "first": min(ids),
                "last": max(ids),
            },
            reason=reason.strip(),
        )


def _move(golden_id: int, project_id: int, by: Actor, reason: str, *, is_retired: bool) -> Golden:
    """One conditional UPDATE; WrongState when it is so already."""
    change = {
        "retired_at": Now() if is_retired else None,
        "retired_why": reason.strip() if is_retired else "",
    }
    with transaction.atomic():
        rows = Golden.objects.filter(project=project_id, pk=golden_id)
        if not rows.filter(retired_at__isnull=is_retired).update(**change):
            if not rows.exists():
                raise NotFound(_("There is no such golden item in this project. Look for it in the list."))
            raise WrongState(_("It is so already: read it again."))
        events.record(
            project_id=project_id,
            kind="golden.retired" if is_retired else "golden.restored",
            by=by,
            subject_kind="golden",
            subject_id=golden_id,
            reason=reason.strip(),
        )
    return rows.get()
