"""Why a release may leave although a guard stops it: said of the pairs that were shown, and of no others."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from django.db.models import Exists, OuterRef
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.actor import Actor
from accounts.json_pointer import escaped
from queues.errors import Fault, WrongState
from queues.export.files.contents import FINDINGS_FILE
from queues.export.guarding.stopping import Pairs, Unaccepted, count_missing
from queues.export.guards import guards
from queues.models import ACCEPTED_BECAUSE_MIN, Acceptance, Dataset, GuardStop, Release, ReleaseFile
from queues.models.acceptance import PAIR_BYTES
from queues.reasons import count_seen, is_reason

REASON_MAX = 1_000


@dataclass(frozen=True, slots=True)
class Said:
    """What somebody says on asking for a release. why: guard → the reason. findings_of: the number of the
    release whose findings they looked at."""

    why: Mapping[str, str]
    findings_of: int | None = None


def faults_in(said: Said, dataset: Dataset) -> Iterator[Fault]:
    """What is wrong with it: an acceptance is of a guard, says why, and is of what that guard found."""
    for name, reason in said.why.items():
        yield from _faults_in_reason(name, reason)
    if not said.why:
        return
    if said.findings_of is None:
        detail = _("Name the release whose findings you looked at, by its number. Others are not accepted.")
        yield Fault("/findings_of", "findings_of.missing", detail)
    elif not Release.objects.filter(dataset=dataset, pk=said.findings_of).exists():
        yield Fault("/findings_of", "findings_of.unknown", _("There is no such release of this dataset."))
    else:
        for name in sorted(said.why.keys() - _shown(said, dataset).keys()):
            if name in guards:
                detail = _("This guard found nothing there that would stop a release.")
                yield Fault(f"/accepted/{name}", "accepted.nothing", detail)


def _faults_in_reason(name: str, reason: str) -> Iterator[Fault]:
    at = f"/accepted/{escaped(name)[:100]}"
    if name not in guards:
        known = ", ".join(sorted(name for name, _guard in guards))
        yield Fault(at, "guard.unknown", _("Use one of: %(known)s.") % {"known": known})
    elif not is_reason(reason, most=REASON_MAX) or count_seen(reason) < ACCEPTED_BECAUSE_MIN:
        detail = _("Say why in a few words: %(min)d to %(max)d characters.")
        yield Fault(at, "accepted.reason", detail % {"min": ACCEPTED_BECAUSE_MIN, "max": REASON_MAX})


def accept(release: Release, said: Said, *, by: Actor) -> None:
    """Keep what was said with the release that it was said for; WrongState when its rows went meanwhile."""
    shown = _shown(said, release.dataset)
    if said.why.keys() - shown.keys():
        raise WrongState(_("The findings that were looked at are gone by now. Ask for the release again."))
    Acceptance.objects.bulk_create(
        Acceptance(
            release=release, guard=name, shown=shown[name], reason=reason.strip(), accepted_by_id=by.person_id
        )
        for name, reason in said.why.items()
    )


def take_over(release: Release, before: Release) -> None:
    """The same for the one that replaces it: what is found beyond that stops it."""
    Acceptance.objects.bulk_create(
        Acceptance(
            release=release,
            guard=one.guard,
            shown_id=one.shown_id,
            reason=one.reason,
            accepted_by_id=one.accepted_by_id,
            accepted_at=one.accepted_at,
        )
        for one in before.acceptances.all()
    )


def reasons_of(release: Release) -> dict[str, str]:
    """Guard → why it need not stop what replaces this release."""
    return dict(release.acceptances.values_list("guard", "reason"))


def stops_of(release: Release, found: Mapping[str, Pairs]) -> list[GuardStop]:
    """What the guards found in a release, held against what was accepted for it; not saved yet."""
    accepted = {one.guard: bytes(one.shown.pairs) for one in release.acceptances.select_related("shown")}
    return [
        GuardStop(
            release=release,
            guard=guard,
            rows=len(pairs) // PAIR_BYTES,
            unaccepted=count_missing(pairs, accepted.get(guard, b"")),
            pairs=pairs,
        )
        for guard, pairs in sorted(found.items())
    ]


def unaccepted_in(release: Release, guard: str) -> Unaccepted | None:
    """Which rows of a release nobody has accepted; None where the guard stops nothing in it."""
    stop = GuardStop.objects.filter(release=release, guard=guard).first()
    return unaccepted_of(release, stop) if stop is not None else None


def unaccepted_of(release: Release, stop: GuardStop) -> Unaccepted:
    """The same of a stop that need not be saved yet."""
    accepted = release.acceptances.filter(guard=stop.guard).select_related("shown").first()
    shown = bytes(accepted.shown.pairs) if accepted else b""
    return Unaccepted(release.dataset.project_id, bytes(stop.pairs), shown)


def stopped_by(stops: Iterable[GuardStop]) -> str:
    """What stops a release, for a person; empty where nothing does."""
    unaccepted = {stop.guard: stop.unaccepted for stop in stops if stop.unaccepted}
    if not unaccepted:
        return ""
    told = ngettext(
        "Stopped by a guard: %(guards)s, in %(n)d row that nobody has accepted. Look at it, then leave such"
        " rows out, or accept it with a reason.",
        "Stopped by a guard: %(guards)s, in %(n)d rows that nobody has accepted. Look at them, then leave"
        " such rows out, or accept them with a reason.",
        sum(unaccepted.values()),
    )
    return told % {"guards": ", ".join(sorted(unaccepted)), "n": sum(unaccepted.values())}


def _shown(said: Said, dataset: Dataset) -> dict[str, GuardStop]:
    """Guard → what it found in the release that somebody looked at, while its rows can be looked at."""
    files = ReleaseFile.objects.filter(release=OuterRef("release"), path=FINDINGS_FILE)
    stops = GuardStop.objects.filter(
        Exists(files), release=said.findings_of, release__dataset=dataset, guard__in=said.why
    )
    return {stop.guard: stop for stop in stops.defer("pairs")}
