"""Defining datasets, and changing what they ask for: each change is a version, and why."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from accounts import events
from accounts.actor import Actor
from accounts.models import Project
from accounts.storable import is_storable
from queues.errors import Fault, Invalid, Taken
from queues.export.definition import filters, rules, splits
from queues.export.definition.filters import Filter
from queues.export.formats import formats
from queues.models import DATASET_NAME, Dataset, DatasetVersion, Queue
from queues.reasons import is_reason

REASON_MAX = 1_000
TITLE_MAX = 120
_NAME = re.compile(rf"{DATASET_NAME}\Z")
_RESERVED = frozenset({"latest", "new", "con", "nul", "aux", "prn"})


def create_dataset(
    project: Project,
    *,
    name: str,
    title: str = "",
    format_name: str,
    wanted: object = None,
    demanded: object = None,
    shared: object = None,
    by: Actor,
) -> Dataset:
    """A new standing definition. Invalid with every fault; a name is taken once per project.

    wanted: a filter/1 document; demanded: the rules of its guards; shared: the shares of its splits, drawn
    from the project's name when they name no seed (queues.export.definition).
    """
    asked, faults = _asked(project, format_name, wanted=wanted, demanded=demanded, shared=shared)
    if faults := [*_faults(name, title, format_name), *faults]:
        raise Invalid(_("The dataset was not created: correct what is marked and send it again."), faults)
    dataset = Dataset(
        project=project,
        name=name,
        title=title.strip() or name,
        format=format_name,
        **asked,
        created_by_id=by.person_id,
    )
    try:
        with transaction.atomic():
            dataset.save(force_insert=True)
            _keep(dataset, reason="", by=by)
    except IntegrityError as error:
        fault = Fault("/name", "name.taken", _("There is a dataset of this name already."))
        raise Invalid(_("The dataset was not created: choose another name."), [fault]) from error
    return dataset


def redefine(
    dataset: Dataset,
    *,
    wanted: object,
    demanded: object,
    shared: object,
    reason: str,
    instead_of: int,
    by: Actor,
) -> DatasetVersion:
    """The next version of what a dataset asks for; releases that are out stay as they are.

    instead_of: the version that the caller looked at; Taken when it is another one by now. Invalid with every
    fault, and where nothing is changed.
    """
    project = dataset.project
    asked, faults = _asked(project, dataset.format, wanted=wanted, demanded=demanded, shared=shared)
    if not is_reason(reason, most=REASON_MAX):
        detail = _("Say why, in at most %(max)d characters.") % {"max": REASON_MAX}
        faults.append(Fault("/reason", "reason.text", detail))
    if faults:
        raise Invalid(_("The dataset was not changed: correct what is marked and send it again."), faults)
    with transaction.atomic():
        dataset = Dataset.objects.select_for_update().get(pk=dataset.pk)
        if dataset.version != instead_of:
            raise Taken(
                _("Somebody changed this dataset since you looked. Look at it now, and say it again.")
            )
        if all(getattr(dataset, name) == value for name, value in asked.items()):
            fault = Fault("/filter", "definition.same", _("It asks for this already."))
            raise Invalid(_("The dataset was not changed: nothing is different."), [fault])
        dataset.version += 1
        for name, value in asked.items():
            setattr(dataset, name, value)
        dataset.save(update_fields=["version", *asked])
        return _keep(dataset, reason=reason.strip(), by=by)


def newest_version(dataset: Dataset) -> DatasetVersion:
    """The version that counts now.

    A process of the program before there were versions, still at work during an update, makes datasets
    without any; the first is then made here.
    """
    version, _is_new = DatasetVersion.objects.get_or_create(
        dataset=dataset,
        version=dataset.version,
        defaults={
            "filter": dataset.filter,
            "rules": dataset.rules,
            "splits": dataset.splits,
            "created_by_id": dataset.created_by_id,
        },
    )
    return version


def _keep(dataset: Dataset, *, reason: str, by: Actor) -> DatasetVersion:
    """The row of the version that the dataset now has, with its event."""
    version = DatasetVersion.objects.create(
        dataset=dataset,
        version=dataset.version,
        filter=dataset.filter,
        rules=dataset.rules,
        splits=dataset.splits,
        reason=reason,
        created_by_id=by.person_id,
    )
    after = {"format": dataset.format, "version": version.version}
    events.record(
        project_id=dataset.project_id,
        kind="dataset.changed" if reason else "dataset.created",
        by=by,
        subject_kind="dataset",
        subject_id=dataset.pk,
        after=after | {name: getattr(dataset, name) for name in ("filter", "rules", "splits")},
        reason=reason,
    )
    return version


def _asked(
    project: Project, format_name: str, *, wanted: object, demanded: object, shared: object
) -> tuple[dict[str, Any], list[Fault]]:
    """The three documents as they are kept, and all that is wrong with them."""
    filter_, faults = filters.parse({} if wanted is None else wanted)
    _rules, more = rules.parse({} if demanded is None else demanded)
    shares = _with_seed(shared, project)
    faults = [*faults, *more, *_unknown_queues(project, filter_), *_faults_in_splits(shares, format_name)]
    return {"filter": filter_.as_document(), "rules": demanded or {}, "splits": shares}, faults


def _faults(name: str, title: str, format_name: str) -> list[Fault]:
    found = []
    if not _NAME.match(name) or name in _RESERVED:
        rule = _("Use small letters a-z, digits and hyphens, at most 60; “latest” and “new” are reserved.")
        found.append(Fault("/name", "name.shape", rule))
    if len(title) > TITLE_MAX or not is_storable(title):
        found.append(
            Fault("/title", "title.text", _("Give at most %(max)d characters.") % {"max": TITLE_MAX})
        )
    if format_name not in formats:
        known = ", ".join(sorted(name for name, _format in formats))
        found.append(Fault("/format", "format.unknown", _("Use one of: %(known)s.") % {"known": known}))
    return found


def _with_seed(shared: object, project: Project) -> Any:
    """One seed for a project: a question is in the same split in all datasets that have the same shares."""
    if isinstance(shared, Mapping) and "shares" in shared and "seed" not in shared:
        return {**shared, "seed": project.slug}
    return {} if shared is None else shared


def _faults_in_splits(document: object, format_name: str) -> Iterator[Fault]:
    shared, faults = splits.parse(document)
    yield from faults
    if shared.shares and format_name in formats and formats.get(format_name).scope != "train":
        detail = _("Golden answers are all there to test with: leave the splits out.")
        yield Fault("/splits", "splits.golden", detail)


def _unknown_queues(project: Project, wanted: Filter) -> list[Fault]:
    known = set(Queue.objects.filter(project=project, slug__in=wanted.queues).values_list("slug", flat=True))
    return [
        Fault(f"/filter/queues/{index}", "queue.unknown", _("There is no such queue in this project."))
        for index, slug in enumerate(wanted.queues)
        if slug not in known
    ]
