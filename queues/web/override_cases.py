"""The overrides themselves on a page: each kind with its rates, and one kind with what became of each."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from accounts.gate import ProjectRequest
from queues.audit.overrides import cases as override_cases
from queues.audit.overrides.counts import Cell, Rates, rates_by, rates_of
from queues.errors import NotFound
from queues.models import OverrideKind, Queue
from queues.web.labels import labels_of_versions
from queues.web.paging import address, number, pager
from queues.web.parameters import choice, wrong

CASES_SHOWN = 20  # they stand below all the figures
FATES: Mapping[str, Promise] = {
    "upheld": lazy("upheld"),
    "reversed": lazy("reversed"),
    "holds": lazy("holds, not judged again"),
    "replaced": lazy("another decision holds"),
    "open": lazy("open: nothing is settled"),
    "withdrawn": lazy("item withdrawn"),
    "taken_back": lazy("taken back"),
}
SAID: Mapping[str, Promise] = {
    "approve": lazy("approve"),
    "correct": lazy("correct"),
    "reject": lazy("reject"),
    "flagged": lazy("flagged"),
    "fine": lazy("fine"),
    "right": lazy("right"),
    "wrong": lazy("wrong"),
}


@dataclass(frozen=True, slots=True)
class KindLine:
    """One kind with its rates. url: its cases; reversed_url: those of them that were reversed."""

    kind: OverrideKind
    rates: Rates
    url: str
    reversed_url: str


def kind_of(request: ProjectRequest) -> OverrideKind:
    """The kind whose cases are asked for; without a word the first."""
    return OverrideKind(choice(request, "kind", OverrideKind.values) or OverrideKind.MODEL)


def kinds_shown(request: ProjectRequest, cells: Iterable[Cell]) -> list[KindLine]:
    """Each kind with its rates and the addresses of its cases."""
    by_kind = rates_by(cells, lambda cell: cell.kind)
    none = rates_of([])
    return [
        KindLine(
            kind,
            by_kind.get(kind.value, none),
            _cases_url(request, kind=kind.value, filter=None, category=None),
            _cases_url(request, kind=kind.value, became="reversed", filter=None, category=None),
        )
        for kind in OverrideKind
    ]


def shown_cases(
    request: ProjectRequest,
    kind: OverrideKind,
    queues: Iterable[Queue],
    cells: Iterable[Cell],
    *,
    queue_id: int | None = None,
    person_id: int | None = None,
    is_own: bool = False,
) -> dict[str, Any]:
    """The cases of one kind, narrowed by `?became=`, with the choices of that; those of one filter and one of
    its categories by `?filter=` and `?category=`.
    """
    became = choice(request, "became", FATES)
    flagged_by = _filter_of(request, kind, cells)
    page = override_cases.cases_of(
        request.project.pk,
        kind=kind,
        flagged_by=flagged_by,
        queue_id=queue_id,
        person_id=person_id,
        is_own=is_own,
        became=became,
        before=number(request, "before"),
        size=CASES_SHOWN,
    )
    labels = {queue.pk: labels_of_versions([queue.form]) for queue in queues}
    rows = [
        (
            case,
            SAID[case.judgement.before],
            SAID[case.judgement.after],
            FATES[case.fate],
            [labels[case.judgement.queue_id].get(code, code) for code in case.judgement.reasons],
        )
        for case in page.rows
    ]
    fates: list[tuple[str, str | Promise, str]] = [("", lazy("all"), _cases_url(request))]
    fates += [(fate, words, _cases_url(request, became=fate)) for fate, words in FATES.items()]
    return {
        "cases": rows,
        "pager": pager(request, page),
        "became": became,
        "fates": fates,
        "flagged_by": flagged_by,
        "all_filters_url": _cases_url(request, filter=None, category=None),
    }


def filter_url(request: ProjectRequest, component: str, category: str) -> str:
    """Where people said otherwise than this filter about this category; "": what it let pass."""
    return _cases_url(request, kind=OverrideKind.SAFETY_FILTER.value, filter=component, category=category)


def _filter_of(request: ProjectRequest, kind: OverrideKind, cells: Iterable[Cell]) -> tuple[str, str] | None:
    """(component, category) of these figures; None where all are asked for."""
    asked = [name for name in ("filter", "category") if name in request.GET]
    if asked and kind != OverrideKind.SAFETY_FILTER:
        raise wrong(asked[0], _("Only kind=safety_filter is told by filter and category."))
    if asked == ["category"]:
        raise wrong("category", _("Name the filter as well."))
    if not asked:
        return None
    named = request.GET["filter"], request.GET.get("category", "")
    if all(named != (cell.component, cell.category) for cell in cells if cell.kind == kind):
        raise NotFound(_("No such filter and category is in these figures. Choose one from their table."))
    return named


def _cases_url(request: ProjectRequest, *, became: str | None = None, **changes: str | None) -> str:
    return f"{address(request, at=request.path, before=None, became=became, **changes)}#cases"
